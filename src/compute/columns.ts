/**
 * What crosses between the main thread and the workers. A population goes over in shared memory: nothing is cloned or
 * detached, several workers read the same columns, and a second attempt finds them whole. What goes on to a further thread
 * comes back in such memory, too; the rest by transfer.
 */
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { TimeSpan } from '../actors/ports.ts';
import type {
  Allocation,
  AllocationPolicy,
  PairColumns,
  ScoredPairs,
} from '../domain/allocation.ts';
import type { Population } from '../domain/population.ts';

/** The whole calculation in one worker. */
export interface AllocateTask {
  readonly population: Population;
  readonly policy: AllocationPolicy;
}

/** Scoring of the miners in a range of rows. */
export interface ScoreTask extends AllocateTask {
  readonly start: number;
  readonly end: number;
}

/** Everything after scoring. */
export interface ApportionTask {
  readonly parts: readonly ScoredPairs[];
  readonly policy: AllocationPolicy;
}

/** What the whole calculation gives. */
export interface Allocated extends Apportioned {
  readonly score: TimeSpan;
}

/** What scoring gives. */
export interface Scored {
  readonly pairs: ScoredPairs;
  readonly score: TimeSpan;
}

/** What apportionment gives. */
export interface Apportioned {
  readonly allocation: Allocation;
  readonly apportion: TimeSpan;
}

type Column = Float64Array | Int32Array | Uint16Array | Uint8Array;

const ALIGNMENT_BYTES = 8;

/** Runs a calculation and says when, in milliseconds since the epoch that are the same in every thread. */
export function timed<T>(run: () => T): [T, TimeSpan] {
  const startMs = epochMs();
  const result = run();
  return [result, { startMs, endMs: epochMs() }];
}

/** Copies a population into one block of memory that every thread can read, unless it is in such memory already. */
export function sharePopulation(population: Population): Population {
  const { miners, gpus } = population;
  if (miners.uid.buffer instanceof SharedArrayBuffer) return population;
  const block = sharedBlock([...Object.values(miners), ...Object.values(gpus)]);
  return {
    miners: {
      uid: share(block, miners.uid, Int32Array),
      scoreMicros: share(block, miners.scoreMicros, Int32Array),
      standing: share(block, miners.standing, Uint8Array),
      primaryCategory: share(block, miners.primaryCategory, Uint16Array),
    },
    gpus: {
      miner: share(block, gpus.miner, Int32Array),
      executor: share(block, gpus.executor, Int32Array),
      category: share(block, gpus.category, Uint16Array),
      count: share(block, gpus.count, Int32Array),
      memoryMib: share(block, gpus.memoryMib, Int32Array),
    },
  };
}

/** The memory of scored pairs, for a transfer list. */
export function buffersOf(pairs: ScoredPairs): ArrayBuffer[] {
  const buffers = Object.values(pairs).map((column: Column) => column.buffer);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}

/** Hands scored pairs back to the main thread without a copy. */
export function transferScored(scored: Scored): Scored {
  return transfer(scored, buffersOf(scored.pairs));
}

/**
 * Hands an allocation back to the main thread in memory that every thread can read: it goes on to the one that writes, and
 * copying it there would hold the event loop.
 */
export function shareApportioned<T extends Apportioned>(result: T): T {
  const { allocation } = result;
  return { ...result, allocation: { ...allocation, pairs: sharePairs(allocation.pairs) } };
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

function transfer<T extends object>(value: T, buffers: ArrayBuffer[]): T {
  const transferable = { [transferableSymbol]: buffers, [valueSymbol]: value };
  return move(transferable as unknown as Parameters<typeof move>[0]) as unknown as T;
}

function alignedBytes(column: Column): number {
  return Math.ceil(column.byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

function sharePairs(pairs: PairColumns): PairColumns {
  const block = sharedBlock(Object.values(pairs));
  return {
    uid: share(block, pairs.uid, Int32Array),
    category: share(block, pairs.category, Uint16Array),
    reason: share(block, pairs.reason, Uint8Array),
    gpuCount: share(block, pairs.gpuCount, Int32Array),
    scoreMicros: share(block, pairs.scoreMicros, Int32Array),
    basis: share(block, pairs.basis, Float64Array),
    weight: share(block, pairs.weight, Float64Array),
  };
}

/** Memory with room for all of the columns. */
function sharedBlock(columns: readonly Column[]): Block {
  const bytes = columns.reduce((sum, column) => sum + alignedBytes(column), 0);
  return { memory: new SharedArrayBuffer(bytes), offset: 0 };
}

interface Block {
  readonly memory: SharedArrayBuffer;
  offset: number;
}

function share<T extends Column>(
  block: Block,
  column: T,
  make: new (memory: SharedArrayBuffer, offset: number, length: number) => T,
): T {
  const shared = new make(block.memory, block.offset, column.length);
  shared.set(column);
  block.offset += alignedBytes(column);
  return shared;
}
