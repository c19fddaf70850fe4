import { assert, present } from '../lib/assert.ts';
import type { CategoryAllocation } from './allocation.ts';
import { type CategoryKey, compareCategories } from './gpu/catalogue.ts';
import { type Hotkey, MINER_UID_MAX, type MinerUid } from './ids.ts';
import type { WeightSet } from './weight-set.ts';

/** What changes from one weight set to another that was calculated under another configuration. */
export interface EmissionImpact {
  /** Effective burn, in percent of the total. */
  readonly oldBurnPercentage: number;
  readonly newBurnPercentage: number;
  /** Every category that either set rewards, in the order of the catalogue. */
  readonly categories: readonly CategoryImpact[];
  /** The miners whose part of the total changes most, at most ten; the largest change first, ties by rising UID. */
  readonly miners: readonly MinerImpact[];
}

/** What changes for one category; zeros for the set that does not reward it. */
export interface CategoryImpact {
  readonly category: CategoryKey;
  /** What its miners receive of the total, in percent. */
  readonly oldPercentage: number;
  readonly newPercentage: number;
  /** Included miners. */
  readonly oldMinerCount: number;
  readonly newMinerCount: number;
}

/** What changes for one miner. */
export interface MinerImpact {
  readonly uid: MinerUid;
  readonly hotkey: Hotkey;
  /** Its own part of the total in percent, without the burn that it may receive besides. */
  readonly oldPercentage: number;
  readonly newPercentage: number;
}

/** How many miners an impact names. */
export const IMPACT_MINERS_MAX = 10;

/**
 * Compares two weight sets of the same moment. Parts are compared as the fractions that they are (`a/A` and `b/B` by `a·B`
 * and `b·A`, which stay below 2⁵³), so a miner is named exactly when its part changes, however little.
 */
export function emissionImpact(before: WeightSet, after: WeightSet): EmissionImpact {
  return {
    oldBurnPercentage: before.burn.percentage,
    newBurnPercentage: after.burn.percentage,
    categories: categoryImpacts(before, after),
    miners: minerImpacts(before, after),
  };
}

function categoryImpacts(before: WeightSet, after: WeightSet): CategoryImpact[] {
  const [old, now] = [byCategory(before), byCategory(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort(compareCategories).map((category) => ({
    category,
    oldPercentage: percentage(old.get(category)?.weightPool ?? 0, before.totalWeight),
    newPercentage: percentage(now.get(category)?.weightPool ?? 0, after.totalWeight),
    oldMinerCount: old.get(category)?.minerCount ?? 0,
    newMinerCount: now.get(category)?.minerCount ?? 0,
  }));
}

function byCategory({ categories }: WeightSet): ReadonlyMap<CategoryKey, CategoryAllocation> {
  return new Map(categories.map((allocation) => [allocation.category, allocation]));
}

function minerImpacts(before: WeightSet, after: WeightSet): MinerImpact[] {
  const [old, now] = [ownWeights(before), ownWeights(after)];
  const changeOf = (uid: number) =>
    Math.abs((now[uid] as number) * before.totalWeight - (old[uid] as number) * after.totalWeight);
  return largestChanges(changeOf).map((uid) => ({
    uid: uid as MinerUid,
    hotkey: hotkeyAt(uid, after, before),
    oldPercentage: percentage(old[uid] as number, before.totalWeight),
    newPercentage: percentage(now[uid] as number, after.totalWeight),
  }));
}

/** Weight by UID, without the burn. */
function ownWeights({ vector, burn, totalWeight }: WeightSet): Float64Array {
  const isExact = totalWeight > 0 && totalWeight <= TOTAL_WEIGHT_MAX;
  assert(isExact, `the total of a weight set is 1 to 2³⁷: ${totalWeight}`);
  const weights = new Float64Array(MINER_UID_MAX + 1);
  for (let index = 0; index < vector.uids.length; index += 1) {
    const uid = vector.uids[index] as number;
    weights[uid] = vector.weights[index] as number;
  }
  if (burn.uid !== null) weights[burn.uid] = (weights[burn.uid] as number) - burn.weight;
  return weights;
}

/** Times a weight of 16 bits it stays below 2⁵³; 65,536 weights of 16 bits sum to less than 2³². */
const TOTAL_WEIGHT_MAX = 2 ** 37;

/** The UIDs with the largest changes, the largest first; none without a change. */
function largestChanges(changeOf: (uid: number) => number): number[] {
  const largest: { readonly uid: number; readonly change: number }[] = [];
  for (let uid = 0; uid <= MINER_UID_MAX; uid += 1) {
    const change = changeOf(uid);
    if (change <= (largest[IMPACT_MINERS_MAX - 1]?.change ?? 0)) continue;
    const rank = largest.findIndex((other) => other.change < change);
    largest.splice(rank === -1 ? largest.length : rank, 0, { uid, change });
    if (largest.length > IMPACT_MINERS_MAX) largest.pop();
  }
  return largest.map(({ uid }) => uid);
}

/** Whoever has a changed part stands in one of the two vectors. */
function hotkeyAt(uid: number, ...sets: readonly WeightSet[]): Hotkey {
  const hotkeys = sets.map(({ vector, hotkeys }) => hotkeys[vector.uids.indexOf(uid)]);
  return present(
    hotkeys.find((hotkey) => hotkey !== undefined),
    'every UID of a vector has its hotkey',
  );
}

/** Rounded once: the product is exact. */
function percentage(weight: number, total: number): number {
  return (weight * 100) / total;
}
