/**
 * The life of one weight set after its decision: ledger, preflight, submission, read-back.
 *
 * States only move forward. Where the outcome is not known (the connection broke, nothing happened for too long, the
 * service is shutting down) the set keeps its state: whoever has it next asks the chain. That makes a second submission
 * of the same decision impossible.
 */
import type { WeightVector } from '../domain/allocation.ts';
import { paddedVector, preflight } from '../domain/preflight.ts';
import { REVEAL_BLOCKS_MAX, SUPERSEDED, sameWeights } from '../domain/read-back.ts';
import { INCLUSION_BLOCKS_MAX } from '../domain/schedule.ts';
import type { WeightSet, WeightSetFailure, WeightSetState } from '../domain/weight-set.ts';
import { isAhead, isCommitted } from '../domain/weight-set-state.ts';
import type { Events, WeightSetTrace } from '../events.ts';
import { AssertionError } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { Chain, SubmissionStep, WeightDecision, WeightIntent } from './ports.ts';
import type { WeightSetLedger } from './weight-set-ledger.ts';

interface WeightSubmissionParts {
  readonly chain: Chain;
  readonly ledger: WeightSetLedger;
  readonly events: Events;
  readonly clock: Clock;
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal;
  /** Whether these are the weights of a newer set: of commitments that are revealed together the newest stays. */
  readonly isSuperseded: (stored: WeightVector) => boolean;
}

/** Blocks in which a submission must come to an end: its era, and as much again for finality. */
export const SUBMISSION_BLOCKS_MAX = 2 * INCLUSION_BLOCKS_MAX;

/** Blocks until the next try when the chain did not answer before anything was submitted. */
const UNREACHABLE_RETRY_BLOCKS = 5;

type Steps = AsyncIterator<SubmissionStep>;

export class WeightSubmission {
  readonly #parts: WeightSubmissionParts;
  readonly #trace: WeightSetTrace;
  readonly #decision: WeightDecision;
  readonly #overdue = new AbortController();
  readonly #signal: AbortSignal;
  #set: WeightSet;
  #includedAtBlock: number | undefined;

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
    const limit = isCommitted(this.#set.state) ? REVEAL_BLOCKS_MAX : SUBMISSION_BLOCKS_MAX;
    if (block - this.#set.block > limit) {
      this.#overdue.abort(new Error(`no outcome ${limit} blocks after block ${this.#set.block}`));
    }
  }

  /**
   * Carries the set out as far as it gets: `verified` or `failed`, or an earlier state when the outcome is not known.
   *
   * @param committed called once when the chain has a commitment: revealing takes epochs, and the next set need not wait.
   * @throws AssayError `store_unavailable` when the decision could not be stored; nothing was submitted then.
   */
  async carryOut(committed: () => void): Promise<WeightSet> {
    await this.#trace.phase('ledger', () => this.#parts.ledger.record(this.#decision));
    const intent = await this.#checked();
    if (intent === undefined) return this.#set;
    const steps = this.#parts.chain.submit(intent, this.#signal)[Symbol.asyncIterator]();
    try {
      await this.#carryThrough(steps, committed);
    } catch (error) {
      this.#lostSight(error);
    } finally {
      leave(steps);
    }
    return this.#set;
  }

  async #carryThrough(steps: Steps, committed: () => void): Promise<void> {
    let failure = await this.#trace.phase('submit', () => this.#follow(steps, 'committed'));
    if (failure === undefined && this.#set.state === 'committed') {
      committed();
      failure = await this.#follow(steps, 'revealed');
    }
    if (failure !== undefined) return this.#become({ state: 'failed', failure });
    if (this.#set.state === 'finalized' || this.#set.state === 'revealed') await this.#readBack();
  }

  /** What goes to the chain, or nothing when the chain would refuse it or the service is stopping. */
  async #checked(): Promise<WeightIntent | undefined> {
    const { intent, failure } = await this.#trace.phase('preflight', () => this.#preflight());
    if (failure !== undefined) await this.#become({ state: 'failed', failure });
    return failure === undefined ? intent : undefined;
  }

  async #preflight(): Promise<{ intent?: WeightIntent; failure?: WeightSetFailure | undefined }> {
    const { chain, stopping, events } = this.#parts;
    const { validatorHotkey } = chain;
    try {
      const metagraph = await chain.metagraph();
      if (stopping.aborted) return { failure: INTERRUPTED };
      const vector = paddedVector(this.#set.vector, metagraph);
      const check = { set: this.#set, submitted: vector, metagraph, validatorHotkey };
      const intent = { vector, versionKey: this.#set.versionKey };
      return { intent, failure: preflight(check) };
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      events.partFailed({ part: PART, error });
      return { failure: unreachable(this.#set.block, error) };
    }
  }

  /** Takes steps until the submission ends or the set is `until`. @returns why it failed, if it did. */
  async #follow(steps: Steps, until: WeightSetState): Promise<WeightSetFailure | undefined> {
    while (this.#set.state !== until) {
      const next = await untilAborted(steps.next(), this.#signal);
      if (next.done === true) return undefined;
      if (next.value.state === 'failed') return next.value.failure;
      await this.#take(next.value);
    }
    return undefined;
  }

  /** A step that is not ahead of the state (a block was retracted and took the extrinsic again) changes nothing. */
  async #take(step: Exclude<SubmissionStep, { state: 'failed' }>): Promise<void> {
    if (!isAhead(step.state, this.#set.state)) return;
    if (step.state === 'submitted') {
      return this.#become({ state: step.state, extrinsicHash: step.extrinsicHash });
    }
    if (step.state !== 'revealed') this.#includedAtBlock ??= step.block;
    return this.#become({ state: step.state });
  }

  /** Success is what the chain stored, not what was sent. */
  async #readBack(): Promise<void> {
    const stored = await this.#trace.phase('read_back', () =>
      untilAborted(this.#parts.chain.storedWeights(), this.#signal),
    );
    const isStored =
      stored.lastUpdateBlock > this.#set.block && sameWeights(this.#set.vector, stored.vector);
    const failure = this.#parts.isSuperseded(stored.vector) ? SUPERSEDED : READ_BACK_MISMATCH;
    await this.#become(isStored ? { state: 'verified' } : { state: 'failed', failure });
  }

  async #become(change: Pick<WeightSet, 'state'> & Partial<WeightSet>): Promise<void> {
    this.#set = {
      ...this.#set,
      ...change,
      updatedAtMs: this.#parts.clock.now(),
      phasesMs: this.#trace.phasesMs(),
    };
    await this.#parts.ledger.change(this.#set);
  }

  #lostSight(error: unknown): void {
    if (error instanceof AssertionError) throw error;
    if (!this.#parts.stopping.aborted) this.#parts.events.partFailed({ part: PART, error });
  }
}

const PART = 'weight submission';

const INTERRUPTED: WeightSetFailure = {
  reason: 'INTERRUPTED',
  message: 'the service stopped before anything was submitted',
  action: { kind: 'retry_now' },
};

const READ_BACK_MISMATCH: WeightSetFailure = {
  reason: 'READ_BACK_MISMATCH',
  message: 'the chain took the weights but has stored others',
  action: { kind: 'stop' },
};

function unreachable(block: number, error: unknown): WeightSetFailure {
  const why = error instanceof Error ? error.message : String(error);
  return {
    reason: 'CHAIN_UNREACHABLE',
    message: `the chain did not answer before anything was submitted: ${why}`,
    action: { kind: 'retry_at_block', block: block + UNREACHABLE_RETRY_BLOCKS },
  };
}

/** An iterator that hangs must not hold up the stop: its end is asked for, not waited for. */
function leave(steps: Steps): void {
  steps.return?.().catch(() => undefined);
}

/** The promise's value, unless the signal aborts first; what the promise does afterwards is nobody's business. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
