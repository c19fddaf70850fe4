/**
 * A subnet inside the process, with the chain's own rules and error names. Blocks come from the injected clock, or one by
 * one; between two blocks everything is a plain change of one value, so nothing here runs concurrently.
 */
import type {
  Head,
  LiveChain,
  StoredWeights,
  SubmissionStep,
  WeightIntent,
} from '../../actors/ports.ts';
import type { ChainStanding } from '../../domain/chain-standing.ts';
import { AssayError } from '../../domain/errors.ts';
import type { Hotkey } from '../../domain/ids.ts';
import type { Metagraph } from '../../domain/metagraph.ts';
import { Broadcast } from '../../lib/broadcast.ts';
import type { Clock } from '../../lib/clock.ts';
import { caughtUp, headOf, openBlock } from './dev-block.ts';
import { type DevChainFaults, noFaults } from './dev-faults.ts';
import { DEV_CHAIN_DEFAULTS, type DevChainOptions, genesis, nextHotkey } from './dev-genesis.ts';
import { DevPool } from './dev-pool.ts';
import { metagraphOf, standingOf, storedWeightsOf } from './dev-reading.ts';
import { DevStateFile } from './dev-state-file.ts';
import type { DevSubmission } from './dev-submission.ts';
import {
  changeNeuron,
  type DevHyperparameters,
  type DevSubnet,
  deregister,
  type NeuronChange,
  register,
  replace,
} from './dev-subnet.ts';

interface DevChainSetup {
  readonly clock: Clock;
  readonly options?: Partial<DevChainOptions>;
  /** Where the state survives a restart; only in memory when absent. */
  readonly stateFile?: string;
  /** Told when `run` could not save a block; the next block tries again. */
  readonly onFailure?: (error: unknown) => void;
}

/** See the top of this file. */
export class DevChain implements LiveChain {
  readonly kind = 'dev';
  readonly faults: DevChainFaults = noFaults();
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #options: DevChainOptions;
  readonly #file: DevStateFile | undefined;
  readonly #heads: Broadcast<Head>;
  readonly #pool: DevPool;
  #subnet: DevSubnet;
  #saved: DevSubnet | undefined;
  /** What the state file stands for: the last state saved, or that of the start, which time makes of the file again. */
  #kept: DevSubnet | undefined;

  /**
   * Starts at genesis, or where the state file left off: time that passed since then has made its blocks.
   *
   * @throws AssayError `invalid_argument` when the state file is damaged or belongs to another genesis.
   */
  static create(setup: DevChainSetup): DevChain {
    return new DevChain({ ...DEV_CHAIN_DEFAULTS, ...setup.options }, setup);
  }

  private constructor(
    options: DevChainOptions,
    { clock, stateFile, onFailure = () => undefined }: DevChainSetup,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#onFailure = onFailure;
    const start = genesis(options, clock.now());
    this.#file = stateFile === undefined ? undefined : new DevStateFile(stateFile, options, start);
    this.#saved = this.#file?.load();
    this.#subnet = caughtUp(this.#saved ?? start, {
      nowMs: clock.now(),
      blockTimeMs: options.blockTimeMs,
    });
    if (this.#saved !== undefined) this.#kept = this.#subnet;
    this.#heads = new Broadcast(headOf(this.#subnet));
    this.#pool = new DevPool(options, this.faults);
  }

  get validatorHotkey(): Hotkey {
    return this.#subnet.validatorHotkey;
  }

  /** The newest head, reachable or not. */
  get head(): Head {
    return headOf(this.#subnet);
  }

  async *heads(signal: AbortSignal): AsyncGenerator<Head, void, void> {
    this.#requireReachable();
    for await (const head of this.#heads.values(signal)) {
      this.#requireReachable();
      yield head;
    }
  }

  async metagraph(): Promise<Metagraph> {
    this.#requireReachable();
    return metagraphOf(this.#subnet);
  }

  async standing(): Promise<ChainStanding> {
    this.#requireReachable();
    return standingOf(this.#subnet);
  }

  async *submit(
    intent: WeightIntent,
    signal: AbortSignal,
  ): AsyncGenerator<SubmissionStep, void, void> {
    signal.throwIfAborted();
    this.#requireReachable();
    const signed = this.#pool.sign(intent, this.#subnet);
    const { extrinsicHash } = signed.call;
    yield { state: 'prepared', extrinsicHash, extrinsic: signed.facts };
    signal.throwIfAborted();
    this.#requireReachable();
    const answer = this.#pool.offer(signed, this.#subnet);
    if (answer.kind === 'refused') yield { state: 'failed', failure: answer.failure };
    else yield* this.#followed(answer.submission, signal);
  }

  async storedWeights(): Promise<StoredWeights> {
    this.#requireReachable();
    return storedWeightsOf(this.#subnet);
  }

  /** Makes blocks at the rate of the clock until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(this.#options.blockTimeMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      this.#tryBlock();
    }
  }

  /** A block that cannot be saved is not told to anybody; the one after it saves both. */
  #tryBlock(): void {
    try {
      this.produceBlock();
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      this.#onFailure(error);
    }
  }

  /**
   * Makes one block and tells its readers, after what changed is on disk.
   *
   * @throws AssayError `store_unavailable` when the state file cannot be written.
   */
  produceBlock(): Head {
    this.#subnet = this.#pool.intoBlock(openBlock(this.#subnet, this.#clock.now()));
    if (this.#isChanged()) this.#save();
    this.#heads.publish(this.head);
    return this.head;
  }

  /** Registers a hotkey, made up when absent, at the lowest free UID. */
  register(hotkey: Hotkey = nextHotkey(this.#subnet)): Hotkey {
    this.#subnet = register(this.#subnet, hotkey);
    return hotkey;
  }

  deregister(uid: number): void {
    this.#subnet = deregister(this.#subnet, uid);
  }

  /** Gives a UID to another hotkey, made up when absent. */
  replace(uid: number, hotkey: Hotkey = nextHotkey(this.#subnet)): Hotkey {
    this.#subnet = replace(this.#subnet, uid, hotkey);
    return hotkey;
  }

  setPermit(uid: number, hasValidatorPermit: boolean): void {
    this.changeNeuron(uid, { hasValidatorPermit });
  }

  setAxon(uid: number, isAxonActive: boolean): void {
    this.changeNeuron(uid, { isAxonActive });
  }

  changeNeuron(uid: number, change: NeuronChange): void {
    this.#subnet = changeNeuron(this.#subnet, uid, change);
  }

  setOwnerHotkey(ownerHotkey: Hotkey): void {
    this.#subnet = { ...this.#subnet, ownerHotkey };
  }

  setHyperparameters(change: Partial<DevHyperparameters>): void {
    const hyperparameters = { ...this.#subnet.hyperparameters, ...change };
    this.#subnet = { ...this.#subnet, hyperparameters };
  }

  /**
   * Ends every reader and saves what has changed since the start. A chain that did nothing leaves its file alone: the
   * process that has it may be another one.
   *
   * @throws AssayError `store_unavailable` when the state file cannot be written.
   */
  close(): void {
    this.#heads.close();
    if (this.#subnet !== this.#kept) this.#save();
  }

  #requireReachable(): void {
    if (this.faults.isUnreachable) {
      throw new AssayError('chain_unreachable', 'the dev chain does not answer: a fault is on');
    }
  }

  /** Heads only wake the reader; the submission keeps its steps, so skipping a head loses none. */
  async *#followed(submission: DevSubmission, signal: AbortSignal) {
    let seen = 0;
    for await (const _ of this.#heads.values(signal)) {
      for (; seen < submission.steps.length; seen += 1) {
        this.#requireReachable();
        yield submission.steps[seen] as SubmissionStep;
      }
      if (submission.hasEnded) return;
      this.#requireReachable();
    }
    signal.throwIfAborted();
    throw new AssayError('chain_unreachable', 'the dev chain was closed during a submission');
  }

  /** Whether more than the head has changed since the state was last written. */
  #isChanged(): boolean {
    const [now, saved] = [this.#subnet, this.#saved];
    return saved === undefined || CHANGING_FIELDS.some((field) => now[field] !== saved[field]);
  }

  #save(): void {
    this.#file?.save(this.#subnet);
    this.#saved = this.#subnet;
    this.#kept = this.#subnet;
  }
}

const CHANGING_FIELDS = [
  'neurons',
  'ownerHotkey',
  'hyperparameters',
  'epochIndex',
  'weights',
  'commits',
] as const satisfies readonly (keyof DevSubnet)[];
