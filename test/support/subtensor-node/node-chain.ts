/** The chain behind the node: makes blocks when it is told to, and misbehaves when it is told to. */
import { blake2AsHex } from '@polkadot/util-crypto';
import type { Hotkey } from '../../../src/domain/ids.ts';
import type { TestBeacon } from '../timelock-decryption.ts';
import { type BlockPlan, type BuiltBlock, buildBlock, genesisBlock } from './block-builder.ts';
import { type Block, BlockTree } from './block-tree.ts';
import type { ChainState } from './chain-state.ts';
import type { SubtensorRuntime } from './runtime.ts';
import { decodeExtrinsic, type SignedExtrinsic } from './signed-extrinsic.ts';
import {
  type PooledExtrinsic,
  type Retraction,
  type RpcError,
  TransactionPool,
} from './transaction-pool.ts';
import { type NodeWeightCall, poolCode } from './weight-calls.ts';

/** Hears of the chain's news in their order. */
export interface ChainListener {
  /** A block was imported, on whatever line. */
  readonly onImported: (block: Block) => void;
  /** There is another best block. */
  readonly onBest: (block: Block) => void;
  readonly onFinalized: (block: Block) => void;
  readonly onRuntime: (runtime: SubtensorRuntime) => void;
}

/** A weight extrinsic that a block took, and whether its call was carried out. Blocks of forks are listed too. */
export interface TakenWeights {
  readonly extrinsicHash: string;
  readonly signer: Hotkey;
  readonly block: number;
  readonly blockHash: string;
  readonly call: NodeWeightCall;
  readonly isAccepted: boolean;
}

interface NodeChainOptions {
  readonly state: ChainState;
  readonly runtime: SubtensorRuntime;
  readonly beacon: TestBeacon;
  readonly blockTimeMs: number;
  readonly finalityLagBlocks: number;
}

/** What the chain does wrong, once for each that says `next`. */
export class ChainFaults {
  nextRefusal: RpcError | undefined;
  nextRetraction: Retraction | undefined;
  willDropNext = false;
  inclusionDelayBlocks = 0;
  isFinalityStopped = false;
  /** What the next block's time differs by from the regular one. */
  nextClockShiftMs = 0;
}

type Submitted =
  | { readonly kind: 'taken'; readonly extrinsic: SignedExtrinsic; readonly isReady: boolean }
  | { readonly kind: 'refused'; readonly error: RpcError };

const INVALID = { code: 1010, message: 'Invalid Transaction' } as const;

const DECODING_ERRORS: Readonly<Record<string, RpcError>> = {
  malformed: { code: 1001, message: 'Extrinsic has invalid format' },
  unsigned: {
    code: 1011,
    message: 'Unknown Transaction Validity',
    data: 'Could not find an unsigned validator for the unsigned transaction',
  },
  ancient: { ...INVALID, data: 'Transaction has an ancient birth block' },
  bad_proof: { ...INVALID, data: 'Transaction has a bad signature' },
};

export class NodeChain {
  readonly faults = new ChainFaults();
  readonly pool = new TransactionPool();
  readonly tree: BlockTree;
  readonly beacon: TestBeacon;
  readonly takenWeights: TakenWeights[] = [];
  /** Hashes of all weight extrinsics that the pool ever took. */
  readonly pooledWeights: string[] = [];
  /** Everything that was submitted, taken or not, as it came. */
  readonly submissions: string[] = [];
  readonly listeners = new Set<ChainListener>();
  readonly #terms: Pick<NodeChainOptions, 'blockTimeMs' | 'finalityLagBlocks'>;
  #changes: ((state: ChainState) => ChainState)[] = [];
  #nextRuntime: SubtensorRuntime;
  #doomed: { readonly block: Block; readonly plan: BlockPlan } | undefined;
  #blocksBuilt = 0;

  constructor({ state, runtime, beacon, ...terms }: NodeChainOptions) {
    this.tree = new BlockTree(genesisBlock(state, runtime));
    this.beacon = beacon;
    this.#nextRuntime = runtime;
    this.#terms = terms;
  }

  /** Changes the state as of the next block. */
  change(change: (state: ChainState) => ChainState): void {
    this.#changes.push(change);
  }

  /** The next block brings another runtime, which carries out the blocks after it. */
  upgrade(runtime: SubtensorRuntime): void {
    this.#nextRuntime = runtime;
  }

  submit(bytes: string): Submitted {
    this.submissions.push(bytes);
    const refused = (error: RpcError) => ({ kind: 'refused', error }) as const;
    const { nextRefusal } = this.faults;
    this.faults.nextRefusal = undefined;
    const early = nextRefusal ?? this.pool.knownRefusal(blake2AsHex(bytes));
    if (early !== undefined) return refused(early);
    const { best } = this.tree;
    const runtime = best.nextRuntime;
    const decoded = decodeExtrinsic(bytes, {
      runtime,
      nextBlock: best.number + 1,
      blockHash: (number) => this.tree.hashAt(number),
    });
    if (decoded.kind !== 'signed') return refused(decodingError(decoded.kind));
    const { extrinsic } = decoded;
    const error = validityError(best.state, extrinsic) ?? this.pool.priorityRefusal(extrinsic);
    if (error !== undefined) return refused(error);
    this.#take(extrinsic, runtime);
    return {
      kind: 'taken',
      extrinsic,
      isReady: extrinsic.nonce <= this.nextNonce(extrinsic.signer),
    };
  }

  /** The nonce after those of the best block and of the pool. */
  nextNonce(account: string): number {
    const pooled = new Set(
      this.pool
        .waiting()
        .filter(({ extrinsic }) => extrinsic.signer === account)
        .map(({ extrinsic }) => extrinsic.nonce),
    );
    let nonce = this.tree.best.state.nonces.get(account) ?? 0;
    while (pooled.has(nonce)) nonce += 1;
    return nonce;
  }

  /** Makes the next block the best one. A block that is to be retracted makes way for a fork first. */
  produce({ isFinal = false }: { readonly isFinal?: boolean } = {}): Block {
    const doomed = this.#doomed;
    this.#doomed = undefined;
    if (doomed !== undefined) this.#replace(doomed);
    this.#dropMarked();
    const parent = this.tree.best;
    const plan = this.#plan(parent);
    const built = buildBlock(parent, plan);
    this.#import(built);
    const { block } = built;
    if (this.#mustBeRetracted(block)) this.#doomed = { block, plan: { ...plan, offered: [] } };
    for (const listener of this.listeners) listener.onBest(block);
    if (block.nextRuntime !== parent.nextRuntime) {
      for (const listener of this.listeners) listener.onRuntime(block.nextRuntime);
    }
    this.#finalize(isFinal ? block.number : block.number - this.#terms.finalityLagBlocks);
    return block;
  }

  #take(extrinsic: SignedExtrinsic, runtime: SubtensorRuntime): void {
    const { faults } = this;
    this.pool.add({
      extrinsic,
      runtime,
      fromBlock: this.tree.best.number + 1 + faults.inclusionDelayBlocks,
      willBeDropped: faults.willDropNext,
      retraction: faults.nextRetraction,
      included: undefined,
    });
    faults.willDropNext = false;
    faults.nextRetraction = undefined;
    if (extrinsic.call !== undefined) this.pooledWeights.push(extrinsic.hash);
  }

  #plan(parent: Block): BlockPlan {
    const changes = this.#changes;
    this.#changes = [];
    const { nextClockShiftMs } = this.faults;
    this.faults.nextClockShiftMs = 0;
    return {
      timeMs: parent.state.subnet.blockTimeMs + this.#terms.blockTimeMs + nextClockShiftMs,
      beacon: this.beacon,
      salt: this.#salt(),
      change: (state) => changes.reduce((changed, change) => change(changed), state),
      offered: this.pool.waiting().filter(({ fromBlock }) => fromBlock <= parent.number + 1),
      nextRuntime: this.#nextRuntime,
    };
  }

  #salt(): string {
    this.#blocksBuilt += 1;
    return `${this.#blocksBuilt}`;
  }

  #import({ block, taken, invalid }: BuiltBlock): void {
    this.tree.add(block);
    for (const { extrinsic, isAccepted } of taken) this.#noteTaken(block, extrinsic, isAccepted);
    for (const { hash } of invalid) this.pool.end(hash, 'invalid');
    const hashes = taken.map(({ extrinsic }) => extrinsic.hash);
    this.pool.noteBlock(block.hash, block.number, hashes);
    for (const { extrinsic } of this.pool.waiting()) {
      const { lastBlock = Number.POSITIVE_INFINITY } = extrinsic;
      if (lastBlock <= block.number) this.pool.end(extrinsic.hash, 'invalid');
    }
    for (const listener of this.listeners) listener.onImported(block);
  }

  #noteTaken(block: Block, { hash, signer, call }: SignedExtrinsic, isAccepted: boolean): void {
    if (call === undefined) return;
    const { number, hash: blockHash } = block;
    const taken = { extrinsicHash: hash, signer, block: number, blockHash, call, isAccepted };
    this.takenWeights.push(taken);
  }

  /** Imports an empty block beside the doomed one and returns what that one had taken to the pool. */
  #replace({ block, plan }: { readonly block: Block; readonly plan: BlockPlan }): void {
    const parent = this.tree.at(block.header.parentHash);
    if (parent === undefined) throw new Error(`the parent of ${block.hash} is forgotten`);
    for (const entry of this.#entriesOf(block)) this.pool.retract(entry);
    this.#import(buildBlock(parent, { ...plan, salt: this.#salt() }));
  }

  #dropMarked(): void {
    for (const { extrinsic, willBeDropped } of this.pool.waiting()) {
      if (willBeDropped) this.pool.end(extrinsic.hash, 'dropped');
    }
  }

  #mustBeRetracted(block: Block): boolean {
    return this.#entriesOf(block).some(({ retraction }) => retraction !== undefined);
  }

  #entriesOf({ hash }: Block): readonly PooledExtrinsic[] {
    return this.pool.included().filter(({ included }) => included?.hash === hash);
  }

  /** A block that a fork takes back must not be final. */
  #finalize(wanted: number): void {
    const before = this.tree.finalized;
    const latest = (this.#doomed?.block.number ?? Number.POSITIVE_INFINITY) - 1;
    if (!this.faults.isFinalityStopped) this.tree.finalize(Math.min(wanted, latest));
    const { finalized, best } = this.tree;
    this.pool.noteFinalized(finalized.number, best.number);
    if (finalized === before) return;
    for (const listener of this.listeners) listener.onFinalized(finalized);
  }
}

function decodingError(kind: string): RpcError {
  return DECODING_ERRORS[kind] ?? { ...INVALID, data: kind };
}

function validityError(state: ChainState, extrinsic: SignedExtrinsic): RpcError | undefined {
  const { nonce, signer, call } = extrinsic;
  if (nonce < (state.nonces.get(signer) ?? 0)) {
    return { ...INVALID, data: 'Transaction is outdated' };
  }
  if (call === undefined) return undefined;
  const { subnet } = state;
  const code = poolCode({ ...state, subnet: { ...subnet, block: subnet.block + 1 } }, call);
  return code === undefined ? undefined : { ...INVALID, data: `Custom error: ${code}` };
}
