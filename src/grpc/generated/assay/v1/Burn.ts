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
   * Weight units of categories that nobody could be paid from.
   */
  'unallocated_weight'?: (number | string | Long);
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
   * Weight units of categories that nobody could be paid from.
   */
  'unallocated_weight': (number);
  '_uid'?: "uid";
}
