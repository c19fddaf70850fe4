import type { WeightSetStore, WeightSetting } from '../../actors/ports.ts';
import type { CategoryAllocation } from '../../domain/allocation.ts';
import { unallocatedWeight } from '../../domain/burn-split.ts';
import type { WeightSet } from '../../domain/weight-set.ts';
import type { Clock } from '../../lib/clock.ts';
import type { UnaryHandler } from '../calls.ts';
import type { BurnStatistics } from '../generated/assay/v1/BurnStatistics.ts';
import type { CategoryStatistics } from '../generated/assay/v1/CategoryStatistics.ts';
import type { GetAllocationStatisticsRequest__Output } from '../generated/assay/v1/GetAllocationStatisticsRequest.ts';
import type { GetAllocationStatisticsResponse } from '../generated/assay/v1/GetAllocationStatisticsResponse.ts';
import { toTimestamp } from '../wire-values.ts';
import { allocationPercentage } from './weight-set-message.ts';

export interface AllocationStatisticsPorts {
  readonly weightSets: Pick<WeightSetStore, 'latestTaken'>;
  readonly weightSetting: Pick<WeightSetting, 'status'>;
  readonly subnet: () => { readonly netuid: number; readonly mecid: number };
  readonly clock: Clock;
}

type Handler = UnaryHandler<
  GetAllocationStatisticsRequest__Output,
  GetAllocationStatisticsResponse
>;

export function getAllocationStatistics(ports: AllocationStatisticsPorts): Handler {
  return async () => {
    const set = await ports.weightSets.latestTaken();
    const { head, nextSetBlock } = ports.weightSetting.status();
    const { netuid, mecid } = ports.subnet();
    return {
      netuid,
      mecid,
      next_weight_set_block: nextSetBlock,
      ...(set === undefined ? {} : statisticsOf(set)),
      as_of_time: toTimestamp(ports.clock.now()),
      as_of_block: head?.block ?? 0,
      as_of_block_hash: head?.hash ?? '',
    };
  };
}

function statisticsOf(set: WeightSet): GetAllocationStatisticsResponse {
  return {
    last_weight_set_block: set.block,
    burn_statistics: burnStatistics(set),
    category_statistics: Object.fromEntries(
      set.categories.map((category) => [category.category, categoryStatistics(category)]),
    ),
    total_miners_served: set.minersServed,
    total_weight: set.totalWeight,
  };
}

function burnStatistics({ burn, configuredBurnPercentage }: WeightSet): BurnStatistics {
  return {
    amount_burned: burn.weight,
    percentage: burn.percentage,
    ...(burn.uid === null ? {} : { burn_uid: burn.uid }),
    configured_percentage: configuredBurnPercentage,
    unallocated_amount: unallocatedWeight(burn),
  };
}

function categoryStatistics(category: CategoryAllocation): CategoryStatistics {
  return {
    gpu_model: category.category,
    miners_count: category.minerCount,
    total_allocation: category.weightPool,
    average_score: category.averageScore,
    allocation_percentage: allocationPercentage(category),
  };
}
