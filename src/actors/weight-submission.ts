/**
 * The life of one weight set after its decision: ledger, preflight, signature, submission, read-back.
 *
 * States only move forward. What is signed is stored before it is sent, and a set whose signature was not stored was not
 * sent. Where the outcome is not known (the connection broke, nothing happened for too long, the service is shutting
 * down) the set keeps its state: whoever has it next asks the chain. That makes a second submission of the same decision
 * impossible.
 */
import { preflight } from '../domain/preflight.ts';
import { type SubmittedVector, submittedVector } from '../domain/submitted-vector.ts';
import type { OwnFailureReason, WeightSet, WeightSetFailure } from '../domain/weight-set.ts';
import {
  followedUntilBlock,
  INTERRUPTED,
  isPending,
  isStored,
  SUPERSEDED,
} from '../domain/weight-set-outcome.ts';
import { isAhead } from '../domain/weight-set-state.ts';
import type { Events, WeightSetTrace } from '../events.ts';
import { AssertionError, assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/error-text.ts';
import { untilAborted } from '../lib/until-aborted.ts';
import type { Chain, SubmissionStep, WeightDecision } from './ports.ts';
import type { RecentSets } from './recent-sets.ts';
import { WITHHELD_RETRY_BLOCKS } from './weight-pacing.ts';
import type { WeightSetLedger } from './weight-set-ledger.ts';

interface WeightSubmissionParts {
  readonly chain: Chain;
  readonly ledger: WeightSetLedger;
  readonly recent: RecentSets;
  readonly events: Events;
  readonly clock: Clock;
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal;
}

/** Blocks until the next try when the chain did not answer before anything was submitted. */
const UNREACHABLE_RETRY_BLOCKS = 5;

type Steps = AsyncIterator<SubmissionStep>;
type Prepared = Extract<SubmissionStep, { state: 'prepared' }>;
type Progress = Exclude<SubmissionStep, { state: 'prepared' | End['state'] }>;

/** How a set ends without having come to the chain's weights. */
interface End {
  readonly state: 'failed' | 'lost';
  readonly failure: WeightSetFailure;
}

export class WeightSubmission {
  readonly #parts: WeightSubmissionParts;
  readonly #trace: WeightSetTrace;
  readonly #decision: WeightDecision;
  readonly #overdue = new AbortController();
  readonly #signal: AbortSignal;
  #set: WeightSet;
  #includedAtBlock: number | undefined;
  /** The block of the newest step: a read of an older one does not show it yet. */
  #stepBlock = 0;

  constructor(parts: WeightSubmissionParts, decision: WeightDecision, trace: WeightSetTrace) {
    this.#parts = parts;
    this.#trace = trace;
    this.#set = decision.set;
    this.#decision = decision;
    this.#signal = AbortSignal.any([parts.stopping, this.#overdue.signal]);
  }

  /** The set as it is now. */
  get set(): WeightSet {
    return this.#set;
  }

  /** The block that took the extrinsic, once one did. */
  get includedAtBlock(): number | undefined {
    return this.#includedAtBlock;
  }

  /** Gives a submission up that has taken too long at this block. */
  headSeen(block: number): void {
    const lastBlock = followedUntilBlock(this.#set);
    if (block > lastBlock) {
      const message = `no outcome of the set of block ${this.#set.block} until block ${lastBlock}`;
      this.#overdue.abort(new Error(message));
    }
  }

  /**
   * Carries the set out as far as it gets: `verified`, `failed` or `lost`, or an earlier state when the outcome is not
   * known.
   *
   * @param committed called once when the chain has a commitment: revealing takes epochs, and the next set need not wait.
   * @throws AssayError `store_unavailable` when the decision could not be stored; nothing was submitted then.
   */
  async carryOut(committed: () => void): Promise<WeightSet> {
    await this.#trace.phase('ledger', () => this.#parts.ledger.record(this.#decision));
    const submitted = await this.#checked();
    if (submitted === undefined) return this.#set;
    const intent = { vector: submitted.vector, versionKey: this.#set.versionKey };
    const steps = this.#parts.chain.submit(intent, this.#signal)[Symbol.asyncIterator]();
    try {
      await this.#carryThrough(steps, { submitted, committed });
    } catch (error) {
      await this.#lostSight(error);
    } finally {
      leave(steps);
    }
    return this.#set;
  }

  async #carryThrough(
    steps: Steps,
    { submitted, committed }: { submitted: SubmittedVector; committed: () => void },
  ): Promise<void> {
    let end = await this.#trace.phase('submit', async () => {
      return (await this.#sign(steps, submitted)) ?? this.#follow(steps, 'committed');
    });
    if (end === undefined && this.#set.state === 'committed') {
      committed();
      end = await this.#follow(steps, 'revealed');
    }
    if (end !== undefined) return this.#become(await this.#judged(end));
    if (this.#set.state === 'finalized' || this.#set.state === 'revealed') await this.#readBack();
  }

  /** What goes to the chain, or nothing when the chain would refuse it or the service is stopping. */
  async #checked(): Promise<SubmittedVector | undefined> {
    const { submitted, failure } = await this.#trace.phase('preflight', () => this.#preflight());
    if (failure !== undefined) await this.#become({ state: 'failed', failure });
    return failure === undefined ? submitted : undefined;
  }

  async #preflight(): Promise<{
    submitted?: SubmittedVector;
    failure?: WeightSetFailure | undefined;
  }> {
    const { chain, stopping, events, clock } = this.#parts;
    const { validatorHotkey } = chain;
    const set = this.#set;
    try {
      const [metagraph, standing] = await Promise.all([chain.metagraph(), chain.standing()]);
      if (stopping.aborted) return { failure: INTERRUPTED };
      const submitted = submittedVector(set.vector, metagraph, validatorHotkey);
      const subject = { set, submitted: submitted.vector, metagraph, standing, validatorHotkey };
      const { checks, failure } = preflight({ ...subject, nowMs: clock.now() });
      events.preflightChecked({ block: set.block, checks });
      return { submitted, failure };
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      events.partFailed({ part: PART, error });
      return { failure: unreachable(set.block, error) };
    }
  }

  /** Has the chain sign, and stores what it signed. Until the next step is asked for nothing is sent. */
  async #sign(steps: Steps, submitted: SubmittedVector): Promise<End | undefined> {
    const { done, value: step } = await untilAborted(steps.next(), this.#signal);
    if (done === true) return undefined;
    if ('failure' in step) return step;
    assert(step.state === 'prepared', 'a submission begins with what was signed');
    const isRecorded = await this.#recordSigned(step, submitted);
    if (!isRecorded) return { state: 'failed', failure: notRecorded(this.#set.block) };
    return this.#signal.aborted ? { state: 'failed', failure: INTERRUPTED } : undefined;
  }

  async #recordSigned(
    { extrinsicHash, extrinsic }: Prepared,
    submitted: SubmittedVector,
  ): Promise<boolean> {
    const signed = { extrinsicHash, extrinsic: { ...extrinsic, ...submitted } };
    const set = { ...this.#set, ...signed, ...this.#progress() };
    try {
      await this.#parts.ledger.recordSigned(set);
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.#parts.events.partFailed({ part: PART, error });
      return false;
    }
    this.#set = set;
    return true;
  }

  /** Takes steps until the submission ends or the set is `until`. @returns how it ended, if it did. */
  async #follow(steps: Steps, until: 'committed' | 'revealed'): Promise<End | undefined> {
    while (this.#set.state !== until) {
      const { done, value: step } = await untilAborted(steps.next(), this.#signal);
      if (done === true) return undefined;
      if ('failure' in step) return step;
      assert(step.state !== 'prepared', 'a decision is signed once');
      await this.#take(step);
    }
    return undefined;
  }

  /** A step that is not ahead of the state (a block was retracted and took the extrinsic again) changes nothing. */
  async #take(step: Progress): Promise<void> {
    if (step.state !== 'submitted') this.#stepBlock = step.block;
    if (!isAhead(step.state, this.#set.state)) return;
    // A block that is not final may be taken back, and another one may take the extrinsic.
    const isFinal = step.state === 'finalized' || step.state === 'committed';
    if (isFinal) this.#includedAtBlock = step.block;
    return this.#become({ state: step.state });
  }

  /** Success is what the chain stored, not what was sent. A read that does not show the last step yet tells nothing. */
  async #readBack(): Promise<void> {
    const stored = await this.#trace.phase('read_back', () =>
      untilAborted(this.#parts.chain.storedWeights(), this.#signal),
    );
    if (stored.block < this.#stepBlock || isPending(this.#set, stored)) return;
    if (isStored(this.#set, stored)) return this.#become({ state: 'verified' });
    const isSuperseded = this.#parts.recent.isSuperseded(this.#set, stored);
    const failure = isSuperseded ? SUPERSEDED : READ_BACK_MISMATCH;
    await this.#become({ state: 'failed', failure });
  }

  /** After a long absence the chain cannot tell a commitment that it dropped from one that a newer one has replaced. */
  async #judged(end: End): Promise<End> {
    if (end.state === 'failed') return end;
    const stored = await untilAborted(this.#parts.chain.storedWeights(), this.#signal);
    const isSuperseded = this.#parts.recent.isSuperseded(this.#set, stored);
    return isSuperseded ? { state: 'failed', failure: SUPERSEDED } : end;
  }

  async #become(change: Pick<WeightSet, 'state'> & Partial<WeightSet>): Promise<void> {
    this.#set = { ...this.#set, ...change, ...this.#progress() };
    await this.#parts.ledger.change(this.#set);
  }

  #progress(): Pick<WeightSet, 'updatedAtMs' | 'phasesMs'> {
    return { updatedAtMs: this.#parts.clock.now(), phasesMs: this.#trace.phasesMs() };
  }

  /** Before anything was signed the outcome is known: nothing was sent. */
  async #lostSight(error: unknown): Promise<void> {
    if (error instanceof AssertionError) throw error;
    const { stopping, events } = this.#parts;
    if (!stopping.aborted) events.partFailed({ part: PART, error });
    if (this.#set.extrinsic !== undefined) return;
    const failure = stopping.aborted ? INTERRUPTED : unreachable(this.#set.block, error);
    await this.#become({ state: 'failed', failure });
  }
}

const PART = 'weight submission';

const READ_BACK_MISMATCH: WeightSetFailure = {
  reason: 'READ_BACK_MISMATCH' satisfies OwnFailureReason,
  message: 'the chain took the weights but has stored others',
  action: { kind: 'stop' },
};

function unreachable(block: number, error: unknown): WeightSetFailure {
  const why = errorText(error);
  return {
    reason: 'CHAIN_UNREACHABLE' satisfies OwnFailureReason,
    message: `the chain did not answer before anything was submitted: ${why}`,
    action: { kind: 'retry_at_block', block: block + UNREACHABLE_RETRY_BLOCKS },
  };
}

/** The pause is that of a decision that could not be stored. */
function notRecorded(block: number): WeightSetFailure {
  return {
    reason: 'NOT_RECORDED' satisfies OwnFailureReason,
    message: 'what was signed could not be stored, so nothing was sent',
    action: { kind: 'retry_at_block', block: block + WITHHELD_RETRY_BLOCKS },
  };
}

/** An iterator that hangs must not hold up the stop: its end is asked for, not waited for. */
function leave(steps: Steps): void {
  steps.return?.().catch(() => undefined);
}
