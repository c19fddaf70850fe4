// Original file: proto/assay/v1/allocation.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One category of emission metrics.
 */
export interface CategoryDistribution {
  /**
   * The category key.
   */
  'gpu_model'?: (string);
  /**
   * Miners included.
   */
  'miner_count'?: (number);
  /**
   * Sum of score times GPUs.
   */
  'total_score'?: (number | string);
  /**
   * Weight units that its miners received together.
   */
  'weight_allocation'?: (number | string | Long);
  /**
   * Percentage of the non-burned part that the configuration gave it.
   */
  'allocation_percentage'?: (number | string);
}

/**
 * One category of emission metrics.
 */
export interface CategoryDistribution__Output {
  /**
   * The category key.
   */
  'gpu_model': (string);
  /**
   * Miners included.
   */
  'miner_count': (number);
  /**
   * Sum of score times GPUs.
   */
  'total_score': (number);
  /**
   * Weight units that its miners received together.
   */
  'weight_allocation': (number);
  /**
   * Percentage of the non-burned part that the configuration gave it.
   */
  'allocation_percentage': (number);
}
