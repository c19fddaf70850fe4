import type {
  Chain,
  Head,
  SignedFacts,
  StoredWeights,
  SubmissionStep,
  WeightIntent,
} from '../../src/actors/ports.ts';
import type { WeightVector } from '../../src/domain/allocation.ts';
import type { ChainStanding } from '../../src/domain/chain-standing.ts';
import { AssayError } from '../../src/domain/errors.ts';
import type { Hotkey } from '../../src/domain/ids.ts';
import type { Metagraph } from '../../src/domain/metagraph.ts';
import { upscaledWeights } from '../../src/domain/read-back.ts';
import type { WeightSetFailure } from '../../src/domain/weight-set.ts';
import { Broadcast } from '../../src/lib/broadcast.ts';
import { settle } from './manual-clock.ts';

export type ChainMethod = 'heads' | 'metagraph' | 'standing' | 'submit' | 'storedWeights';

/** An extrinsic that is signed and not sent. */
export interface ScriptedSigned {
  readonly intent: WeightIntent;
  readonly extrinsicHash: string;
  readonly extrinsic: SignedFacts;
  /** The step that tells of it. */
  readonly step: SubmissionStep;
}

/** An extrinsic in the pool of a `ScriptedChain`, or in its blocks. */
export interface ScriptedSubmission extends ScriptedSigned {
  readonly submittedAtBlock: number;
  /** The block that takes it; `undefined` keeps it in the pool until its last block has passed. */
  includeAtBlock: number | undefined;
  includedAtBlock: number | undefined;
  /** The block by which the one that took it is gone again, and which takes it in its place. */
  retractAtBlock: number | undefined;
  /** What the chain had stored before it, for a retraction. */
  before: { readonly vector: WeightVector; readonly lastUpdateBlock: number } | undefined;
  readonly steps: SubmissionStep[];
  isFinal: boolean;
  /** With commit-reveal: the block that opens it; `undefined` never does. */
  revealAtBlock: number | undefined;
  opened: { readonly block: number; readonly isStored: boolean } | undefined;
  hasEnded: boolean;
}

const EMPTY: WeightVector = { uids: new Uint16Array(), weights: new Uint16Array() };

/** Blocks whose stored weights are remembered: more than any test lets finality be behind. */
const PAST_BLOCKS = 64;

const DROPPED: WeightSetFailure = {
  reason: 'WeightsNotRevealed',
  message: 'the commitment was dropped',
  action: { kind: 'retry_now' },
};

/** A chain whose every block, answer and fault is decided by the test. Extrinsics get into the next block. */
export class ScriptedChain implements Chain {
  kind: Chain['kind'] = 'dev';
  readonly validatorHotkey: Hotkey;
  readonly unreachable = new Set<ChainMethod>();
  /** Why no metagraph can be had, although the chain answers. */
  unusable: string | undefined;
  readonly submissions: ScriptedSubmission[] = [];
  /** Blocks that took weights or a commitment. */
  readonly takenAtBlocks: number[] = [];
  readonly calls: Record<ChainMethod, number> = {
    heads: 0,
    metagraph: 0,
    standing: 0,
    submit: 0,
    storedWeights: 0,
  };
  /** Blocks from a submission to its inclusion; `undefined` for never. */
  inclusionBlocks: () => number | undefined = () => 1;
  /** Blocks from a submission to the one that cannot take it any more, minus one. */
  eraBlocks = 64;
  /** Blocks from the head to the newest final one, which is the one that `storedWeights` reads. */
  finalityBlocks = 0;
  /** Whether the block that takes the next extrinsic is retracted by the next one; needs 2 `finalityBlocks` at least. */
  willRetract: () => boolean = () => false;
  /** Blocks from a commitment to its reveal; `undefined` for never. */
  revealBlocks: number | undefined = 5;
  /** Whether a commitment that is due is dropped without storing its weights. */
  willDrop: () => boolean = () => false;
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
  /** What the chain had stored at the newest blocks. */
  #past: StoredWeights[] = [];
  #signedCount = 0;

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
    if (this.unusable !== undefined) throw new AssayError('chain_unusable', this.unusable);
    return this.metagraphNow;
  }

  async standing(): Promise<ChainStanding> {
    this.#enter('standing');
    const { block, blockTimeMs, hyperparameters } = this.metagraphNow;
    return {
      endpoint: 'scripted',
      runtime: 'scripted 1',
      wallet: 'scripted hotkey',
      block,
      blockTimeMs,
      hasSubnet: true,
      mechanismCount: 1,
      stake: { weightRao: 1n, thresholdRao: 0n },
      commitReveal: {
        isEnabled: hyperparameters.isCommitRevealEnabled,
        version: 4,
        isSupported: true,
        revealPeriodEpochs: 1,
      },
    };
  }

  async storedWeights(): Promise<StoredWeights> {
    this.#enter('storedWeights');
    if (this.finalityBlocks === 0) return this.#storedNow();
    const block = this.block - this.finalityBlocks;
    const known = this.#past.findLast((stored) => stored.block <= block) ?? this.#past[0];
    return { ...(known ?? this.#storedNow()), block };
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
    const signed = this.sign(intent);
    yield signed.step;
    signal.throwIfAborted();
    this.#requireReachable('submit');
    yield* this.follow(this.pool(signed), signal);
  }

  sign(intent: WeightIntent): ScriptedSigned {
    this.#signedCount += 1;
    const count = this.#signedCount.toString(16);
    const { isCommitRevealEnabled } = this.metagraphNow.hyperparameters;
    const extrinsicHash = `0x${count}`;
    const revealBlock = this.block + 1 + (this.revealBlocks ?? 5);
    const extrinsic: SignedFacts = {
      call: isCommitRevealEnabled ? 'commit_timelocked_weights' : 'set_weights',
      lastBlock: this.block + this.eraBlocks,
      ...(isCommitRevealEnabled && {
        commitment: {
          ciphertext: Uint8Array.from(intent.vector.uids),
          digest: `0x${count.padStart(64, '0')}`,
          revealRound: revealBlock,
          revealBlock,
          version: 4,
        },
      }),
    };
    const step: SubmissionStep = { state: 'prepared', extrinsicHash, extrinsic };
    return { intent, extrinsicHash, extrinsic, step };
  }

  /** Takes an extrinsic into the pool, whether anyone follows it or not. */
  pool(signed: ScriptedSigned): ScriptedSubmission {
    const blocks = this.inclusionBlocks();
    const submission: ScriptedSubmission = {
      ...signed,
      submittedAtBlock: this.block,
      includeAtBlock: blocks === undefined ? undefined : this.block + blocks,
      includedAtBlock: undefined,
      retractAtBlock: undefined,
      before: undefined,
      steps: [{ state: 'submitted' }],
      isFinal: false,
      revealAtBlock: undefined,
      opened: undefined,
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
    for (const submission of this.submissions) this.#retract(submission);
    for (const submission of this.submissions) this.#include(submission);
    for (const submission of this.submissions) this.#open(submission);
    for (const submission of this.submissions) this.#tell(submission);
    this.#past = [...this.#past, this.#storedNow()].slice(-PAST_BLOCKS);
    this.#heads.publish(this.head);
  }

  /** The block that took it is gone, and with it what it stored; the new one takes it. */
  #retract(submission: ScriptedSubmission): void {
    const { retractAtBlock, includedAtBlock, before } = submission;
    if (retractAtBlock !== this.block || includedAtBlock === undefined || !before) return;
    submission.retractAtBlock = undefined;
    submission.includedAtBlock = undefined;
    submission.includeAtBlock = this.block;
    this.takenAtBlocks.pop();
    this.vector = before.vector;
    this.lastUpdateBlock = before.lastUpdateBlock;
    this.#past = this.#past.filter(({ block }) => block < includedAtBlock);
  }

  #include(submission: ScriptedSubmission): void {
    const { includeAtBlock, includedAtBlock, hasEnded, steps, extrinsic } = submission;
    if (hasEnded || includedAtBlock !== undefined || includeAtBlock === undefined) return;
    if (this.block < includeAtBlock || this.block > extrinsic.lastBlock) return;
    steps.push({ state: 'in_block', block: this.block });
    submission.includedAtBlock = this.block;
    const failure = this.dispatchFailure ?? this.#tooFast();
    this.dispatchFailure = undefined;
    if (failure !== undefined) {
      steps.push({ state: 'failed', failure });
      submission.hasEnded = true;
      return;
    }
    const isFirstTime = submission.before === undefined;
    submission.before = { vector: this.vector, lastUpdateBlock: this.lastUpdateBlock };
    if (isFirstTime && this.willRetract()) submission.retractAtBlock = this.block + 1;
    this.takenAtBlocks.push(this.block);
    this.lastUpdateBlock = this.block;
    if (extrinsic.commitment === undefined) this.#store(submission.intent);
    else submission.revealAtBlock = this.revealBlocks && this.block + this.revealBlocks;
  }

  /** A commitment has one chance; whatever the result, it is gone. */
  #open(submission: ScriptedSubmission): void {
    if (submission.opened !== undefined || submission.revealAtBlock !== this.block) return;
    const isStored = !this.willDrop();
    submission.opened = { block: this.block, isStored };
    if (isStored) this.#store(submission.intent);
  }

  /** Tells what has become final. */
  #tell(submission: ScriptedSubmission): void {
    const { steps, includedAtBlock: block, opened, extrinsic } = submission;
    const finalBlock = this.block - this.finalityBlocks;
    if (submission.hasEnded || block === undefined || block > finalBlock) return;
    if (!submission.isFinal) {
      submission.isFinal = true;
      steps.push({ state: 'finalized', block });
      if (extrinsic.commitment !== undefined) steps.push({ state: 'committed', block });
      else submission.hasEnded = true;
    }
    if (opened === undefined || opened.block > finalBlock) return;
    if (opened.isStored) steps.push({ state: 'revealed', block: opened.block });
    else steps.push({ state: 'lost', failure: DROPPED });
    submission.hasEnded = true;
  }

  #storedNow(): StoredWeights {
    const waiting = this.submissions.filter(
      ({ includedAtBlock, revealAtBlock, opened, hasEnded, extrinsic }) =>
        includedAtBlock !== undefined &&
        extrinsic.commitment !== undefined &&
        opened === undefined &&
        !(hasEnded && revealAtBlock === undefined),
    );
    return {
      block: this.block,
      vector: this.vector,
      lastUpdateBlock: this.lastUpdateBlock,
      pendingCommitments: waiting.flatMap(({ extrinsic }) => extrinsic.commitment?.digest ?? []),
    };
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
