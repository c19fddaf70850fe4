/**
 * Evaluates every (miner, category) pair: its GPUs, its basis, and whether it takes part. The GPU rows are read twice in the
 * order miner, executor: first to count the pairs of each category, so that each knows where its own begin, then to fill
 * them in. Within a category the rows of a pair, and in it those of an executor, follow on each other, with rows of other
 * categories between; so each category has one pair under way at a time, and nothing has to be grouped beforehand.
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
const NOBODY = -1;

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
  const categoryOf =
    policy.attribution === 'primary' ? primaryCategories(ordered) : ordered.gpus.category;
  const { tallies, pairCount, gpulessCount } = countPairs(ordered, categoryOf, policy);
  const pairs = emptyPairs(pairCount + gpulessCount);
  fillPairs(ordered, categoryOf, { tallies, policy, pairs });
  if (gpulessCount > 0) fillGpuless(ordered, pairs, pairCount);
  return pairs;
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

/** One category: what it asks for, where its pairs go, and what is counted of the pair whose rows pass by. */
interface Tally {
  readonly category: number;
  readonly isRewarded: boolean;
  readonly minGpuCount: number;
  readonly minMemoryMib: number;
  /** Row of the pair; while they are counted, how many there are. */
  pair: number;
  miner: number;
  /** First GPU row of the executor. */
  row: number;
  /** GPUs of the executor, and those of them with enough memory. */
  cards: number;
  passing: number;
  /** GPUs of the miner in the executors before that one. */
  owned: number;
  /** The most GPUs in one of those. */
  most: number;
  /** GPUs with enough memory in those with enough of them. */
  qualified: number;
}

function addTally(tallies: Tally[], category: number, rules: readonly CategoryRule[]): Tally {
  const rule = rules.find(({ categoryIndex }) => categoryIndex === category);
  const tally: Tally = {
    category,
    isRewarded: rule !== undefined,
    minGpuCount: rule?.minGpuCount ?? 0,
    minMemoryMib: rule?.minMemoryMib ?? 0,
    pair: 0,
    miner: NOBODY,
    row: 0,
    cards: 0,
    passing: 0,
    owned: 0,
    most: 0,
    qualified: 0,
  };
  tallies[category] = tally;
  return tally;
}

/** The category of the pair to which each GPU row belongs, when that is the primary one of its miner. */
function primaryCategories({ miners, gpus }: Population): Uint16Array {
  return gpus.category.map((_, row) => {
    return miners.primaryCategory[gpus.miner[row] as number] as number;
  });
}

interface CountedPairs {
  /** By category; each says which row comes before that of its first pair. */
  readonly tallies: readonly Tally[];
  readonly pairCount: number;
  /** Miners without a GPU row. */
  readonly gpulessCount: number;
}

function countPairs(
  { miners, gpus: { miner: minerOf } }: Population,
  categoryOf: Uint16Array,
  { categories }: AllocationPolicy,
): CountedPairs {
  const tallies: Tally[] = [];
  let ownerCount = 0;
  let owner = NOBODY;
  for (let row = 0; row < categoryOf.length; row += 1) {
    const category = categoryOf[row] as number;
    const miner = minerOf[row] as number;
    const tally = tallies[category] ?? addTally(tallies, category, categories);
    if (tally.miner === miner) continue;
    tally.miner = miner;
    tally.pair += 1;
    if (miner === owner) continue;
    owner = miner;
    ownerCount += 1;
  }
  let pairCount = 0;
  tallies.forEach((tally) => {
    const own = tally.pair;
    tally.pair = pairCount - 1;
    tally.miner = NOBODY;
    pairCount += own;
  });
  return { tallies, pairCount, gpulessCount: miners.uid.length - ownerCount };
}

interface Scoring {
  readonly tallies: readonly Tally[];
  readonly policy: AllocationPolicy;
  readonly pairs: ScoredPairs;
}

/**
 * Writes the pairs of all categories. A pair is written where a run of its rows ends, and once more when others follow. What
 * this takes is mostly the number of columns that a row touches, so a column that seldom counts is read only then.
 */
function fillPairs(
  { miners, gpus }: Population,
  pairCategoryOf: Uint16Array,
  { tallies, policy, pairs }: Scoring,
): void {
  const { miner: minerOf, executor: executorOf, count: countOf, memoryMib: memoryOf } = gpus;
  const { uid, reason: reasons, gpuCount, scoreMicros, basis } = pairs;
  const isPrimaryOnly = policy.attribution === 'primary';
  const isLinear = policy.gpuCount === 'linear';
  const { minScoreMicros } = policy;
  const rowCount = minerOf.length;
  let miner = NOBODY;
  let minerUid = 0;
  let score = 0;
  let standing = 0;
  for (let row = 0; row < rowCount; row += 1) {
    if (minerOf[row] !== miner) {
      miner = minerOf[row] as number;
      minerUid = miners.uid[miner] as number;
      score = miners.scoreMicros[miner] as number;
      standing = miners.standing[miner] as number;
    }
    const category = pairCategoryOf[row] as number;
    const tally = tallies[category] as Tally;
    if (tally.miner !== miner) startPair(tally, miner, row);
    else if (executorOf[row] !== executorOf[tally.row]) startExecutor(tally, row);
    // With primary attribution a row of another category stands here as none of this one.
    const isOther = isPrimaryOnly && gpus.category[row] !== category;
    const count = isOther ? 0 : (countOf[row] as number);
    tally.cards += count;
    if ((memoryOf[row] as number) >= tally.minMemoryMib) tally.passing += count;
    const next = row + 1;
    if (next < rowCount && pairCategoryOf[next] === category && minerOf[next] === miner) continue;
    const { pair } = tally;
    const owned = tally.owned + tally.cards;
    assert(owned <= GPU_COUNT_MAX, 'a miner has fewer than 2³¹ GPUs of a category');
    const qualified = tally.qualified + qualifiedOf(tally);
    let reason = standing === 0 ? reasonOf(tally, qualified) : standing;
    if (reason === 0 && score < minScoreMicros) reason = BELOW_MIN_SCORE;
    uid[pair] = minerUid;
    gpuCount[pair] = qualified === 0 ? owned : qualified;
    scoreMicros[pair] = score;
    reasons[pair] = reason;
    if (reason === 0) basis[pair] = isLinear ? score * qualified : score;
  }
  let end = 0;
  tallies.forEach(({ category, pair }) => {
    pairs.category.fill(category, end, pair + 1);
    end = pair + 1;
  });
}

function startPair(tally: Tally, miner: number, row: number): void {
  tally.miner = miner;
  tally.pair += 1;
  tally.row = row;
  tally.cards = 0;
  tally.passing = 0;
  tally.owned = 0;
  tally.most = 0;
  tally.qualified = 0;
}

function startExecutor(tally: Tally, row: number): void {
  tally.owned += tally.cards;
  tally.qualified += qualifiedOf(tally);
  if (tally.cards > tally.most) tally.most = tally.cards;
  tally.row = row;
  tally.cards = 0;
  tally.passing = 0;
}

/** The GPUs of the executor that qualify. */
function qualifiedOf({ passing, minGpuCount }: Tally): number {
  return passing >= minGpuCount ? passing : 0;
}

/** Why the GPUs of the pair do not take part, 0 when they do. */
function reasonOf({ isRewarded, minGpuCount, cards, most }: Tally, qualified: number): number {
  if (!isRewarded) return CATEGORY_NOT_REWARDED;
  if (qualified > 0) return 0;
  return cards < minGpuCount && most < minGpuCount ? BELOW_MIN_GPU_COUNT : BELOW_MIN_MEMORY;
}

/** Writes a pair for each miner without GPU rows, from `first` on. */
function fillGpuless({ miners, gpus }: Population, pairs: ScoredPairs, first: number): void {
  let pair = first;
  let row = 0;
  for (let miner = 0; miner < miners.uid.length; miner += 1) {
    if (gpus.miner[row] !== miner) {
      const standing = miners.standing[miner] as number;
      pairs.uid[pair] = miners.uid[miner] as number;
      pairs.category[pair] = NO_CATEGORY;
      pairs.reason[pair] = standing === 0 ? NO_VALID_GPU : standing;
      pairs.scoreMicros[pair] = miners.scoreMicros[miner] as number;
      pair += 1;
    }
    while (gpus.miner[row] === miner) row += 1;
  }
}
