// Original file: proto/assay/v1/profile.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { ExecutorGpus as _assay_v1_ExecutorGpus, ExecutorGpus__Output as _assay_v1_ExecutorGpus__Output } from '../../assay/v1/ExecutorGpus.ts';

/**
 * The newest verification of one machine.
 */
export interface ExecutorProfile {
  /**
   * The machine.
   */
  'executor_id'?: (string);
  /**
   * Whether it passed.
   */
  'is_valid'?: (boolean);
  /**
   * Whether its attestation was valid.
   */
  'attestation_valid'?: (boolean);
  /**
   * Its score, 0 to 1.
   */
  'hardware_score'?: (number | string);
  /**
   * Megabits per second, when measured.
   */
  'network_bandwidth_mbps'?: (number | string);
  /**
   * When it was verified.
   */
  'verified_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Its GPUs.
   */
  'gpus'?: (_assay_v1_ExecutorGpus)[];
  '_network_bandwidth_mbps'?: "network_bandwidth_mbps";
}

/**
 * The newest verification of one machine.
 */
export interface ExecutorProfile__Output {
  /**
   * The machine.
   */
  'executor_id': (string);
  /**
   * Whether it passed.
   */
  'is_valid': (boolean);
  /**
   * Whether its attestation was valid.
   */
  'attestation_valid': (boolean);
  /**
   * Its score, 0 to 1.
   */
  'hardware_score': (number);
  /**
   * Megabits per second, when measured.
   */
  'network_bandwidth_mbps'?: (number);
  /**
   * When it was verified.
   */
  'verified_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Its GPUs.
   */
  'gpus': (_assay_v1_ExecutorGpus__Output)[];
  '_network_bandwidth_mbps'?: "network_bandwidth_mbps";
}
