/**
 * Evaluates every (miner, category) pair: its GPUs, its basis, and whether it takes part. The GPU rows are brought into the
 * order category, UID, executor (one stable counting sort by category when the population is in order), so that each pair
 * and each executor in it is a run of neighbours.
 */
import { assert } from '../lib/assert.ts';
import {
  type AllocationPolicy,
  type CategoryRule,
  NO_CATEGORY,
  type ScoredPairs,
} from './allocation.ts';
import { exclusionCode, type Population } from './population.ts';
import { orderPopulation } from './population-order.ts';

const NO_VALID_GPU = exclusionCode('NO_VALID_GPU');
const CATEGORY_NOT_REWARDED = exclusionCode('CATEGORY_NOT_REWARDED');
const BELOW_MIN_GPU_COUNT = exclusionCode('BELOW_MIN_GPU_COUNT');
const BELOW_MIN_MEMORY = exclusionCode('BELOW_MIN_MEMORY');
const BELOW_MIN_SCORE = exclusionCode('BELOW_MIN_SCORE');

const GPU_COUNT_MAX = 2 ** 31 - 1;

/**
 * Evaluates all pairs of a population, or of a part of one (see `slicePopulation` and `mergePairs`). It decides everything
 * except `CATEGORY_BELOW_MIN_MINERS`, which takes all miners. The order of the input rows does not matter.
 *
 * With `attribution: 'primary'` a miner's only pair is the one in its primary category, with the GPUs of that category.
 * A miner without GPU rows has one pair in `NO_CATEGORY`.
 *
 * @throws AssertionError when two miners have the same UID, a GPU row names no miner, or a miner has 2³¹ GPUs of a category.
 */
export function scorePairs(population: Population, policy: AllocationPolicy): ScoredPairs {
  const ordered = orderPopulation(population);
  const isPrimaryOnly = policy.attribution === 'primary';
  const rows = groupByCategory(ordered, isPrimaryOnly);
  const gpuless = minersWithoutGpus(ordered);
  const pairs = emptyPairs(rows.order.length + gpuless.length);
  const rules = new Map(policy.categories.map((rule) => [rule.categoryIndex, rule]));
  let length = 0;
  for (let category = 0; category + 1 < rows.starts.length; category += 1) {
    const start = rows.starts[category] as number;
    const end = rows.starts[category + 1] as number;
    if (start === end) continue;
    const scan = { order: rows.order.subarray(start, end), category, rule: rules.get(category) };
    length = scoreCategory({ population: ordered, policy, scan }, pairs, length);
  }
  for (const miner of gpuless) {
    const standing = ordered.miners.standing[miner] as number;
    pairs.uid[length] = ordered.miners.uid[miner] as number;
    pairs.category[length] = NO_CATEGORY;
    pairs.reason[length] = standing === 0 ? NO_VALID_GPU : standing;
    pairs.scoreMicros[length] = ordered.miners.scoreMicros[miner] as number;
    length += 1;
  }
  return length === pairs.uid.length ? pairs : firstPairs(pairs, length);
}

/** Columns for a number of pairs, all zero. */
export function emptyPairs(length: number): ScoredPairs {
  return {
    uid: new Int32Array(length),
    category: new Uint16Array(length),
    reason: new Uint8Array(length),
    gpuCount: new Int32Array(length),
    scoreMicros: new Int32Array(length),
    basis: new Float64Array(length),
  };
}

interface CategoryScan {
  readonly population: Population;
  readonly policy: AllocationPolicy;
  readonly scan: {
    /** GPU rows by UID, then executor. */
    readonly order: Int32Array;
    readonly category: number;
    readonly rule: CategoryRule | undefined;
  };
}

/** Writes the pairs of one category from `length` on; returns the new length. */
function scoreCategory(given: CategoryScan, pairs: ScoredPairs, length: number): number {
  const { population, policy, scan } = given;
  const { uid: uidOf, scoreMicros: scoreOf, standing: standingOf } = population.miners;
  const { uid, category: categories, reason: reasons, gpuCount, scoreMicros, basis } = pairs;
  const rows = categoryRows(given);
  const isLinear = policy.gpuCount === 'linear';
  const held: Holding = { end: 0, owned: 0, most: 0, qualified: 0 };
  const rowCount = scan.order.length;
  let pair = length;
  while (held.end < rowCount) {
    const miner = rows.minerOf[scan.order[held.end] as number] as number;
    countHolding(rows, miner, held);
    const score = scoreOf[miner] as number;
    let reason = standingOf[miner] as number;
    if (reason === 0) {
      if (scan.rule === undefined) reason = CATEGORY_NOT_REWARDED;
      else if (held.qualified === 0)
        reason = held.most < rows.minGpuCount ? BELOW_MIN_GPU_COUNT : BELOW_MIN_MEMORY;
      else if (score < policy.minScoreMicros) reason = BELOW_MIN_SCORE;
    }
    uid[pair] = uidOf[miner] as number;
    categories[pair] = scan.category;
    reasons[pair] = reason;
    gpuCount[pair] = held.qualified === 0 ? held.owned : held.qualified;
    scoreMicros[pair] = score;
    if (reason === 0) basis[pair] = isLinear ? score * held.qualified : score;
    pair += 1;
  }
  return pair;
}

/** The GPU rows of one category, and what the category asks of them. */
interface CategoryRows {
  readonly order: Int32Array;
  readonly category: number;
  readonly minGpuCount: number;
  readonly minMemoryMib: number;
  readonly minerOf: Population['gpus']['miner'];
  readonly executorOf: Population['gpus']['executor'];
  readonly categoryOf: Population['gpus']['category'];
  readonly countOf: Population['gpus']['count'];
  readonly memoryOf: Population['gpus']['memoryMib'];
}

function categoryRows({
  population: { gpus },
  scan: { order, category, rule },
}: CategoryScan): CategoryRows {
  return {
    order,
    category,
    minGpuCount: rule?.minGpuCount ?? 0,
    minMemoryMib: rule?.minMemoryMib ?? 0,
    minerOf: gpus.miner,
    executorOf: gpus.executor,
    categoryOf: gpus.category,
    countOf: gpus.count,
    memoryOf: gpus.memoryMib,
  };
}

/** What one miner has of a category; one object serves all miners in turn. */
interface Holding {
  /** Where the rows of the miner end, and those of the next one begin. */
  end: number;
  owned: number;
  /** The most GPUs in one executor. */
  most: number;
  /** GPUs with enough memory in executors with enough of them. */
  qualified: number;
}

/** Counts the rows of `miner` from `held.end` on. */
function countHolding(rows: CategoryRows, miner: number, held: Holding): void {
  const { order, category, minGpuCount, minMemoryMib } = rows;
  const { minerOf, executorOf, categoryOf, countOf, memoryOf } = rows;
  const rowCount = order.length;
  let at = held.end;
  let row = order[at] as number;
  let owned = 0;
  let most = 0;
  let qualified = 0;
  let isSameMiner = true;
  while (isSameMiner) {
    const executor = executorOf[row] as number;
    let cards = 0;
    let passing = 0;
    do {
      // With primary attribution a row of another category stands here as none of this one.
      const count = categoryOf[row] === category ? (countOf[row] as number) : 0;
      cards += count;
      if ((memoryOf[row] as number) >= minMemoryMib) passing += count;
      at += 1;
      if (at < rowCount) row = order[at] as number;
      isSameMiner = at < rowCount && minerOf[row] === miner;
    } while (isSameMiner && executorOf[row] === executor);
    owned += cards;
    if (cards > most) most = cards;
    if (passing >= minGpuCount) qualified += passing;
  }
  assert(owned <= GPU_COUNT_MAX, 'a miner has fewer than 2³¹ GPUs of a category');
  held.end = at;
  held.owned = owned;
  held.most = most;
  held.qualified = qualified;
}

interface GroupedRows {
  /** GPU rows by category; within one in their own order. */
  readonly order: Int32Array;
  /** Where each category starts in `order`, with the end of the last one behind. */
  readonly starts: Int32Array;
}

function groupByCategory({ miners, gpus }: Population, isPrimaryOnly: boolean): GroupedRows {
  const category = isPrimaryOnly
    ? Uint16Array.from(gpus.miner, (miner) => miners.primaryCategory[miner] as number)
    : gpus.category;
  let last = -1;
  for (let row = 0; row < category.length; row += 1) {
    if ((category[row] as number) > last) last = category[row] as number;
  }
  const starts = new Int32Array(last + 2);
  for (let row = 0; row < category.length; row += 1) {
    const next = (category[row] as number) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let index = 1; index < starts.length; index += 1) {
    starts[index] = (starts[index] as number) + (starts[index - 1] as number);
  }
  const next = starts.slice();
  const order = new Int32Array(category.length);
  for (let row = 0; row < category.length; row += 1) {
    const own = category[row] as number;
    const position = next[own] as number;
    order[position] = row;
    next[own] = position + 1;
  }
  return { order, starts };
}

function minersWithoutGpus({ miners, gpus }: Population): Int32Array {
  const found = new Int32Array(miners.uid.length);
  let length = 0;
  let row = 0;
  for (let miner = 0; miner < miners.uid.length; miner += 1) {
    if (gpus.miner[row] !== miner) {
      found[length] = miner;
      length += 1;
    }
    while (gpus.miner[row] === miner) row += 1;
  }
  return found.subarray(0, length);
}

function firstPairs(pairs: ScoredPairs, length: number): ScoredPairs {
  return {
    uid: pairs.uid.slice(0, length),
    category: pairs.category.slice(0, length),
    reason: pairs.reason.slice(0, length),
    gpuCount: pairs.gpuCount.slice(0, length),
    scoreMicros: pairs.scoreMicros.slice(0, length),
    basis: pairs.basis.slice(0, length),
  };
}
