/**
 * One set of weights on its way. What is true is read from final blocks: whether one of them has the transaction, what it
 * made of it, whether the commitment still waits. What the node's pool says is only used to tell of a block early, and a
 * connection that breaks changes nothing: the next one reads the same blocks. So an answer that got lost never makes
 * anybody submit twice.
 */
import type { ExtrinsicStatus } from '@polkadot/types/interfaces';
import type { Head, SubmissionStep, WeightIntent } from '../../actors/ports.ts';
import { chainFailure, type FailureContext } from '../../domain/chain-errors.ts';
import { AssayError } from '../../domain/errors.ts';
import type { OwnFailureReason, WeightSetFailure } from '../../domain/weight-set.ts';
import { AssertionError } from '../../lib/assert.ts';
import { Broadcast } from '../../lib/broadcast.ts';
import { unreachable } from './chain-failures.ts';
import { ExtrinsicSearch } from './extrinsic-search.ts';
import { readFailure } from './failure-reading.ts';
import { type PoolRefusal, poolRefusal } from './pool-refusal.ts';
import { RevealWatch } from './reveal-watch.ts';
import type { SignedTransaction } from './signing.ts';
import type { ValidatorKey } from './stored-weights.ts';
import type { SubtensorConnection } from './subtensor-connection.ts';
import { RpcError, type SubtensorNode } from './subtensor-node.ts';
import { type SigningResult, signWeights, type WeightSigningParts } from './weight-signing.ts';

interface SubmissionParts {
  readonly connection: SubtensorConnection;
  readonly validator: ValidatorKey;
  readonly signing: WeightSigningParts;
}

type Signed = Extract<SigningResult, { kind: 'signed' }>;

const SUBMIT_AND_WATCH = [
  'author_extrinsicUpdate',
  'author_submitAndWatchExtrinsic',
  'author_unwatchExtrinsic',
] as const;

/** See the top of this file. */
export class SubtensorSubmission {
  readonly #parts: SubmissionParts;
  readonly #intent: WeightIntent;
  /** Wakes the reader at a new final block and when the pool tells of a block. */
  readonly #wakes = new Broadcast<object>({});
  /** A block that took the transaction, final or not, of which nobody was told yet. */
  #seenInBlock: number | undefined;
  #unwatch: () => void = () => undefined;

  constructor(parts: SubmissionParts, intent: WeightIntent) {
    this.#parts = parts;
    this.#intent = intent;
  }

  /**
   * @param onSigned called with the last block that may take the transaction, before it is sent.
   * @throws AssayError `chain_unreachable` when nothing was sent, or the chain was closed; otherwise the steps wait until it
   * answers again.
   */
  async *steps(
    signal: AbortSignal,
    onSigned: (lastBlock: number) => void,
  ): AsyncGenerator<SubmissionStep, void, void> {
    const result = await this.#signed(signal);
    if ('failure' in result) {
      yield { state: 'failed', failure: result.failure };
      return;
    }
    const { transaction, facts } = result;
    yield { state: 'prepared', extrinsicHash: transaction.hash, extrinsic: facts };
    // The connection that it was signed over may be gone by now; any other can send it.
    const node = await this.#parts.connection.node(signal);
    signal.throwIfAborted();
    onSigned(transaction.lastBlock);
    const refusal = await this.#send(node, transaction);
    if (refusal !== undefined) {
      yield { state: 'failed', failure: await this.#failureNow(refusal) };
      return;
    }
    yield { state: 'submitted' };
    yield* this.#followed(result, signal);
  }

  /** That something cannot be signed is no silence of the chain: waiting for an answer would not help. */
  async #signed(signal: AbortSignal): Promise<Signed | { readonly failure: WeightSetFailure }> {
    const { connection, signing } = this.#parts;
    const node = await connection.node(signal);
    try {
      const result = await signWeights(node, this.#intent, { ...signing, signal });
      signal.throwIfAborted();
      if (result.kind === 'signed') return result;
      return { failure: await this.#failureNow(result.reason) };
    } catch (error) {
      const isOurs = error instanceof AssayError && error.code !== 'chain_unreachable';
      if (!isOurs || signal.aborted) throw error;
      return { failure: notSigned(error) };
    }
  }

  /** @returns why the pool does not take it; nothing when it has it, or may have it. */
  async #send(node: SubtensorNode, { hex }: SignedTransaction): Promise<string | undefined> {
    try {
      this.#unwatch = await node.subscribe(SUBMIT_AND_WATCH, [hex], (status) => {
        void this.#statusSeen(node, status).catch(() => undefined);
      });
      return undefined;
    } catch (error) {
      const refusal: PoolRefusal =
        error instanceof RpcError ? poolRefusal(error) : { kind: 'imported' };
      return refusal.kind === 'refused' ? refusal.reason : undefined;
    }
  }

  /** A block of the pool's telling may be taken back; only its number is passed on. */
  async #statusSeen(node: SubtensorNode, message: unknown): Promise<void> {
    const status = node.api.registry.createType<ExtrinsicStatus>('ExtrinsicStatus', message);
    if (!status.isInBlock) return;
    const header = await node.request<{ readonly number: string }>('chain_getHeader', [
      status.asInBlock.toHex(),
    ]);
    this.#seenInBlock = Number(header.number);
    this.#wakes.publish({});
  }

  async *#followed(
    signed: Signed,
    signal: AbortSignal,
  ): AsyncGenerator<SubmissionStep, void, void> {
    const leaving = new AbortController();
    const ending = AbortSignal.any([signal, leaving.signal]);
    void this.#passHeadsOn(ending);
    try {
      const block = yield* this.#included(signed, ending);
      if (block !== undefined) yield* this.#watched(signed, { block, signal: ending });
    } finally {
      leaving.abort();
      this.#unwatch();
    }
  }

  async #passHeadsOn(signal: AbortSignal): Promise<void> {
    for await (const _ of this.#parts.connection.heads(signal)) this.#wakes.publish({});
    this.#wakes.close();
  }

  /**
   * Looks for the transaction until a final block has it, or every block that may have it was searched.
   *
   * @returns the block, when the chain took the weights or the commitment in it.
   */
  async *#included(
    { transaction }: Signed,
    signal: AbortSignal,
  ): AsyncGenerator<SubmissionStep, number | undefined, void> {
    const search = new ExtrinsicSearch(transaction);
    for await (const _ of this.#wakes.values(signal)) {
      if (this.#seenInBlock !== undefined) {
        yield { state: 'in_block', block: this.#seenInBlock };
        this.#seenInBlock = undefined;
      }
      const found = await this.#asked((node, head) => search.upTo(node, head), signal);
      if (found !== undefined) {
        const { block, outcome } = found;
        yield { state: 'in_block', block };
        if (outcome.kind === 'done') yield { state: 'finalized', block };
        else yield { state: 'failed', failure: await this.#failureNow(outcome.reason) };
        return outcome.kind === 'done' ? block : undefined;
      }
      if (!search.isOver) continue;
      yield { state: 'failed', failure: await this.#failureNow('SubmissionLost') };
      return undefined;
    }
    throw interrupted(signal);
  }

  /** With plain weights nothing is left to do; a commitment is watched until it is known what became of it. */
  async *#watched(
    { facts: { commitment } }: Signed,
    { block, signal }: { readonly block: number; readonly signal: AbortSignal },
  ): AsyncGenerator<SubmissionStep, void, void> {
    if (commitment === undefined) return;
    yield { state: 'committed', block };
    const { digest } = commitment;
    const { validator } = this.#parts;
    const { vector } = this.#intent;
    const watch = new RevealWatch({ digest, validator, vector, includedAtBlock: block });
    for await (const _ of this.#wakes.values(signal)) {
      const state = await this.#asked((node, head) => watch.at(node, head), signal);
      if (state?.kind === 'revealed') {
        yield { state: 'revealed', block: state.block };
        return;
      }
      if (state?.kind !== 'lost') continue;
      yield { state: 'lost', failure: await this.#failureNow('WeightsNotRevealed') };
      return;
    }
    throw interrupted(signal);
  }

  /**
   * An answer of the chain, or nothing while there is no connection, or one that does not answer this: the next final block
   * asks again.
   */
  async #asked<T>(
    ask: (node: SubtensorNode, head: Head) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    try {
      const node = await this.#parts.connection.node(signal);
      return await ask(node, node.head);
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      return undefined;
    }
  }

  /** What happened has happened, whether the chain can be asked for the details or not. */
  async #failureNow(reason: string): Promise<WeightSetFailure> {
    const { connection, validator } = this.#parts;
    const failure = await this.#asked((node) => readFailure(node, reason, validator));
    return failure ?? chainFailure(reason, unknownContext(connection.head?.block ?? 0));
  }
}

/** Why the outcome is not known: the caller has left, or the chain was closed. */
function interrupted(signal: AbortSignal): unknown {
  return signal.aborted ? signal.reason : unreachable('the chain was closed during a submission');
}

/** A thread that failed is replaced at the next try; for everything else an operator is needed. */
function notSigned({ code, message }: AssayError): WeightSetFailure {
  return {
    reason: 'NOT_SIGNED' satisfies OwnFailureReason,
    message: `nothing could be signed: ${message}`,
    action: { kind: code === 'compute_unavailable' ? 'retry_now' : 'stop' },
  };
}

/** Blocks after which a failure is looked at again when nobody could say how long its cause lasts. */
const UNKNOWN_BLOCKS = 100;

function unknownContext(block: number): FailureContext {
  return { block, nextEpochBlock: block + UNKNOWN_BLOCKS, rateLimitBlock: block + UNKNOWN_BLOCKS };
}
