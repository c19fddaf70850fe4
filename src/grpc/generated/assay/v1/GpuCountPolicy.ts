// Original file: proto/assay/v1/emission_config.proto

/**
 * Whether a pair's basis grows with its GPUs.
 */
export const GpuCountPolicy = {
  /**
   * Taken as LINEAR.
   */
  GPU_COUNT_POLICY_UNSPECIFIED: 'GPU_COUNT_POLICY_UNSPECIFIED',
  /**
   * Score times GPUs.
   */
  GPU_COUNT_POLICY_LINEAR: 'GPU_COUNT_POLICY_LINEAR',
  /**
   * Score alone.
   */
  GPU_COUNT_POLICY_IGNORE: 'GPU_COUNT_POLICY_IGNORE',
} as const;

/**
 * Whether a pair's basis grows with its GPUs.
 */
export type GpuCountPolicy =
  /**
   * Taken as LINEAR.
   */
  | 'GPU_COUNT_POLICY_UNSPECIFIED'
  | 0
  /**
   * Score times GPUs.
   */
  | 'GPU_COUNT_POLICY_LINEAR'
  | 1
  /**
   * Score alone.
   */
  | 'GPU_COUNT_POLICY_IGNORE'
  | 2

/**
 * Whether a pair's basis grows with its GPUs.
 */
export type GpuCountPolicy__Output = typeof GpuCountPolicy[keyof typeof GpuCountPolicy]
