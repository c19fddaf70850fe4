import type { AllocationPolicy, CategoryRule, ScoredPairs } from './allocation.ts';
import type { Pool } from './division.ts';
import { exactSum, type Parts, partsOf } from './exact.ts';
import { exclusionCode } from './population.ts';

const CATEGORY_BELOW_MIN_MINERS = exclusionCode('CATEGORY_BELOW_MIN_MINERS');

/** The pairs of one rewarded category and what they add up to. */
export interface CategoryPairs {
  readonly rule: CategoryRule;
  /** Row of the first pair. */
  readonly start: number;
  readonly uids: Int32Array;
  readonly reason: Uint8Array;
  readonly parts: Parts;
  /** Included miners, and below what they have. */
  readonly minerCount: number;
  readonly gpuCount: number;
  readonly scoreSum: number;
  readonly totalBasis: bigint;
}

/** Pairs with what each rewarded category's add up to. */
interface RewardedPairs {
  readonly pairs: ScoredPairs;
  /** In the order of the policy's categories. */
  readonly ranges: readonly CategoryPairs[];
}

/** Excludes the pairs of every category with fewer included miners than the policy asks for. */
export function shutSmallCategories(pairs: ScoredPairs, policy: AllocationPolicy): RewardedPairs {
  const ranges = policy.categories.map((rule) => categoryPairsOf(pairs, rule));
  const small = ranges.filter(
    ({ minerCount }) => minerCount > 0 && minerCount < policy.minMinersPerCategory,
  );
  if (small.length === 0) return { pairs, ranges };
  const shut = { ...pairs, reason: pairs.reason.slice(), basis: pairs.basis.slice() };
  for (const { start, reason } of small) {
    const shown = reason.map((code) => (code === 0 ? CATEGORY_BELOW_MIN_MINERS : code));
    shut.reason.set(shown, start);
    shut.basis.fill(0, start, start + reason.length);
  }
  return { pairs: shut, ranges: policy.categories.map((rule) => categoryPairsOf(shut, rule)) };
}

/** Whether the category was shut because it had fewer miners than the policy asks for. */
export function hasTooFewMiners({ reason }: CategoryPairs): boolean {
  return reason.includes(CATEGORY_BELOW_MIN_MINERS);
}

/** Finds and adds up the pairs of one category. */
function categoryPairsOf(pairs: ScoredPairs, rule: CategoryRule): CategoryPairs {
  const start = firstRow(pairs.category, rule.categoryIndex);
  const end = firstRow(pairs.category, rule.categoryIndex + 1);
  const reason = pairs.reason.subarray(start, end);
  const parts = partsOf(pairs.basis.subarray(start, end));
  return {
    rule,
    start,
    uids: pairs.uid.subarray(start, end),
    reason,
    parts,
    totalBasis: exactSum(parts),
    ...sumIncluded(pairs, { start, end }),
  };
}

function sumIncluded(
  { reason, gpuCount: gpuCounts, scoreMicros }: ScoredPairs,
  { start, end }: { readonly start: number; readonly end: number },
) {
  let minerCount = 0;
  let gpuCount = 0;
  let scoreSum = 0;
  for (let row = start; row < end; row += 1) {
    const included = Number(reason[row] === 0);
    minerCount += included;
    gpuCount += included * (gpuCounts[row] as number);
    scoreSum += included * (scoreMicros[row] as number);
  }
  return { minerCount, gpuCount, scoreSum };
}

/** What the miners of a category divide their pool by: the basis, or equal parts when nobody has any. */
export function poolOf({ rule, start, uids, reason, parts }: CategoryPairs): Pool {
  if (parts.sum > 0) return { rule, start, uids, parts };
  const equal = Float64Array.from(reason, (code) => (code === 0 ? 1 : 0));
  return { rule, start, uids, parts: partsOf(equal) };
}

/** The first row of a category or of any later one. */
function firstRow(category: Uint16Array, wanted: number): number {
  let low = 0;
  let high = category.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((category[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
