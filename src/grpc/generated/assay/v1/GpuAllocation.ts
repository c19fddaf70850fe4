// Original file: proto/assay/v1/emission_config.proto


/**
 * One category's part of the non-burned total.
 */
export interface GpuAllocation {
  /**
   * Percentage, more than 0 to 100, at most six decimals.
   */
  'weight'?: (number | string);
  /**
   * GPUs of the category that one executor needs, 0 or 1 for no limit.
   */
  'min_gpu_count'?: (number);
  /**
   * GiB of memory that one GPU needs, 0 or 1 for no limit; at least 90 % of it passes.
   */
  'min_gpu_vram'?: (number);
}

/**
 * One category's part of the non-burned total.
 */
export interface GpuAllocation__Output {
  /**
   * Percentage, more than 0 to 100, at most six decimals.
   */
  'weight': (number);
  /**
   * GPUs of the category that one executor needs, 0 or 1 for no limit.
   */
  'min_gpu_count': (number);
  /**
   * GiB of memory that one GPU needs, 0 or 1 for no limit; at least 90 % of it passes.
   */
  'min_gpu_vram': (number);
}
