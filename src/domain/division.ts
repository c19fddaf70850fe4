import { type AllocationPolicy, type CategoryRule, MICRO_PERCENT_MAX } from './allocation.ts';
import { type Parts, partsOfBigInts } from './exact.ts';
import { divideUnits } from './largest-remainder.ts';
import { liftToOne } from './positive-floor.ts';

/** The included and excluded pairs of one rewarded category that has at least one included miner and a positive share. */
export interface Pool {
  readonly rule: CategoryRule;
  /** Row of its first pair among all pairs. */
  readonly start: number;
  /** By rising UID. */
  readonly uids: Int32Array;
  /** One part per pair. An excluded pair's basis is 0; where no included pair has a basis, each included one has 1. */
  readonly parts: Parts;
}

/** What is divided, before it is known how many units there are. */
export interface Division {
  /** The burn, then one part per pool in catalogue order. */
  readonly top: Parts;
  readonly pools: readonly Pool[];
  /** Index of the burn target in tables by UID; one beyond the largest UID when there is none. */
  readonly burnSlot: number;
  /** Length of a table by UID that has room for every miner and the burn. */
  readonly slotCount: number;
}

/** Working columns, made once for many trials of different totals. */
export interface Buffers {
  /** Weight units of every pair; 0 outside the pools. */
  readonly weight: Float64Array;
  /** One entry per UID, `slotCount` in all. While a pool is divided it holds the pool's remainders, which are never more. */
  readonly byUid: Float64Array;
}

/** Weight units of the burn, of every pool and of every pair. */
export interface Units {
  readonly burn: number;
  /** In the order of the division's pools. */
  readonly pools: Float64Array;
  readonly weight: Float64Array;
}

/** What each UID gets. */
export interface UidSums {
  readonly byUid: Float64Array;
  readonly largest: number;
}

/**
 * Sets up the shares of the total. With β the configured burn, `s` the share of a category and `S` the sum of all shares,
 * a pool gets `(1 − β) × s / S` and the burn the rest. With `redistribute`, `S` is the sum over the pools instead, so that
 * nothing is given up, unless there is no pool at all.
 */
export function divisionOf(pools: readonly Pool[], policy: AllocationPolicy): Division {
  const configured = BigInt(policy.burnMicroPercent);
  const paid = BigInt(MICRO_PERCENT_MAX) - configured;
  const all = shareSum(policy.categories);
  const used = shareSum(pools.map((pool) => pool.rule));
  const isRedistributed = policy.unallocated === 'redistribute' && used > 0n;
  const whole = isRedistributed ? used : all > 0n ? all : 1n;
  const givenUp = paid * (whole - used);
  const burn = configured * whole + givenUp;
  const shares = pools.map((pool) => paid * BigInt(pool.rule.shareMicroPercent));
  const uidMax = pools.reduce((max, pool) => Math.max(max, pool.uids.at(-1) as number), -1);
  const burnSlot = policy.burnUid ?? uidMax + 1;
  return {
    top: partsOfBigInts([burn, ...shares]),
    pools,
    burnSlot,
    slotCount: Math.max(uidMax, burnSlot) + 1,
  };
}

/** Makes the working columns for a division of so many pairs. */
export function newBuffers({ slotCount }: Division, pairCount: number): Buffers {
  return { weight: new Float64Array(pairCount), byUid: new Float64Array(slotCount) };
}

/**
 * Divides a total: largest remainder between the burn and the pools, ties to the burn, then in catalogue order; then each
 * pool between its pairs, ties to the lower UID. The result is in `buffers.weight`.
 */
export function divideTotal(total: number, { top, pools }: Division, buffers: Buffers): Units {
  const units = divideUnits(total, top);
  const poolUnits = units.subarray(1);
  pools.forEach((pool, index) => {
    const weight = rowsOf(pool, buffers.weight);
    const remainder = buffers.byUid.subarray(0, weight.length);
    divideUnits(poolUnits[index] as number, pool.parts, { weight, remainder });
  });
  return { burn: units[0] as number, pools: poolUnits, weight: buffers.weight };
}

/** Applies the positive floor to every pool, in place. */
export function liftPools({ weight }: Units, { pools }: Division): void {
  for (const pool of pools) liftToOne(rowsOf(pool, weight), pool.parts.basis);
}

/**
 * Adds up what each UID gets from its categories and, when it is the burn target, from the burn.
 *
 * @returns the sums, in `buffers.byUid`, and the largest of them.
 */
export function sumByUid(
  { burn, weight }: Units,
  { pools, burnSlot }: Division,
  { byUid }: Buffers,
): UidSums {
  byUid.fill(0);
  byUid[burnSlot] = burn;
  const largest = pools.reduce(
    (most, pool) =>
      Math.max(most, addByUid(byUid, { uids: pool.uids, values: rowsOf(pool, weight) }, 1)),
    burn,
  );
  return { byUid, largest };
}

/** The part of a column that belongs to a pool. */
function rowsOf({ start, uids }: Pool, column: Float64Array): Float64Array {
  return column.subarray(start, start + uids.length);
}

/**
 * Adds each value, times the factor, to the entry of its UID.
 *
 * @returns the largest entry that it made, 0 without any.
 */
export function addByUid(
  sums: Float64Array,
  { uids, values }: { readonly uids: Int32Array; readonly values: Float64Array },
  factor: number,
): number {
  let largest = 0;
  for (let index = 0; index < uids.length; index += 1) {
    const uid = uids[index] as number;
    const sum = (sums[uid] as number) + (values[index] as number) * factor;
    sums[uid] = sum;
    if (sum > largest) largest = sum;
  }
  return largest;
}

/** The sum of the shares, in 10⁻⁶ percent. */
export function shareSum(rules: readonly CategoryRule[]): bigint {
  return rules.reduce((sum, rule) => sum + BigInt(rule.shareMicroPercent), 0n);
}
