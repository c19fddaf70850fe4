// Original file: proto/assay/v1/profile.proto


/**
 * GPUs of one category and memory size in one machine.
 */
export interface ExecutorGpus {
  /**
   * The name as the driver reported it.
   */
  'model'?: (string);
  /**
   * The category it was taken for.
   */
  'gpu_model'?: (string);
  /**
   * How many.
   */
  'count'?: (number);
  /**
   * Memory of one GPU in MiB.
   */
  'memory_mib'?: (number);
}

/**
 * GPUs of one category and memory size in one machine.
 */
export interface ExecutorGpus__Output {
  /**
   * The name as the driver reported it.
   */
  'model': (string);
  /**
   * The category it was taken for.
   */
  'gpu_model': (string);
  /**
   * How many.
   */
  'count': (number);
  /**
   * Memory of one GPU in MiB.
   */
  'memory_mib': (number);
}
