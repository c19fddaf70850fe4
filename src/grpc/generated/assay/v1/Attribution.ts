// Original file: proto/assay/v1/emission_config.proto

/**
 * Which categories of a miner count.
 */
export const Attribution = {
  /**
   * Taken as ALL.
   */
  ATTRIBUTION_UNSPECIFIED: 'ATTRIBUTION_UNSPECIFIED',
  /**
   * Every category of which the miner has valid GPUs.
   */
  ATTRIBUTION_ALL: 'ATTRIBUTION_ALL',
  /**
   * Only the primary category.
   */
  ATTRIBUTION_PRIMARY: 'ATTRIBUTION_PRIMARY',
} as const;

/**
 * Which categories of a miner count.
 */
export type Attribution =
  /**
   * Taken as ALL.
   */
  | 'ATTRIBUTION_UNSPECIFIED'
  | 0
  /**
   * Every category of which the miner has valid GPUs.
   */
  | 'ATTRIBUTION_ALL'
  | 1
  /**
   * Only the primary category.
   */
  | 'ATTRIBUTION_PRIMARY'
  | 2

/**
 * Which categories of a miner count.
 */
export type Attribution__Output = typeof Attribution[keyof typeof Attribution]
