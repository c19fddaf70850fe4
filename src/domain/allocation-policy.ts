import type { AllocationPolicy, CategoryRule } from './allocation.ts';
import type { EmissionConfig, GpuAllocation } from './emission.ts';
import { toMicroPercent } from './emission-rules.ts';
import { type CategoryKey, categoryIndex } from './gpu/catalogue.ts';
import { SCORE_MICROS } from './miner-facts.ts';

/** What an allocation follows besides the population. */
interface AllocationRules {
  readonly config: EmissionConfig;
  /** Smallest score that is paid, 0 to 1. */
  readonly minScore: number;
  /** The burn target's UID, or null when it is not known. */
  readonly burnUid: number | null;
}

const MIB_PER_GIB = 1_024;

/** Puts the configuration into the integers that the calculation takes. The configuration was checked when it was accepted. */
export function allocationPolicy({ config, minScore, burnUid }: AllocationRules): AllocationPolicy {
  const categories = [...config.gpuAllocations].map(([key, allocation]) =>
    categoryRule(key, allocation),
  );
  return {
    burnMicroPercent: toMicroPercent(config.burnPercentage),
    burnUid,
    categories: categories.sort((a, b) => a.categoryIndex - b.categoryIndex),
    minMinersPerCategory: config.minMinersPerCategory,
    minScoreMicros: Math.round(minScore * SCORE_MICROS),
    unallocated: config.unallocated,
    attribution: config.attribution,
    gpuCount: config.gpuCount,
    resolution: config.resolution,
    hasPositiveFloor: config.hasPositiveFloor,
  };
}

/**
 * MiB that a GPU must report to pass a limit in GiB: 0 and 1 mean no limit, otherwise 90 % of it, because drivers report
 * less than the nominal size (design §6).
 */
export function minMemoryMib(gib: number): number {
  return gib <= 1 ? 0 : Math.floor((gib * MIB_PER_GIB * 9) / 10);
}

function categoryRule(category: CategoryKey, allocation: GpuAllocation): CategoryRule {
  return {
    category,
    categoryIndex: categoryIndex(category),
    shareMicroPercent: toMicroPercent(allocation.weight),
    minGpuCount: Math.max(1, allocation.minGpuCount),
    minMemoryMib: minMemoryMib(allocation.minGpuVramGib),
  };
}
