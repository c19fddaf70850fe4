// Original file: proto/assay/v1/profile.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * One group of GPUs of one machine as a prover reported it; a machine without GPUs has one result with a count of 0.
 */
export interface VerificationResult {
  /**
   * Who reported it.
   */
  'prover_id'?: (string);
  /**
   * What the prover called the report.
   */
  'report_id'?: (string);
  /**
   * Whether the report was "APPLIED" or only recorded because it was "STALE".
   */
  'outcome'?: (string);
  /**
   * The UID.
   */
  'miner_uid'?: (number);
  /**
   * The hotkey that held it.
   */
  'miner_hotkey'?: (string);
  /**
   * The machine.
   */
  'executor_id'?: (string);
  /**
   * The GPU's name as the driver reported it; empty for a machine without GPUs.
   */
  'gpu_name'?: (string);
  /**
   * The category it was taken for; empty for a machine without GPUs.
   */
  'gpu_model'?: (string);
  /**
   * How many.
   */
  'gpu_count'?: (number);
  /**
   * Memory of one GPU in MiB.
   */
  'memory_mib'?: (number);
  /**
   * Whether the machine passed.
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
  '_network_bandwidth_mbps'?: "network_bandwidth_mbps";
}

/**
 * One group of GPUs of one machine as a prover reported it; a machine without GPUs has one result with a count of 0.
 */
export interface VerificationResult__Output {
  /**
   * Who reported it.
   */
  'prover_id': (string);
  /**
   * What the prover called the report.
   */
  'report_id': (string);
  /**
   * Whether the report was "APPLIED" or only recorded because it was "STALE".
   */
  'outcome': (string);
  /**
   * The UID.
   */
  'miner_uid': (number);
  /**
   * The hotkey that held it.
   */
  'miner_hotkey': (string);
  /**
   * The machine.
   */
  'executor_id': (string);
  /**
   * The GPU's name as the driver reported it; empty for a machine without GPUs.
   */
  'gpu_name': (string);
  /**
   * The category it was taken for; empty for a machine without GPUs.
   */
  'gpu_model': (string);
  /**
   * How many.
   */
  'gpu_count': (number);
  /**
   * Memory of one GPU in MiB.
   */
  'memory_mib': (number);
  /**
   * Whether the machine passed.
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
  '_network_bandwidth_mbps'?: "network_bandwidth_mbps";
}
