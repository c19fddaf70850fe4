// Original file: proto/assay/v1/allocation.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The part given to the burn target.
 */
export interface Burn {
  /**
   * The UID that receives it; absent when nothing is burned.
   */
  'uid'?: (number);
  /**
   * Weight units.
   */
  'weight'?: (number | string | Long);
  /**
   * Percentage of the total, effective.
   */
  'percentage'?: (number | string);
  /**
   * Percentage asked for by the configuration.
   */
  'configured_percentage'?: (number | string);
  /**
   * Weight units of categories that nobody could be paid from: `empty_category_weight` and `below_minimum_weight`.
   */
  'unallocated_weight'?: (number | string | Long);
  /**
   * Whole units of the configured percentage. These four sum to `weight`.
   */
  'configured_weight'?: (number | string | Long);
  /**
   * Whole units of categories in which no miner qualified.
   */
  'empty_category_weight'?: (number | string | Long);
  /**
   * Whole units of categories with fewer miners than `min_miners_per_category`.
   */
  'below_minimum_weight'?: (number | string | Long);
  /**
   * What the fractions of the three come to, 0 to 3.
   */
  'rounding_weight'?: (number | string | Long);
  '_uid'?: "uid";
}

/**
 * The part given to the burn target.
 */
export interface Burn__Output {
  /**
   * The UID that receives it; absent when nothing is burned.
   */
  'uid'?: (number);
  /**
   * Weight units.
   */
  'weight': (number);
  /**
   * Percentage of the total, effective.
   */
  'percentage': (number);
  /**
   * Percentage asked for by the configuration.
   */
  'configured_percentage': (number);
  /**
   * Weight units of categories that nobody could be paid from: `empty_category_weight` and `below_minimum_weight`.
   */
  'unallocated_weight': (number);
  /**
   * Whole units of the configured percentage. These four sum to `weight`.
   */
  'configured_weight': (number);
  /**
   * Whole units of categories in which no miner qualified.
   */
  'empty_category_weight': (number);
  /**
   * Whole units of categories with fewer miners than `min_miners_per_category`.
   */
  'below_minimum_weight': (number);
  /**
   * What the fractions of the three come to, 0 to 3.
   */
  'rounding_weight': (number);
  '_uid'?: "uid";
}
