// Original file: proto/assay/v1/verification.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Attestation as _assay_v1_Attestation, Attestation__Output as _assay_v1_Attestation__Output } from '../../assay/v1/Attestation.ts';

/**
 * What a prover found out about one machine.
 */
export interface ExecutorVerification {
  /**
   * The machine, unique within the miner: 1 to 128 characters without control characters.
   */
  'executor_id'?: (string);
  /**
   * Whether the machine passed the verification.
   */
  'is_valid'?: (boolean);
  /**
   * How well it did, 0 to 1; 1 when absent.
   */
  'hardware_score'?: (number | string);
  /**
   * Measured bandwidth in megabits per second, 0 to 10,000,000.
   */
  'network_bandwidth_mbps'?: (number | string);
  /**
   * When this machine was verified; `observed_time` when absent.
   */
  'verified_time'?: (_google_protobuf_Timestamp | null);
  /**
   * What the machine's attestation said about its GPUs. Absent means that there was none: the machine has no valid GPU.
   */
  'attestation'?: (_assay_v1_Attestation | null);
  '_hardware_score'?: "hardware_score";
  '_network_bandwidth_mbps'?: "network_bandwidth_mbps";
}

/**
 * What a prover found out about one machine.
 */
export interface ExecutorVerification__Output {
  /**
   * The machine, unique within the miner: 1 to 128 characters without control characters.
   */
  'executor_id': (string);
  /**
   * Whether the machine passed the verification.
   */
  'is_valid': (boolean);
  /**
   * How well it did, 0 to 1; 1 when absent.
   */
  'hardware_score'?: (number);
  /**
   * Measured bandwidth in megabits per second, 0 to 10,000,000.
   */
  'network_bandwidth_mbps'?: (number);
  /**
   * When this machine was verified; `observed_time` when absent.
   */
  'verified_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * What the machine's attestation said about its GPUs. Absent means that there was none: the machine has no valid GPU.
   */
  'attestation': (_assay_v1_Attestation__Output | null);
  '_hardware_score'?: "hardware_score";
  '_network_bandwidth_mbps'?: "network_bandwidth_mbps";
}
