// Original file: proto/assay/v1/emission_config.proto

/**
 * How large the total is.
 */
export const WeightResolution = {
  /**
   * Taken as MAX.
   */
  WEIGHT_RESOLUTION_UNSPECIFIED: 'WEIGHT_RESOLUTION_UNSPECIFIED',
  /**
   * The largest total for which no weight exceeds 65535.
   */
  WEIGHT_RESOLUTION_MAX: 'WEIGHT_RESOLUTION_MAX',
  /**
   * 65535.
   */
  WEIGHT_RESOLUTION_SUM: 'WEIGHT_RESOLUTION_SUM',
} as const;

/**
 * How large the total is.
 */
export type WeightResolution =
  /**
   * Taken as MAX.
   */
  | 'WEIGHT_RESOLUTION_UNSPECIFIED'
  | 0
  /**
   * The largest total for which no weight exceeds 65535.
   */
  | 'WEIGHT_RESOLUTION_MAX'
  | 1
  /**
   * 65535.
   */
  | 'WEIGHT_RESOLUTION_SUM'
  | 2

/**
 * How large the total is.
 */
export type WeightResolution__Output = typeof WeightResolution[keyof typeof WeightResolution]
