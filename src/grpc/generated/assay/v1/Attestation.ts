// Original file: proto/assay/v1/verification.proto

import type { GpuGroup as _assay_v1_GpuGroup, GpuGroup__Output as _assay_v1_GpuGroup__Output } from '../../assay/v1/GpuGroup.ts';

/**
 * The GPUs of one machine, as attested.
 */
export interface Attestation {
  /**
   * Whether the attestation itself could be trusted. GPUs of an invalid attestation do not count.
   */
  'valid'?: (boolean);
  /**
   * The GPUs, at most 16 groups; a machine with several models has several groups.
   */
  'gpu_groups'?: (_assay_v1_GpuGroup)[];
}

/**
 * The GPUs of one machine, as attested.
 */
export interface Attestation__Output {
  /**
   * Whether the attestation itself could be trusted. GPUs of an invalid attestation do not count.
   */
  'valid': (boolean);
  /**
   * The GPUs, at most 16 groups; a machine with several models has several groups.
   */
  'gpu_groups': (_assay_v1_GpuGroup__Output)[];
}
