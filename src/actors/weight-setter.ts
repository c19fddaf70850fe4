/**
 * Decides at every head whether weights are due, and sets them: one set at a time, never a queue. A head that comes while
 * a set is under way is only noted. A commitment that waits for its reveal does not hold up the next set.
 *
 * A set whose outcome is not known is looked up on chain at every head; until it is found out no other set begins, unless
 * the chain has its commitment. That covers a crash (`resume`), a broken connection and a submission that hangs alike.
 */
import type { EmissionConfig } from '../domain/emission.ts';
import { AssayError } from '../domain/errors.ts';
import type { WeightSet, WithheldReason } from '../domain/weight-set.ts';
import { SUPERSEDED } from '../domain/weight-set-outcome.ts';
import { isOver } from '../domain/weight-set-state.ts';
import type { Events, WeightSetTrace } from '../events.ts';
import { AssertionError } from '../lib/assert.ts';
import { errorText } from '../lib/error-text.ts';
import { newHeads } from './new-heads.ts';
import { OpenOutcomes } from './open-outcomes.ts';
import type { Head, WeightSetStore, WeightSetting, WeightSettingStatus } from './ports.ts';
import { RECENT_SETS_MAX, RecentSets } from './recent-sets.ts';
import { WeightDecider, type WeightDecisionParts } from './weight-decision.ts';
import { WeightPacing } from './weight-pacing.ts';
import { WeightSetFeed } from './weight-set-feed.ts';
import { WeightSetLedger } from './weight-set-ledger.ts';
import { WeightSubmission } from './weight-submission.ts';

interface WeightSetterParts extends WeightDecisionParts {
  readonly sets: WeightSetStore;
  readonly events: Events;
}

type Trigger = 'interval' | 'operator';

/** Sets that may wait for their reveal at once: more than the reveal's limit in blocks and the rate limit bring about. */
const COMMITMENTS_MAX = RECENT_SETS_MAX;

const PART = 'weight setter';

export class WeightSetter implements WeightSetting {
  readonly #parts: WeightSetterParts;
  readonly #decider: WeightDecider;
  readonly #ledger: WeightSetLedger;
  readonly #feed = new WeightSetFeed();
  readonly #pacing = new WeightPacing();
  readonly #recent = new RecentSets();
  readonly #stop = new AbortController();
  /** Submissions under way: at most one that holds up the next, and commitments that wait for their reveal. */
  readonly #submissions = new Set<WeightSubmission>();
  readonly #background = new Set<Promise<void>>();
  readonly #open: OpenOutcomes;
  #head: Head | undefined;
  #busy: Promise<unknown> | undefined;
  #isResumed = false;
  #isSetting = false;
  #bug: AssertionError | undefined;

  constructor(parts: WeightSetterParts) {
    this.#parts = parts;
    this.#decider = new WeightDecider(parts);
    const notRecorded = (set: WeightSet, error: unknown) => this.#noteNotRecorded(set, error);
    const recent = this.#recent;
    this.#ledger = new WeightSetLedger({ ...parts, feed: this.#feed, recent, notRecorded });
    const found = (set: WeightSet, block: number | undefined) => this.#pace(set, block);
    this.#open = new OpenOutcomes({ ...parts, ledger: this.#ledger, recent, found });
  }

  status(): WeightSettingStatus {
    const block = this.#head?.block ?? 0;
    return {
      head: this.#head,
      lastSetBlock: this.#pacing.lastSetBlock,
      nextSetBlock: this.#pacing.nextBlock(block, this.#intervalBlocks),
      isSetting: this.#isSetting || this.#open.isBlocking,
      alarm: this.#pacing.alarmAt(block, this.#intervalBlocks),
    };
  }

  watch(signal: AbortSignal): AsyncIterable<WeightSet> {
    return this.#feed.watch(signal);
  }

  preview(candidate?: EmissionConfig): Promise<WeightSet> {
    return this.#decider.preview(this.#head, candidate);
  }

  /** With commit-reveal it answers when the commitment is on chain; `watch` tells of the reveal. */
  setNow(): Promise<WeightSet> {
    if (this.#stop.signal.aborted) {
      return Promise.reject(new AssayError('shutting_down', 'the service is stopping'));
    }
    if (this.#busy !== undefined) return Promise.reject(inProgress());
    return this.#exclusively(() => this.#setNow());
  }

  /**
   * Takes up where the store and the chain are: what was set last, and what became of a set that was under way. Runs by
   * itself at the first head when it was not called or failed.
   *
   * @throws AssayError `store_unavailable`, `chain_unreachable`.
   */
  async resume(): Promise<void> {
    const { sets, chain } = this.#parts;
    const [latest, taken, unfinished] = await Promise.all([
      sets.latest(),
      sets.latestTaken(),
      sets.unfinished(),
    ]);
    const [stored, metagraph] = await Promise.all([chain.storedWeights(), chain.metagraph()]);
    this.#pacing.resume({
      lastSetBlock: taken?.block ?? 0,
      lastTriedBlock: latest?.block ?? -1,
      lastUpdate: { block: stored.lastUpdateBlock, atBlock: stored.block },
      weightsRateLimitBlocks: metagraph.hyperparameters.weightsRateLimitBlocks,
      atBlock: metagraph.block,
    });
    this.#pacing.observe(metagraph, chain.validatorHotkey);
    if (latest !== undefined) this.#feed.publish(latest);
    for (const set of [taken, latest, ...unfinished]) if (set !== undefined) this.#recent.note(set);
    for (const set of unfinished) this.#open.add(set);
    await this.#open.settle();
    this.#isResumed = true;
  }

  /**
   * Sets weights at the chain's heads until the signal aborts, then stops as `drain` does.
   *
   * @throws AssertionError when an invariant was found broken.
   */
  async run(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.#stop.signal]);
    for await (const head of newHeads({ ...this.#parts, part: PART }, ending)) this.#headSeen(head);
    await this.drain();
    if (this.#bug !== undefined) throw this.#bug;
  }

  /** Begins nothing new, lets the step under way be written down, and ends. */
  async drain(): Promise<void> {
    this.#stop.abort(new AssayError('shutting_down', 'the service is stopping'));
    await Promise.allSettled([this.#busy, ...this.#background]);
    await this.#ledger.flush();
  }

  get #intervalBlocks(): number {
    return this.#parts.configs.current().config.weightSetIntervalBlocks;
  }

  #headSeen(head: Head): void {
    this.#head = head;
    for (const submission of this.#submissions) submission.headSeen(head.block);
    if (this.#busy !== undefined || this.#stop.signal.aborted) return;
    this.#exclusively(() => this.#tick(head)).catch((error: unknown) => this.#report(error));
  }

  /** The one place where work begins: nothing else does until it ends. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const busy = work().finally(() => {
      this.#busy = undefined;
    });
    this.#busy = busy;
    busy.catch((error: unknown) => this.#noteBug(error));
    return busy;
  }

  async #tick(head: Head): Promise<void> {
    await this.#prepare();
    if (!this.#pacing.isDue(head.block, this.#intervalBlocks)) return;
    if (this.#isBlocked()) await this.#requireEnd(head);
    else await this.#set(head, 'interval');
  }

  async #setNow(): Promise<WeightSet> {
    const head = this.#head;
    if (head === undefined) throw new AssayError('chain_unreachable', 'no block was seen yet');
    await this.#prepare();
    if (this.#ledger.isBehind) throw storeBehind();
    if (this.#isBlocked()) throw inProgress();
    const next = this.#pacing.nextBlock(head.block, this.#intervalBlocks);
    if (head.block < next) throw tooEarly(head.block, next);
    this.#pacing.clearAlarm();
    return this.#set(head, 'operator');
  }

  async #prepare(): Promise<void> {
    if (!this.#isResumed) await this.resume();
    await this.#ledger.flush();
    await this.#open.settle();
    this.#pacing.observe(this.#parts.metagraph.current(), this.#parts.chain.validatorHotkey);
  }

  #isBlocked(): boolean {
    return this.#ledger.isBehind || this.#open.isBlocking || this.#isFull;
  }

  get #isFull(): boolean {
    return this.#submissions.size + this.#open.size >= COMMITMENTS_MAX;
  }

  /** What is under way is waited for in silence, but not when it takes longer than anybody expects. */
  async #requireEnd(head: Head): Promise<void> {
    if (this.#ledger.isBehind) return;
    try {
      await this.#ledger.requireGrowth(head.block);
      if (this.#isFull) throw commitmentsWaiting();
    } catch (error) {
      this.#noteWithheld(head, error);
      throw error;
    }
  }

  /** Resolves when the set has ended or is committed; what follows a commitment goes on in the background. */
  async #set(head: Head, trigger: Trigger): Promise<WeightSet> {
    this.#isSetting = true;
    try {
      return await this.#released(head, trigger);
    } catch (error) {
      this.#noteWithheld(head, error);
      throw error;
    } finally {
      this.#isSetting = false;
    }
  }

  #released(head: Head, trigger: Trigger): Promise<WeightSet> {
    const { netuid, mecid } = this.#parts.options;
    return new Promise((resolve, reject) => {
      let isReleased = false;
      const release = (set: WeightSet) => {
        isReleased = true;
        resolve(set);
      };
      const whole = this.#parts.events
        .weightSet({ block: head.block, netuid, mecid, trigger }, (trace) =>
          this.#carryOut(head, trace, release),
        )
        .then(resolve, (error: unknown) => (isReleased ? this.#report(error) : reject(error)))
        .finally(() => this.#background.delete(whole));
      this.#background.add(whole);
    });
  }

  async #carryOut(
    head: Head,
    trace: WeightSetTrace,
    release: (set: WeightSet) => void,
  ): Promise<WeightSet> {
    await this.#ledger.requireGrowth(head.block);
    const decision = await this.#decider.decide(head, trace);
    const stopping = this.#stop.signal;
    stopping.throwIfAborted();
    this.#pacing.tried(head.block);
    const parts = { ...this.#parts, ledger: this.#ledger, recent: this.#recent, stopping };
    const submission = new WeightSubmission(parts, decision, trace);
    this.#submissions.add(submission);
    try {
      const set = await submission.carryOut(() => {
        this.#pace(submission.set, submission.includedAtBlock);
        release(submission.set);
      });
      if (!isOver(set.state)) this.#open.add(set);
      this.#pace(set, submission.includedAtBlock);
      return set;
    } finally {
      this.#submissions.delete(submission);
    }
  }

  /** That a newer set has replaced this one on chain says nothing about the next. */
  #pace(set: WeightSet, includedAtBlock: number | undefined): void {
    if (set.failure?.reason === SUPERSEDED.reason) return;
    if (set.failure !== undefined) this.#pacing.failed(set.failure, set.block);
    else if (includedAtBlock !== undefined) this.#pacing.taken(set, includedAtBlock);
  }

  /**
   * A disk that is full stays full for a while, and a large decision must not be written in vain at every head. That
   * somebody else was first says nothing about the store.
   */
  #noteNotRecorded({ block }: WeightSet, error: unknown): void {
    if (error instanceof AssayError && error.code === 'weight_set_in_progress') return;
    const why = errorText(error);
    this.#pacing.withheld(block, `the weights of block ${block} could not be stored: ${why}`);
  }

  #noteWithheld({ block }: Head, error: unknown): void {
    if (!isWithheld(error)) return;
    const { message, details, code } = error;
    this.#pacing.withheld(block, message);
    const reason = details.metadata?.reason ?? code;
    this.#parts.events.weightsWithheld({ block, reason, message });
  }

  #report(error: unknown): void {
    this.#noteBug(error);
    const isExpected = isWithheld(error) || this.#stop.signal.aborted;
    if (!isExpected) this.#parts.events.partFailed({ part: PART, error });
  }

  /** A broken invariant ends `run`, and with it the service. */
  #noteBug(error: unknown): void {
    if (!(error instanceof AssertionError)) return;
    this.#bug ??= error;
    this.#stop.abort(error);
  }
}

/** A chain that answers and is of no use says why, and stays so until somebody acts. */
function isWithheld(error: unknown): error is AssayError {
  return error instanceof AssayError && WITHHOLDING.has(error.code);
}

const WITHHOLDING: ReadonlySet<string> = new Set(['weight_set_withheld', 'chain_unusable']);

const COMMITMENTS_WAITING = {
  reason: 'COMMITMENTS_WAITING',
} as const satisfies { readonly reason: WithheldReason };

function commitmentsWaiting(): AssayError {
  const message = `${COMMITMENTS_MAX} commitments wait for their reveal: the next weights follow when the oldest is revealed`;
  return new AssayError('weight_set_withheld', message, { metadata: COMMITMENTS_WAITING });
}

function inProgress(): AssayError {
  return new AssayError('weight_set_in_progress', 'a weight set is under way');
}

function storeBehind(): AssayError {
  return new AssayError('store_unavailable', 'the end of the last weight set is not stored yet');
}

function tooEarly(block: number, next: number): AssayError {
  const message = `weights may be set from block ${next} on, the chain is at ${block}`;
  return new AssayError('weight_set_too_early', message, {
    metadata: { next_block: String(next) },
  });
}
