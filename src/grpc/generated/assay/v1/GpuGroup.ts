// Original file: proto/assay/v1/verification.proto


/**
 * GPUs of one model in one machine.
 */
export interface GpuGroup {
  /**
   * The name as the driver reports it, for example "NVIDIA H100 80GB HBM3": at most 256 characters without control
   * characters; empty for a device without a name.
   */
  'model'?: (string);
  /**
   * How many, 0 to 128.
   */
  'count'?: (number);
  /**
   * Memory of one GPU in MiB as the driver reports it, 0 when unknown, at most 4,194,304.
   */
  'memory_mib'?: (number);
  /**
   * The GPUs' own identifiers: none, or exactly `count` different ones. A GPU that a miner shows twice counts once.
   */
  'uuids'?: (string)[];
}

/**
 * GPUs of one model in one machine.
 */
export interface GpuGroup__Output {
  /**
   * The name as the driver reports it, for example "NVIDIA H100 80GB HBM3": at most 256 characters without control
   * characters; empty for a device without a name.
   */
  'model': (string);
  /**
   * How many, 0 to 128.
   */
  'count': (number);
  /**
   * Memory of one GPU in MiB as the driver reports it, 0 when unknown, at most 4,194,304.
   */
  'memory_mib': (number);
  /**
   * The GPUs' own identifiers: none, or exactly `count` different ones. A GPU that a miner shows twice counts once.
   */
  'uuids': (string)[];
}
