// Original file: proto/assay/v1/allocation.proto

import type { BurnStatistics as _assay_v1_BurnStatistics, BurnStatistics__Output as _assay_v1_BurnStatistics__Output } from '../../assay/v1/BurnStatistics.ts';
import type { CategoryStatistics as _assay_v1_CategoryStatistics, CategoryStatistics__Output as _assay_v1_CategoryStatistics__Output } from '../../assay/v1/CategoryStatistics.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What the newest weight set did.
 */
export interface GetAllocationStatisticsResponse {
  /**
   * Subnet and mechanism that this process serves.
   */
  'netuid'?: (number);
  /**
   * The mechanism, 0 for the main one.
   */
  'mecid'?: (number);
  /**
   * Block of the newest weight set that the chain took, 0 before the first.
   */
  'last_weight_set_block'?: (number | string | Long);
  /**
   * First block at which the next one may happen.
   */
  'next_weight_set_block'?: (number | string | Long);
  /**
   * What was burned; absent before the first weight set.
   */
  'burn_statistics'?: (_assay_v1_BurnStatistics | null);
  /**
   * By category key, for example "H100".
   */
  'category_statistics'?: ({[key: string]: _assay_v1_CategoryStatistics});
  /**
   * Miners with a positive weight, each counted once.
   */
  'total_miners_served'?: (number);
  /**
   * Sum of all weights of the vector, burn included.
   */
  'total_weight'?: (number | string | Long);
  /**
   * When this answer was true.
   */
  'as_of_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Newest block seen at that time.
   */
  'as_of_block'?: (number | string | Long);
  /**
   * Its hash, 0x and 64 hexadecimal digits.
   */
  'as_of_block_hash'?: (string);
}

/**
 * What the newest weight set did.
 */
export interface GetAllocationStatisticsResponse__Output {
  /**
   * Subnet and mechanism that this process serves.
   */
  'netuid': (number);
  /**
   * The mechanism, 0 for the main one.
   */
  'mecid': (number);
  /**
   * Block of the newest weight set that the chain took, 0 before the first.
   */
  'last_weight_set_block': (number);
  /**
   * First block at which the next one may happen.
   */
  'next_weight_set_block': (number);
  /**
   * What was burned; absent before the first weight set.
   */
  'burn_statistics': (_assay_v1_BurnStatistics__Output | null);
  /**
   * By category key, for example "H100".
   */
  'category_statistics': ({[key: string]: _assay_v1_CategoryStatistics__Output});
  /**
   * Miners with a positive weight, each counted once.
   */
  'total_miners_served': (number);
  /**
   * Sum of all weights of the vector, burn included.
   */
  'total_weight': (number);
  /**
   * When this answer was true.
   */
  'as_of_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Newest block seen at that time.
   */
  'as_of_block': (number);
  /**
   * Its hash, 0x and 64 hexadecimal digits.
   */
  'as_of_block_hash': (string);
}
