import type { Allocation, AllocationPolicy } from './allocation.ts';
import { apportion } from './apportion.ts';
import type { Population } from './population.ts';
import { scorePairs } from './score-pairs.ts';

/**
 * The whole calculation (the plan's `calculate_weight_distribution`): scores every (miner, category) pair and divides the
 * weights. Pure: the same population in any order gives the same allocation, bit by bit. This is the form in one call; the
 * compute pool and its workers call the two steps themselves, because each is timed and the first is shared out.
 *
 * Nobody is asked who the burn target is: when `policy.burnUid` is null and something has to burn, `burn.weight` is
 * positive and the vector lacks it, so it must not be submitted.
 */
export function allocate(population: Population, policy: AllocationPolicy): Allocation {
  return apportion(scorePairs(population, policy), policy);
}
