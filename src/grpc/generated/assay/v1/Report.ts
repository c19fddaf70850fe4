// Original file: proto/assay/v1/verification.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { ExecutorVerification as _assay_v1_ExecutorVerification, ExecutorVerification__Output as _assay_v1_ExecutorVerification__Output } from '../../assay/v1/ExecutorVerification.ts';

/**
 * One verification round of one miner by one prover: the unit of idempotency and of one step of the score.
 */
export interface Report {
  /**
   * Unique per prover, 1 to 64 characters of A-Z a-z 0-9 . _ : -.
   */
  'report_id'?: (string);
  /**
   * The miner's UID, 0 to 65535.
   */
  'miner_uid'?: (number);
  /**
   * The miner's hotkey as an SS58 address (prefix 42); it must be the one registered at `miner_uid`.
   */
  'miner_hotkey'?: (string);
  /**
   * When the round was completed: at most 5 minutes in the future and 24 hours in the past.
   */
  'observed_time'?: (_google_protobuf_Timestamp | null);
  /**
   * The miner's machines as they were verified, 1 to 512, each named once.
   */
  'executors'?: (_assay_v1_ExecutorVerification)[];
}

/**
 * One verification round of one miner by one prover: the unit of idempotency and of one step of the score.
 */
export interface Report__Output {
  /**
   * Unique per prover, 1 to 64 characters of A-Z a-z 0-9 . _ : -.
   */
  'report_id': (string);
  /**
   * The miner's UID, 0 to 65535.
   */
  'miner_uid': (number);
  /**
   * The miner's hotkey as an SS58 address (prefix 42); it must be the one registered at `miner_uid`.
   */
  'miner_hotkey': (string);
  /**
   * When the round was completed: at most 5 minutes in the future and 24 hours in the past.
   */
  'observed_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * The miner's machines as they were verified, 1 to 512, each named once.
   */
  'executors': (_assay_v1_ExecutorVerification__Output)[];
}
