/** The real chain, behind the port that the weight setter knows; `docs/chain.md` describes it for operators. */
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
import type { OwnFailureReason, WeightSetFailure } from '../../domain/weight-set.ts';
import type { Events } from '../../events.ts';
import { AssertionError } from '../../lib/assert.ts';
import type { Clock } from '../../lib/clock.ts';
import { asChainError } from './chain-failures.ts';
import { readMetagraph } from './metagraph-reading.ts';
import { readStanding } from './standing-reading.ts';
import { readStoredWeights, type ValidatorKey } from './stored-weights.ts';
import { SubtensorConnection } from './subtensor-connection.ts';
import type { SubtensorNode } from './subtensor-node.ts';
import type { SubtensorOptions } from './subtensor-options.ts';
import { TimelockEncryptor } from './timelock/timelock-encryptor.ts';
import type { HotkeyWallet } from './wallet/hotkey-wallet.ts';
import { SubtensorSubmission } from './weight-submission.ts';

interface SubtensorChainSetup {
  readonly options: SubtensorOptions;
  /** The chain closes it. */
  readonly wallet: HotkeyWallet;
  readonly clock: Clock;
  readonly events: Events;
  /** Makes the commitments, and the chain closes it; a thread of its own when absent. */
  readonly encryptor?: Pick<TimelockEncryptor, 'start' | 'encrypt' | 'close'>;
}

/** See the top of this file. */
export class SubtensorChain implements LiveChain {
  readonly kind = 'subtensor';
  readonly #setup: SubtensorChainSetup;
  readonly #connection: SubtensorConnection;
  readonly #encryptor: Pick<TimelockEncryptor, 'start' | 'encrypt' | 'close'>;
  readonly #validator: ValidatorKey;
  /** The submission that may still get into a block: there is never a second one of the same hotkey beside it. */
  #inFlight: { lastBlock: number } | undefined;
  /** The newest reading, under way or done. */
  #newest: { readonly hash: string; readonly metagraph: Promise<Metagraph> } | undefined;

  /**
   * Connects. A chain that does not answer is no error here: it is tried again until `close`.
   *
   * @throws AssayError `chain_unusable` when no endpoint answers and one that did is of another network, or has a runtime
   * that nothing can be signed for; the signal's reason when it aborts.
   */
  static async open(setup: SubtensorChainSetup, signal?: AbortSignal): Promise<SubtensorChain> {
    const chain = new SubtensorChain(setup);
    // While it connects, so that the first commitment need not wait for the thread.
    chain.#encryptor.start();
    try {
      await chain.#connection.node(signal).catch(unlessUnreachable);
      signal?.throwIfAborted();
      return chain;
    } catch (error) {
      await chain.close();
      throw error;
    }
  }

  private constructor(setup: SubtensorChainSetup) {
    this.#setup = setup;
    const { netuid, mecid } = setup.options;
    this.#validator = { netuid, mecid, hotkey: setup.wallet.address };
    this.#connection = new SubtensorConnection(setup);
    this.#encryptor = setup.encryptor ?? new TimelockEncryptor();
  }

  get validatorHotkey(): Hotkey {
    return this.#setup.wallet.address;
  }

  /** The newest final block that is known. */
  get head(): Head | undefined {
    return this.#connection.head;
  }

  heads(signal: AbortSignal): AsyncIterable<Head> {
    return this.#connection.heads(signal);
  }

  metagraph(): Promise<Metagraph> {
    return this.#read('the metagraph', (node) => this.#metagraphAt(node));
  }

  async standing(): Promise<ChainStanding> {
    const standing = await this.#read('what the chain asks of the validator', (node) =>
      readStanding(node, node.head, this.#validator),
    );
    return { ...standing, wallet: this.#setup.wallet.description };
  }

  storedWeights(): Promise<StoredWeights> {
    return this.#read('the stored weights', (node) =>
      readStoredWeights(node, node.head, this.#validator),
    );
  }

  async *submit(
    intent: WeightIntent,
    signal: AbortSignal,
  ): AsyncGenerator<SubmissionStep, void, void> {
    signal.throwIfAborted();
    const busy = this.#busy();
    if (busy !== undefined) {
      yield { state: 'failed', failure: busy };
      return;
    }
    const flight = { lastBlock: Number.POSITIVE_INFINITY };
    this.#inFlight = flight;
    let isSent = false;
    let isSettled = false;
    try {
      const onSigned = (lastBlock: number) => {
        flight.lastBlock = lastBlock;
        isSent = true;
      };
      for await (const step of this.#submission(intent).steps(signal, onSigned)) {
        isSettled ||= SETTLED_STATES.has(step.state);
        if (isSettled) this.#land(flight);
        yield step;
      }
    } catch (error) {
      if (signal.aborted && !(error instanceof AssertionError)) throw signal.reason;
      throw asChainError(error, 'the submission cannot be followed');
    } finally {
      // What was sent and not seen in a final block may still get into one: its era alone ends that.
      if (!isSent || isSettled) this.#land(flight);
    }
  }

  /** Works by itself from the start. @throws AssertionError when a bug has ended the connection. */
  run(signal: AbortSignal): Promise<void> {
    return this.#connection.run(signal);
  }

  async close(): Promise<void> {
    await this.#connection.close();
    await this.#encryptor.close();
    this.#setup.wallet.close();
  }

  /** A final block never changes: those who want the metagraph of one head, three for a weight set, share one reading. */
  #metagraphAt(node: SubtensorNode): Promise<Metagraph> {
    const { hash } = node.head;
    if (this.#newest?.hash === hash) return this.#newest.metagraph;
    const metagraph = readMetagraph(node, node.head, this.#validator);
    const newest = { hash, metagraph };
    this.#newest = newest;
    metagraph.catch(() => {
      if (this.#newest === newest) this.#newest = undefined;
    });
    return metagraph;
  }

  #submission(intent: WeightIntent): SubtensorSubmission {
    const { wallet, options } = this.#setup;
    const { eraBlocks, beacon } = options;
    return new SubtensorSubmission(
      {
        connection: this.#connection,
        validator: this.#validator,
        signing: {
          ...{ key: this.#validator, wallet, encryptor: this.#encryptor, eraBlocks },
          ...(beacon === undefined ? {} : { beacon }),
        },
      },
      intent,
    );
  }

  #land(flight: { lastBlock: number }): void {
    if (this.#inFlight === flight) this.#inFlight = undefined;
  }

  #busy(): WeightSetFailure | undefined {
    const { lastBlock } = this.#inFlight ?? {};
    const block = this.#connection.head?.block ?? 0;
    if (lastBlock === undefined || block > lastBlock) return undefined;
    const until = Number.isFinite(lastBlock) ? lastBlock + 1 : block + 1;
    return {
      reason: 'SUBMISSION_IN_FLIGHT' satisfies OwnFailureReason,
      message: 'an earlier submission of the hotkey may still get into a block',
      action: { kind: 'retry_at_block', block: until },
    };
  }

  async #read<T>(what: string, read: (node: SubtensorNode) => Promise<T>): Promise<T> {
    try {
      return await read(await this.#connection.node());
    } catch (error) {
      throw asChainError(error, `${what} cannot be read`);
    }
  }
}

function unlessUnreachable(error: unknown): void {
  if (!(error instanceof AssayError) || error.code !== 'chain_unreachable') throw error;
}

/** States after which no block can take the transaction any more: it is in a final one, or never will be. */
const SETTLED_STATES: ReadonlySet<SubmissionStep['state']> = new Set([
  'finalized',
  'failed',
  'lost',
]);
