// Original file: proto/assay/v1/allocation.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One category in the newest weight set: figures of CategoryAllocation under the names of the statistics API.
 */
export interface CategoryStatistics {
  /**
   * The category key.
   */
  'gpu_model'?: (string);
  /**
   * Miners included in this category, `miner_count` there.
   */
  'miners_count'?: (number);
  /**
   * Weight units that its miners received together, `weight_pool` there.
   */
  'total_allocation'?: (number | string | Long);
  /**
   * Mean score of its miners, 0 to 1; 0 without miners.
   */
  'average_score'?: (number | string);
  /**
   * Percentage of the non-burned part that the configuration gives it.
   */
  'allocation_percentage'?: (number | string);
}

/**
 * One category in the newest weight set: figures of CategoryAllocation under the names of the statistics API.
 */
export interface CategoryStatistics__Output {
  /**
   * The category key.
   */
  'gpu_model': (string);
  /**
   * Miners included in this category, `miner_count` there.
   */
  'miners_count': (number);
  /**
   * Weight units that its miners received together, `weight_pool` there.
   */
  'total_allocation': (number);
  /**
   * Mean score of its miners, 0 to 1; 0 without miners.
   */
  'average_score': (number);
  /**
   * Percentage of the non-burned part that the configuration gives it.
   */
  'allocation_percentage': (number);
}
