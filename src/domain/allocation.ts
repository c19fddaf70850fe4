import type { CategoryKey } from './gpu/catalogue.ts';

/** One rewarded category, as the calculation needs it. */
export interface CategoryRule {
  readonly category: CategoryKey;
  /** Index into the catalogue. */
  readonly categoryIndex: number;
  /** Share of the non-burned part in 10⁻⁶ percent. */
  readonly shareMicroPercent: number;
  /** GPUs that one executor needs, at least 1. */
  readonly minGpuCount: number;
  /** MiB that one GPU needs, 0 for no limit; already reduced to the 90 % that pass. */
  readonly minMemoryMib: number;
}

/** Everything besides the population that decides an allocation; all of it integers. Structured-cloneable. */
export interface AllocationPolicy {
  /** Configured burn in 10⁻⁶ percent, 0 to 100,000,000. */
  readonly burnMicroPercent: number;
  /** The UID that receives the burn, or null when it is not known; then nothing may be left to burn. */
  readonly burnUid: number | null;
  /** By rising catalogue index, no category twice. */
  readonly categories: readonly CategoryRule[];
  readonly minMinersPerCategory: number;
  readonly minScoreMicros: number;
  readonly unallocated: 'burn' | 'redistribute';
  readonly attribution: 'all' | 'primary';
  readonly gpuCount: 'linear' | 'ignore';
  readonly resolution: 'max' | 'sum';
  readonly hasPositiveFloor: boolean;
}

/** Every (miner, category) pair, ordered by category index, then UID. */
export interface PairColumns {
  readonly uid: Int32Array;
  /** Index into the catalogue, or 65535 for a miner without any valid GPU. */
  readonly category: Uint16Array;
  /** 0 when included, otherwise the code of its reason. */
  readonly reason: Uint8Array;
  /** GPUs that qualify in this category; for a pair that is excluded without any qualifying, all its GPUs of the category. */
  readonly gpuCount: Int32Array;
  readonly scoreMicros: Int32Array;
  /** `scoreMicros × gpuCount`, or `scoreMicros` when GPU counts are ignored; 0 when excluded. */
  readonly basis: Float64Array;
  /** Weight units from this category; 0 when excluded. */
  readonly weight: Float64Array;
}

/** Pairs that are scored and not yet weighted. */
export type ScoredPairs = Omit<PairColumns, 'weight'>;

/** The category of a pair whose miner has no valid GPU. */
export const NO_CATEGORY = 65_535;

/** The largest weight the chain takes, and the total of the `sum` resolution. */
export const WEIGHT_MAX = 65_535;

/** 100 % in 10⁻⁶ percent. */
export const MICRO_PERCENT_MAX = 100_000_000;

/** The part of one category. */
export interface CategoryAllocation {
  readonly category: CategoryKey;
  readonly shareMicroPercent: number;
  /** Included miners. */
  readonly minerCount: number;
  readonly gpuCount: number;
  /** Sum of the basis; exact, may exceed 2⁵³. */
  readonly totalBasis: bigint;
  /** Mean of the included miners' scores, 0 to 1; 0 without miners. */
  readonly averageScore: number;
  /** Weight units that its miners divide. */
  readonly weightPool: number;
}

/** The part that nobody is paid, in weight units. The four parts behind `weight` sum to it; see `burnSplit`. */
export interface BurnAllocation extends BurnSplit {
  readonly uid: number | null;
  readonly weight: number;
  /** `weight / totalWeight × 100`. */
  readonly percentage: number;
}

/** Where the burn's units come from. */
export interface BurnSplit {
  /** Whole units of the configured percentage. */
  readonly configuredWeight: number;
  /** Whole units of the categories in which no pair qualified. */
  readonly emptyCategoryWeight: number;
  /** Whole units of the categories with too few miners. */
  readonly belowMinimumWeight: number;
  /** What the fractions of the three come to, 0 to 3. */
  readonly roundingWeight: number;
}

/** The pure result of one calculation (the plan's `WeightDistribution`). */
export interface Allocation {
  /** Sum of `weights`, burn included. */
  readonly totalWeight: number;
  readonly burn: BurnAllocation;
  readonly categories: readonly CategoryAllocation[];
  readonly pairs: PairColumns;
  /**
   * What the chain gets: by rising UID, no UID twice, no zero. It lacks the burn when `burn.uid` is null; whoever submits
   * it then withholds it if `burn.weight` is positive.
   */
  readonly vector: WeightVector;
  /** Miners with a positive weight of their own, the burn target not counted as such. */
  readonly minersServed: number;
}

/** Weights as the chain takes them. */
export interface WeightVector {
  readonly uids: Uint16Array;
  readonly weights: Uint16Array;
}
