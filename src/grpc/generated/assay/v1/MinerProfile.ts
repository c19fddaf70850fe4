// Original file: proto/assay/v1/profile.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { ExecutorProfile as _assay_v1_ExecutorProfile, ExecutorProfile__Output as _assay_v1_ExecutorProfile__Output } from '../../assay/v1/ExecutorProfile.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What is known of one miner.
 */
export interface MinerProfile {
  /**
   * The UID.
   */
  'miner_uid'?: (number);
  /**
   * The hotkey the profile belongs to.
   */
  'miner_hotkey'?: (string);
  /**
   * The block since which this hotkey holds the UID.
   */
  'registered_at_block'?: (number | string | Long);
  /**
   * The category with most valid GPUs; while there is none, the one before; "OTHER" before the first.
   */
  'primary_gpu_model'?: (string);
  /**
   * Valid GPUs by category.
   */
  'gpu_counts'?: ({[key: string]: number});
  /**
   * The smoothed score, 0 to 1.
   */
  'total_score'?: (number | string);
  /**
   * Reports applied.
   */
  'verification_count'?: (number | string | Long);
  /**
   * `observed_time` of the newest applied report.
   */
  'last_observed_time'?: (_google_protobuf_Timestamp | null);
  /**
   * When the profile changed last.
   */
  'update_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Rises by one with each stored change.
   */
  'revision'?: (number | string | Long);
  /**
   * The miner's machines; only in GetProfile.
   */
  'executors'?: (_assay_v1_ExecutorProfile)[];
}

/**
 * What is known of one miner.
 */
export interface MinerProfile__Output {
  /**
   * The UID.
   */
  'miner_uid': (number);
  /**
   * The hotkey the profile belongs to.
   */
  'miner_hotkey': (string);
  /**
   * The block since which this hotkey holds the UID.
   */
  'registered_at_block': (number);
  /**
   * The category with most valid GPUs; while there is none, the one before; "OTHER" before the first.
   */
  'primary_gpu_model': (string);
  /**
   * Valid GPUs by category.
   */
  'gpu_counts': ({[key: string]: number});
  /**
   * The smoothed score, 0 to 1.
   */
  'total_score': (number);
  /**
   * Reports applied.
   */
  'verification_count': (number);
  /**
   * `observed_time` of the newest applied report.
   */
  'last_observed_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * When the profile changed last.
   */
  'update_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Rises by one with each stored change.
   */
  'revision': (number);
  /**
   * The miner's machines; only in GetProfile.
   */
  'executors': (_assay_v1_ExecutorProfile__Output)[];
}
