import { assert } from '../lib/assert.ts';
import type { Population } from './population.ts';

const NOBODY = -1;

/** A range of rows, `end` excluded. */
interface RowRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The same population with miners by rising UID and GPU rows by miner, then executor; the population itself when it is in
 * that order already.
 *
 * @throws AssertionError when two miners have the same UID or a GPU row names no miner.
 */
export function orderPopulation(population: Population): Population {
  const ordered = orderGpus(orderMiners(population));
  const { miner } = ordered.gpus;
  const isWithin = (miner[0] ?? 0) >= 0 && (miner.at(-1) ?? -1) < ordered.miners.uid.length;
  assert(isWithin, 'every GPU row names a miner');
  return ordered;
}

/** The miners in a range of rows, with their GPU rows. */
export function slicePopulation(
  { miners, gpus }: Population,
  { start, end }: RowRange,
): Population {
  const kept = rowsOfMiners(gpus.miner, { start, end });
  return {
    miners: {
      uid: miners.uid.subarray(start, end),
      scoreMicros: miners.scoreMicros.subarray(start, end),
      standing: miners.standing.subarray(start, end),
      primaryCategory: miners.primaryCategory.subarray(start, end),
    },
    gpus: {
      miner: pick(gpus.miner, kept).map((miner) => miner - start),
      executor: pick(gpus.executor, kept),
      category: pick(gpus.category, kept),
      count: pick(gpus.count, kept),
      memoryMib: pick(gpus.memoryMib, kept),
    },
  };
}

function orderMiners(population: Population): Population {
  const { uid, scoreMicros, standing, primaryCategory } = population.miners;
  if (isStrictlyRising(uid)) return population;
  const order = rowOrder(uid.length, (a, b) => (uid[a] as number) - (uid[b] as number));
  const rank = new Int32Array(uid.length);
  order.forEach((row, index) => {
    rank[row] = index;
  });
  const miners = {
    uid: pick(uid, order),
    scoreMicros: pick(scoreMicros, order),
    standing: pick(standing, order),
    primaryCategory: pick(primaryCategory, order),
  };
  assert(isStrictlyRising(miners.uid), 'every UID belongs to one miner');
  const { gpus } = population;
  return { miners, gpus: { ...gpus, miner: gpus.miner.map((row) => rank[row] ?? NOBODY) } };
}

function orderGpus({ miners, gpus }: Population): Population {
  const { miner, executor } = gpus;
  if (isRising(gpus)) return { miners, gpus };
  const order = rowOrder(
    miner.length,
    (a, b) =>
      (miner[a] as number) - (miner[b] as number) ||
      (executor[a] as number) - (executor[b] as number),
  );
  return {
    miners,
    gpus: {
      miner: pick(miner, order),
      executor: pick(executor, order),
      category: pick(gpus.category, order),
      count: pick(gpus.count, order),
      memoryMib: pick(gpus.memoryMib, order),
    },
  };
}

function isStrictlyRising(column: Int32Array): boolean {
  for (let row = 1; row < column.length; row += 1) {
    if ((column[row] as number) <= (column[row - 1] as number)) return false;
  }
  return true;
}

/** Whether rows never fall by miner and, for the same miner, by executor. */
function isRising({ miner, executor }: Population['gpus']): boolean {
  let before = miner[0] ?? NOBODY;
  for (let row = 1; row < miner.length; row += 1) {
    const own = miner[row] as number;
    if (own < before) return false;
    if (own === before && (executor[row] as number) < (executor[row - 1] as number)) return false;
    before = own;
  }
  return true;
}

function rowOrder(length: number, compare: (a: number, b: number) => number): Int32Array {
  return Int32Array.from({ length }, (_, row) => row).sort(compare);
}

/** A span of rows when they are neighbours, so that columns need no copy; otherwise their numbers. */
type RowSelection = RowRange | Int32Array;

function rowsOfMiners(miner: Int32Array, range: RowRange): RowSelection {
  const { count, first, last } = spanOf(miner, range);
  if (count > 0 && last - first + 1 === count) return { start: first, end: last + 1 };
  const rows = new Int32Array(count);
  let length = 0;
  for (let row = 0; row < miner.length; row += 1) {
    const owner = miner[row] as number;
    if (owner < range.start || owner >= range.end) continue;
    rows[length] = row;
    length += 1;
  }
  return rows;
}

function spanOf(miner: Int32Array, { start, end }: RowRange) {
  let [count, first, last] = [0, NOBODY, NOBODY];
  for (let row = 0; row < miner.length; row += 1) {
    const owner = miner[row] as number;
    if (owner < start || owner >= end) continue;
    if (count === 0) first = row;
    last = row;
    count += 1;
  }
  return { count, first, last };
}

function pick(column: Int32Array, rows: RowSelection): Int32Array;
function pick(column: Uint16Array, rows: RowSelection): Uint16Array;
function pick(column: Uint8Array, rows: RowSelection): Uint8Array;
function pick<T extends Int32Array | Uint16Array | Uint8Array>(
  column: T,
  rows: RowSelection,
): Int32Array | Uint16Array | Uint8Array {
  if (!(rows instanceof Int32Array)) return column.subarray(rows.start, rows.end);
  const make = column.constructor as new (length: number) => T;
  const picked = new make(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    picked[index] = column[rows[index] as number] as number;
  }
  return picked;
}
