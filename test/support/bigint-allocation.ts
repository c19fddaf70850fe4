/**
 * The allocation once more, in the plainest way: objects, BigInt, sorting. It shares no code with `src/domain` besides its
 * types and the list of reasons, and is what the fast one is compared with.
 */
import type { AllocationPolicy } from '../../src/domain/allocation.ts';
import { EXCLUSION_REASONS, type Population } from '../../src/domain/population.ts';

export interface ReferencePair {
  readonly uid: number;
  readonly category: number;
  reason: string;
  readonly gpuCount: number;
  readonly scoreMicros: number;
  basis: bigint;
  weight: bigint;
}

export interface ReferenceAllocation {
  readonly pairs: readonly ReferencePair[];
  readonly burn: bigint;
  readonly split: ReferenceSplit;
  /** Weights before the positive floor, of every UID; the burn's under `null` when it has no UID. */
  readonly sumsBeforeFloor: ReadonlyMap<number | null, bigint>;
  readonly sums: ReadonlyMap<number | null, bigint>;
}

/** Where the burn's units come from. */
export interface ReferenceSplit {
  readonly configured: bigint;
  readonly emptyCategory: bigint;
  readonly belowMinimum: bigint;
  readonly rounding: bigint;
}

const INCLUDED = '';
const WHOLE = 100_000_000n;

export function referenceAllocation(
  population: Population,
  policy: AllocationPolicy,
  total: bigint,
): ReferenceAllocation {
  const pairs = referencePairs(population, policy);
  const { burn, pools } = referenceTop(pairs, policy, total);
  for (const { rows, units } of pools) divideRows(rows, units);
  const sumsBeforeFloor = sumsOf(pairs, policy.burnUid, burn);
  if (policy.hasPositiveFloor) for (const { rows } of pools) liftRows(rows);
  const split = referenceSplit(pairs, policy, { total, burn });
  return { pairs, burn, split, sumsBeforeFloor, sums: sumsOf(pairs, policy.burnUid, burn) };
}

/** Each part is its exact share of the total, rounded down; what the burn has beyond the three is rounding. */
function referenceSplit(
  pairs: readonly ReferencePair[],
  policy: AllocationPolicy,
  { total, burn }: { readonly total: bigint; readonly burn: bigint },
): ReferenceSplit {
  const configuredShare = BigInt(policy.burnMicroPercent);
  const configured = (total * configuredShare) / WHOLE;
  let [shares, paid, empty, small] = [0n, 0n, 0n, 0n];
  for (const { categoryIndex, shareMicroPercent } of policy.categories) {
    const share = BigInt(shareMicroPercent);
    const reasons = pairs
      .filter(({ category }) => category === categoryIndex)
      .map(({ reason }) => reason);
    shares += share;
    if (reasons.includes(INCLUDED)) paid += share;
    else if (reasons.includes('CATEGORY_BELOW_MIN_MINERS')) small += share;
    else empty += share;
  }
  const unitsOf = (share: bigint) => (total * (WHOLE - configuredShare) * share) / (WHOLE * shares);
  let [emptyCategory, belowMinimum] = [0n, 0n];
  if (shares === 0n) {
    // Nothing is rewarded, so everything that is not configured to burn has no category to go to.
    emptyCategory = total - configured;
  } else if (policy.unallocated === 'burn' || paid === 0n) {
    emptyCategory = unitsOf(empty);
    belowMinimum = unitsOf(small);
  }
  const rounding = burn - configured - emptyCategory - belowMinimum;
  return { configured, emptyCategory, belowMinimum, rounding };
}

/** Largest remainder, ties to the first. */
export function hamilton(units: bigint, basis: readonly bigint[]): bigint[] {
  const sum = basis.reduce((a, b) => a + b, 0n);
  const floors = basis.map((value) => (units * value) / sum);
  const left = units - floors.reduce((a, b) => a + b, 0n);
  const byRemainder = basis
    .map((value, index) => ({ index, remainder: (units * value) % sum }))
    .sort((a, b) => compare(b.remainder, a.remainder) || a.index - b.index);
  for (const { index } of byRemainder.slice(0, Number(left)))
    floors[index] = (floors[index] ?? 0n) + 1n;
  return floors;
}

/** The positive floor, one unit at a time. */
export function liftOneByOne(weight: readonly bigint[], basis: readonly bigint[]): bigint[] {
  const lifted = [...weight];
  const units = weight.reduce((a, b) => a + b, 0n);
  const ranking = basis
    .map((value, index) => ({ value, index }))
    .filter(({ value }) => value > 0n)
    .sort((a, b) => compare(b.value, a.value) || a.index - b.index)
    .map(({ index }) => index);
  if (units < BigInt(ranking.length)) {
    const isServed = new Set(ranking.slice(0, Number(units)));
    return lifted.map((_, index) => (isServed.has(index) ? 1n : 0n));
  }
  for (;;) {
    const poor = ranking.find((index) => lifted[index] === 0n);
    if (poor === undefined) return lifted;
    const most = [...lifted].sort(compare).at(-1) ?? 0n;
    const rich = ranking.findLast((index) => lifted[index] === most) ?? -1;
    lifted[rich] = most - 1n;
    lifted[poor] = 1n;
  }
}

export function referencePairs(population: Population, policy: AllocationPolicy): ReferencePair[] {
  const pairs = Array.from(population.miners.uid, (_, miner) =>
    pairsOfMiner(population, policy, miner),
  ).flat();
  for (const { categoryIndex } of policy.categories) {
    const included = pairs.filter(
      (pair) => pair.category === categoryIndex && pair.reason === INCLUDED,
    );
    if (included.length >= policy.minMinersPerCategory) continue;
    for (const pair of included)
      Object.assign(pair, { reason: 'CATEGORY_BELOW_MIN_MINERS', basis: 0n });
  }
  return pairs.sort((a, b) => a.category - b.category || a.uid - b.uid);
}

function pairsOfMiner(
  population: Population,
  policy: AllocationPolicy,
  miner: number,
): ReferencePair[] {
  const { miners } = population;
  const rows = gpuRows(population).filter((row) => row.miner === miner);
  const owned =
    policy.attribution === 'all'
      ? rows.map((row) => row.category)
      : [Number(miners.primaryCategory[miner])];
  const categories = rows.length === 0 ? [65_535] : [...new Set(owned)];
  const standing = Number(miners.standing[miner]);
  const scoreMicros = Number(miners.scoreMicros[miner]);
  return categories.map((category) => {
    const own = rows.filter((row) => row.category === category);
    const rule = policy.categories.find((candidate) => candidate.categoryIndex === category);
    const executors = [...new Set(own.map((row) => row.executor))].map((executor) => {
      const cards = own.filter((row) => row.executor === executor);
      const passing = cards.filter((row) => row.memoryMib >= (rule?.minMemoryMib ?? 0));
      return { all: countOf(cards), passing: countOf(passing) };
    });
    const minGpuCount = rule?.minGpuCount ?? 0;
    const qualified = executors
      .filter((executor) => executor.passing >= minGpuCount)
      .reduce((sum, executor) => sum + executor.passing, 0);
    let reason = INCLUDED;
    if (standing > 0) reason = String(EXCLUSION_REASONS[standing - 1]);
    else if (rows.length === 0) reason = 'NO_VALID_GPU';
    else if (rule === undefined) reason = 'CATEGORY_NOT_REWARDED';
    else if (!executors.some((executor) => executor.all >= minGpuCount))
      reason = 'BELOW_MIN_GPU_COUNT';
    else if (qualified === 0) reason = 'BELOW_MIN_MEMORY';
    else if (scoreMicros < policy.minScoreMicros) reason = 'BELOW_MIN_SCORE';
    const factor = policy.gpuCount === 'linear' ? qualified : 1;
    return {
      uid: Number(miners.uid[miner]),
      category,
      reason,
      gpuCount: qualified === 0 ? countOf(own) : qualified,
      scoreMicros,
      basis: reason === INCLUDED ? BigInt(scoreMicros) * BigInt(factor) : 0n,
      weight: 0n,
    };
  });
}

function gpuRows({ gpus }: Population) {
  return Array.from(gpus.miner, (miner, row) => ({
    miner,
    executor: Number(gpus.executor[row]),
    category: Number(gpus.category[row]),
    count: Number(gpus.count[row]),
    memoryMib: Number(gpus.memoryMib[row]),
  }));
}

function countOf(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((sum, row) => sum + row.count, 0);
}

function referenceTop(pairs: readonly ReferencePair[], policy: AllocationPolicy, total: bigint) {
  const pools = policy.categories.map((rule) => ({
    share: BigInt(rule.shareMicroPercent),
    rows: pairs.filter((pair) => pair.category === rule.categoryIndex && pair.reason === INCLUDED),
  }));
  const active = pools.filter(({ rows, share }) => rows.length > 0 && share > 0n);
  if (active.length === 0) return { burn: total, pools: [] };
  const sum = (list: typeof pools) => list.reduce((a, { share }) => a + share, 0n);
  const burnShare = BigInt(policy.burnMicroPercent);
  const rest = WHOLE - burnShare;
  const whole = policy.unallocated === 'redistribute' ? sum(active) : sum(pools);
  const burn = burnShare * whole + rest * (whole - sum(active));
  const [burnUnits = 0n, ...units] = hamilton(total, [
    burn,
    ...active.map(({ share }) => rest * share),
  ]);
  return {
    burn: burnUnits,
    pools: active.map(({ rows }, index) => ({ rows, units: units[index] ?? 0n })),
  };
}

function divideRows(rows: readonly ReferencePair[], units: bigint): void {
  const isEqual = rows.every((pair) => pair.basis === 0n);
  const weights = hamilton(
    units,
    rows.map((pair) => (isEqual ? 1n : pair.basis)),
  );
  rows.forEach((pair, index) => {
    pair.weight = weights[index] ?? 0n;
  });
}

function liftRows(rows: readonly ReferencePair[]): void {
  if (rows.every((pair) => pair.basis === 0n)) return;
  const lifted = liftOneByOne(
    rows.map((pair) => pair.weight),
    rows.map((pair) => pair.basis),
  );
  rows.forEach((pair, index) => {
    pair.weight = lifted[index] ?? 0n;
  });
}

function sumsOf(pairs: readonly ReferencePair[], burnUid: number | null, burn: bigint) {
  const sums = new Map<number | null, bigint>([[burnUid, burn]]);
  for (const { uid, weight } of pairs) sums.set(uid, (sums.get(uid) ?? 0n) + weight);
  return sums;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
