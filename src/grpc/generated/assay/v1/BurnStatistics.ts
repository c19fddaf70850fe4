// Original file: proto/assay/v1/allocation.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The part of the vector that nobody is paid: the figures of Burn under the names of the statistics API.
 */
export interface BurnStatistics {
  /**
   * Weight units given to the burn target, `weight` there.
   */
  'amount_burned'?: (number | string | Long);
  /**
   * Effective percentage of the total: configured plus what no category could use, after rounding.
   */
  'percentage'?: (number | string);
  /**
   * The UID that received it; absent when nothing is burned.
   */
  'burn_uid'?: (number);
  /**
   * Percentage asked for by the configuration.
   */
  'configured_percentage'?: (number | string);
  /**
   * Weight units of categories that nobody could be paid from, `unallocated_weight` there.
   */
  'unallocated_amount'?: (number | string | Long);
  '_burn_uid'?: "burn_uid";
}

/**
 * The part of the vector that nobody is paid: the figures of Burn under the names of the statistics API.
 */
export interface BurnStatistics__Output {
  /**
   * Weight units given to the burn target, `weight` there.
   */
  'amount_burned': (number);
  /**
   * Effective percentage of the total: configured plus what no category could use, after rounding.
   */
  'percentage': (number);
  /**
   * The UID that received it; absent when nothing is burned.
   */
  'burn_uid'?: (number);
  /**
   * Percentage asked for by the configuration.
   */
  'configured_percentage': (number);
  /**
   * Weight units of categories that nobody could be paid from, `unallocated_weight` there.
   */
  'unallocated_amount': (number);
  '_burn_uid'?: "burn_uid";
}
