/**
 * Turns scored pairs into weights: shuts categories with too few miners, decides the total, divides it, applies the
 * positive floor, and states the result per pair, per category and per UID.
 */
import { assert } from '../lib/assert.ts';
import {
  type Allocation,
  type AllocationPolicy,
  type BurnAllocation,
  type CategoryAllocation,
  type ScoredPairs,
  WEIGHT_MAX,
} from './allocation.ts';
import { burnSplit } from './burn-split.ts';
import {
  type Buffers,
  type Division,
  divideTotal,
  divisionOf,
  liftPools,
  newBuffers,
  sumByUid,
  type Units,
} from './division.ts';
import { SCORE_MICROS } from './miner-facts.ts';
import { type CategoryPairs, poolOf, shutSmallCategories } from './pools.ts';
import { largestTotal } from './resolution.ts';
import { weightVectorOf } from './weight-vector.ts';

/** An allocation before it takes the chain's form; its UIDs may exceed 16 bits. */
interface Apportionment extends Omit<Allocation, 'vector'> {
  /** Weight of each UID, the burn included unless it has no UID. */
  readonly weightByUid: Float64Array;
}

/**
 * Divides the total weight between the burn and the pairs, see `divisionOf`, `divideTotal`, `largestTotal` and `liftToOne`.
 * Neither the pairs nor the policy are changed.
 *
 * @param pairs as `scorePairs` or `mergePairs` give them.
 */
export function apportion(pairs: ScoredPairs, policy: AllocationPolicy): Allocation {
  const { weightByUid, ...allocation } = apportionUnits(pairs, policy);
  return { ...allocation, vector: weightVectorOf(weightByUid) };
}

/** `apportion` for UIDs of any size. */
export function apportionUnits(scored: ScoredPairs, policy: AllocationPolicy): Apportionment {
  const { pairs, ranges } = shutSmallCategories(scored, policy);
  const active = ranges.filter((range) => range.minerCount > 0 && range.rule.shareMicroPercent > 0);
  const division = divisionOf(active.map(poolOf), policy);
  const buffers = newBuffers(division, pairs.uid.length);
  const { units, totalWeight, weightByUid, minersServed } = settle(division, policy, buffers);
  const poolOfRange = (range: CategoryPairs) => units.pools[active.indexOf(range)] ?? 0;
  return {
    totalWeight,
    burn: burnOf(units.burn, { totalWeight, ranges, policy }),
    categories: ranges.map((range) => categoryOf(range, poolOfRange(range))),
    pairs: { ...pairs, weight: units.weight },
    weightByUid,
    minersServed,
  };
}

interface Settled {
  readonly units: Units;
  readonly totalWeight: number;
  readonly weightByUid: Float64Array;
  readonly minersServed: number;
}

/**
 * Divides the total of the policy's resolution. The floor can lift a miner of several categories above the largest weight,
 * when it is at the limit already and its part of another category is zero; then the limit for the search is lowered by
 * the excess. There are no more rounds than categories.
 */
function settle(division: Division, policy: AllocationPolicy, buffers: Buffers): Settled {
  let limit = WEIGHT_MAX;
  for (;;) {
    const totalWeight =
      policy.resolution === 'sum' ? WEIGHT_MAX : largestTotal(division, limit, buffers);
    const units = divideTotal(totalWeight, division, buffers);
    if (policy.hasPositiveFloor) liftPools(units, division);
    const { byUid, largest } = sumByUid(units, division, buffers);
    const excess = largest - WEIGHT_MAX;
    if (excess > 0) {
      limit -= excess;
      continue;
    }
    const { sum, count } = addUp(byUid);
    assert(sum === totalWeight, `the weights sum to ${totalWeight}, not ${sum}`);
    const isBurnAlone = units.burn > 0 && byUid[division.burnSlot] === units.burn;
    if (policy.burnUid === null) byUid[division.burnSlot] = 0;
    const minersServed = count - Number(isBurnAlone);
    return { units, totalWeight, weightByUid: byUid, minersServed };
  }
}

function burnOf(
  weight: number,
  {
    totalWeight,
    ranges,
    policy,
  }: {
    totalWeight: number;
    ranges: readonly CategoryPairs[];
    policy: AllocationPolicy;
  },
): BurnAllocation {
  const percentage = (weight / totalWeight) * 100;
  const split = burnSplit(weight, { totalWeight, ranges, policy });
  return { uid: policy.burnUid, weight, percentage, ...split };
}

function categoryOf(range: CategoryPairs, weightPool: number): CategoryAllocation {
  const { rule, minerCount, gpuCount, totalBasis, scoreSum } = range;
  return {
    category: rule.category,
    shareMicroPercent: rule.shareMicroPercent,
    minerCount,
    gpuCount,
    totalBasis,
    averageScore: minerCount === 0 ? 0 : scoreSum / minerCount / SCORE_MICROS,
    weightPool,
  };
}

/** The sum of a table of weights, and how many are more than zero. */
function addUp(weights: Float64Array): { sum: number; count: number } {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < weights.length; index += 1) {
    const weight = weights[index] as number;
    sum += weight;
    count += Number(weight > 0);
  }
  return { sum, count };
}
