// Original file: proto/assay/v1/emission_config.proto

/**
 * What happens to the pool of a category that is not paid.
 */
export const UnallocatedPolicy = {
  /**
   * Taken as BURN.
   */
  UNALLOCATED_POLICY_UNSPECIFIED: 'UNALLOCATED_POLICY_UNSPECIFIED',
  /**
   * The burn target receives it.
   */
  UNALLOCATED_POLICY_BURN: 'UNALLOCATED_POLICY_BURN',
  /**
   * The other categories share it in proportion to their weights.
   */
  UNALLOCATED_POLICY_REDISTRIBUTE: 'UNALLOCATED_POLICY_REDISTRIBUTE',
} as const;

/**
 * What happens to the pool of a category that is not paid.
 */
export type UnallocatedPolicy =
  /**
   * Taken as BURN.
   */
  | 'UNALLOCATED_POLICY_UNSPECIFIED'
  | 0
  /**
   * The burn target receives it.
   */
  | 'UNALLOCATED_POLICY_BURN'
  | 1
  /**
   * The other categories share it in proportion to their weights.
   */
  | 'UNALLOCATED_POLICY_REDISTRIBUTE'
  | 2

/**
 * What happens to the pool of a category that is not paid.
 */
export type UnallocatedPolicy__Output = typeof UnallocatedPolicy[keyof typeof UnallocatedPolicy]
