// Original file: proto/assay/v1/allocation.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One category's part.
 */
export interface CategoryAllocation {
  /**
   * The category key.
   */
  'gpu_model'?: (string);
  /**
   * Miners included.
   */
  'miner_count'?: (number);
  /**
   * Weight units that the category divides.
   */
  'weight_pool'?: (number | string | Long);
  /**
   * Percentage of the non-burned part that the configuration gives it.
   */
  'allocation_percentage'?: (number | string);
  /**
   * Sum of the basis of its miners: score in millionths times GPUs.
   */
  'total_basis'?: (number | string | Long);
  /**
   * Mean score of its miners, 0 to 1.
   */
  'average_score'?: (number | string);
  /**
   * GPUs that count.
   */
  'gpu_count'?: (number | string | Long);
}

/**
 * One category's part.
 */
export interface CategoryAllocation__Output {
  /**
   * The category key.
   */
  'gpu_model': (string);
  /**
   * Miners included.
   */
  'miner_count': (number);
  /**
   * Weight units that the category divides.
   */
  'weight_pool': (number);
  /**
   * Percentage of the non-burned part that the configuration gives it.
   */
  'allocation_percentage': (number);
  /**
   * Sum of the basis of its miners: score in millionths times GPUs.
   */
  'total_basis': (number);
  /**
   * Mean score of its miners, 0 to 1.
   */
  'average_score': (number);
  /**
   * GPUs that count.
   */
  'gpu_count': (number);
}
