import type {
  Chain,
  Head,
  StoredWeights,
  SubmissionStep,
  WeightIntent,
} from '../../src/actors/ports.ts';
import type { WeightVector } from '../../src/domain/allocation.ts';
import { AssayError } from '../../src/domain/errors.ts';
import type { Hotkey } from '../../src/domain/ids.ts';
import type { Metagraph } from '../../src/domain/metagraph.ts';
import { upscaledWeights } from '../../src/domain/read-back.ts';
import type { WeightSetFailure } from '../../src/domain/weight-set.ts';
import { Broadcast } from '../../src/lib/broadcast.ts';
import { settle } from './manual-clock.ts';

export type ChainMethod = 'heads' | 'metagraph' | 'submit' | 'storedWeights';

/** An extrinsic in the pool of a `ScriptedChain`. */
export interface ScriptedSubmission {
  readonly intent: WeightIntent;
  readonly submittedAtBlock: number;
  /** The block that takes it; `undefined` keeps it in the pool for ever. */
  includeAtBlock: number | undefined;
  readonly steps: SubmissionStep[];
  /** With commit-reveal: the block that reveals it; `undefined` never does. */
  revealAtBlock: number | undefined;
  hasEnded: boolean;
}

const EMPTY: WeightVector = { uids: new Uint16Array(), weights: new Uint16Array() };

/** A chain whose every block, answer and fault is decided by the test. Extrinsics get into the next block. */
export class ScriptedChain implements Chain {
  readonly kind = 'dev';
  readonly validatorHotkey: Hotkey;
  readonly unreachable = new Set<ChainMethod>();
  readonly submissions: ScriptedSubmission[] = [];
  /** Blocks that took weights or a commitment. */
  readonly takenAtBlocks: number[] = [];
  readonly calls: Record<ChainMethod, number> = {
    heads: 0,
    metagraph: 0,
    submit: 0,
    storedWeights: 0,
  };
  /** Blocks from a submission to its inclusion; `undefined` for never. */
  inclusionBlocks: () => number | undefined = () => 1;
  /** Blocks from a commitment to its reveal; `undefined` for never. */
  revealBlocks: number | undefined = 5;
  /** What the block that takes the next extrinsic makes of it. */
  dispatchFailure: WeightSetFailure | undefined;
  /** Extrinsics that got into a block before the rate limit had passed. */
  tooFastCount = 0;
  /** Takes the place of the next submission altogether. */
  script:
    | ((intent: WeightIntent, signal: AbortSignal) => AsyncIterable<SubmissionStep>)
    | undefined;
  /** What the chain stores in the place of what it was sent. */
  distort: (vector: WeightVector) => WeightVector = (vector) => vector;
  vector: WeightVector = EMPTY;
  metagraphNow: Metagraph;
  readonly #heads: Broadcast<Head>;

  constructor(metagraph: Metagraph, validatorHotkey: Hotkey) {
    this.metagraphNow = metagraph;
    this.validatorHotkey = validatorHotkey;
    this.#heads = new Broadcast(this.head);
  }

  get block(): number {
    return this.metagraphNow.block;
  }

  get head(): Head {
    const { block, blockHash, blockTimeMs } = this.metagraphNow;
    return { block, hash: blockHash, timeMs: blockTimeMs };
  }

  get lastUpdateBlock(): number {
    const { neurons } = this.metagraphNow;
    return neurons.find(({ hotkey }) => hotkey === this.validatorHotkey)?.lastUpdateBlock ?? 0;
  }

  set lastUpdateBlock(lastUpdateBlock: number) {
    const neurons = this.metagraphNow.neurons.map((neuron) =>
      neuron.hotkey === this.validatorHotkey ? { ...neuron, lastUpdateBlock } : neuron,
    );
    this.metagraphNow = { ...this.metagraphNow, neurons };
  }

  /** Makes blocks one by one, letting everybody react to each. */
  async advance(blocks = 1): Promise<void> {
    for (let made = 0; made < blocks; made += 1) {
      this.#produce();
      await settle();
      await settle();
    }
  }

  /** Makes blocks one by one up to and including `block`. */
  async advanceTo(block: number): Promise<void> {
    await this.advance(block - this.block);
  }

  /** Begins anew at a block, as a simulated chain does without its state. */
  restartAt(block: number): void {
    this.metagraphNow = { ...this.metagraphNow, block };
    this.lastUpdateBlock = 0;
    this.#heads.publish(this.head);
  }

  /** Skips blocks that nobody saw. */
  async jumpTo(block: number): Promise<void> {
    this.metagraphNow = { ...this.metagraphNow, block: block - 1 };
    await this.advance();
  }

  async *heads(signal: AbortSignal): AsyncGenerator<Head, void, void> {
    this.#enter('heads');
    for await (const head of this.#heads.values(signal)) {
      this.#requireReachable('heads');
      yield head;
    }
  }

  async metagraph(): Promise<Metagraph> {
    this.#enter('metagraph');
    return this.metagraphNow;
  }

  async storedWeights(): Promise<StoredWeights> {
    this.#enter('storedWeights');
    const hasPendingCommit = this.submissions.some(
      ({ steps, hasEnded }) => !hasEnded && steps.some(({ state }) => state === 'committed'),
    );
    return { vector: this.vector, lastUpdateBlock: this.lastUpdateBlock, hasPendingCommit };
  }

  async *submit(
    intent: WeightIntent,
    signal: AbortSignal,
  ): AsyncGenerator<SubmissionStep, void, void> {
    this.#enter('submit');
    const { script } = this;
    this.script = undefined;
    if (script !== undefined) {
      yield* script(intent, signal);
      return;
    }
    yield* this.follow(this.pool(intent), signal);
  }

  /** Takes an extrinsic into the pool, whether anyone follows it or not. */
  pool(intent: WeightIntent): ScriptedSubmission {
    const blocks = this.inclusionBlocks();
    const submission: ScriptedSubmission = {
      intent,
      submittedAtBlock: this.block,
      includeAtBlock: blocks === undefined ? undefined : this.block + blocks,
      steps: [{ state: 'submitted', extrinsicHash: `0x${this.submissions.length}` }],
      revealAtBlock: undefined,
      hasEnded: false,
    };
    this.submissions.push(submission);
    return submission;
  }

  async *follow(
    submission: ScriptedSubmission,
    signal: AbortSignal,
  ): AsyncGenerator<SubmissionStep, void, void> {
    let seen = 0;
    for await (const _ of this.#heads.values(signal)) {
      this.#requireReachable('submit');
      for (; seen < submission.steps.length; seen += 1) {
        yield submission.steps[seen] as SubmissionStep;
      }
      if (submission.hasEnded) return;
    }
    signal.throwIfAborted();
  }

  #produce(): void {
    const block = this.block + 1;
    const blockHash = `0x${block.toString(16).padStart(64, '0')}`;
    this.metagraphNow = { ...this.metagraphNow, block, blockHash };
    for (const submission of this.submissions) this.#include(submission);
    for (const submission of this.submissions) this.#reveal(submission);
    this.#heads.publish(this.head);
  }

  #include(submission: ScriptedSubmission): void {
    const { includeAtBlock, hasEnded, steps } = submission;
    if (hasEnded || includeAtBlock !== this.block) return;
    const { isCommitRevealEnabled } = this.metagraphNow.hyperparameters;
    steps.push({ state: 'in_block', block: this.block });
    const failure = this.dispatchFailure ?? this.#tooFast();
    this.dispatchFailure = undefined;
    if (failure !== undefined) {
      steps.push({ state: 'failed', failure });
      submission.hasEnded = true;
      return;
    }
    this.takenAtBlocks.push(this.block);
    this.lastUpdateBlock = this.block;
    steps.push({ state: 'finalized', block: this.block });
    if (isCommitRevealEnabled) {
      steps.push({ state: 'committed', block: this.block });
      const blocks = this.revealBlocks;
      submission.revealAtBlock = blocks === undefined ? undefined : this.block + blocks;
    } else {
      this.#store(submission.intent);
      submission.hasEnded = true;
    }
  }

  #reveal(submission: ScriptedSubmission): void {
    if (submission.hasEnded || submission.revealAtBlock !== this.block) return;
    this.#store(submission.intent);
    submission.steps.push({ state: 'revealed', block: this.block });
    submission.hasEnded = true;
  }

  #store({ vector }: WeightIntent): void {
    const stored = this.distort(vector);
    this.vector = { uids: stored.uids, weights: upscaledWeights(stored.weights) };
  }

  #tooFast(): WeightSetFailure | undefined {
    const { weightsRateLimitBlocks } = this.metagraphNow.hyperparameters;
    const allowed = this.lastUpdateBlock === 0 ? 0 : this.lastUpdateBlock + weightsRateLimitBlocks;
    if (this.block >= allowed) return undefined;
    this.tooFastCount += 1;
    const action = { kind: 'retry_at_block', block: allowed } as const;
    return { reason: 'SettingWeightsTooFast', message: 'the rate limit has not passed', action };
  }

  #enter(method: ChainMethod): void {
    this.calls[method] += 1;
    this.#requireReachable(method);
  }

  #requireReachable(method: ChainMethod): void {
    if (this.unreachable.has(method)) {
      throw new AssayError('chain_unreachable', `the chain does not answer ${method}`);
    }
  }
}
