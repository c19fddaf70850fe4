import { type AllocationPolicy, type BurnSplit, MICRO_PERCENT_MAX } from './allocation.ts';
import { shareSum } from './division.ts';
import { type CategoryPairs, hasTooFewMiners } from './pools.ts';

interface BurnOrigin {
  readonly totalWeight: number;
  /** Every rewarded category's pairs, after the small ones were shut. */
  readonly ranges: readonly CategoryPairs[];
  readonly policy: AllocationPolicy;
}

/**
 * Says where the burn's units come from. With β the configured burn, `s` the share of a category that is not paid, `S` the
 * sum of all shares and `W` the total weight, the exact parts are `W·β` and `W·(1 − β)·s/S`; each of the three is rounded
 * down, and what is left of the whole units is rounding. With `redistribute` nothing is given up, unless nobody is paid.
 */
export function burnSplit(weight: number, { totalWeight, ranges, policy }: BurnOrigin): BurnSplit {
  const total = BigInt(totalWeight);
  const whole = BigInt(MICRO_PERCENT_MAX);
  const configured = BigInt(policy.burnMicroPercent);
  const rules = policy.categories;
  const all = shareSum(rules);
  const unpaid = ranges.filter(({ minerCount }) => minerCount === 0);
  const small = shareSum(unpaid.filter(hasTooFewMiners).map(({ rule }) => rule));
  const given = shareSum(unpaid.map(({ rule }) => rule));
  const isRedistributed = policy.unallocated === 'redistribute' && given < all;
  const partOf = (share: bigint) =>
    isRedistributed || all === 0n
      ? 0
      : Number((total * (whole - configured) * share) / (whole * all));
  const configuredWeight = Number((total * configured) / whole);
  const belowMinimumWeight = partOf(small);
  const emptyCategoryWeight = all === 0n ? weight - configuredWeight : partOf(given - small);
  return {
    configuredWeight,
    emptyCategoryWeight,
    belowMinimumWeight,
    roundingWeight: weight - configuredWeight - emptyCategoryWeight - belowMinimumWeight,
  };
}

/** Units that categories without miners, or with too few, gave up. */
export function unallocatedWeight(burn: BurnSplit): number {
  return burn.emptyCategoryWeight + burn.belowMinimumWeight;
}
