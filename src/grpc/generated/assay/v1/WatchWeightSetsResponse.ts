// Original file: proto/assay/v1/allocation.proto

import type { WeightSet as _assay_v1_WeightSet, WeightSet__Output as _assay_v1_WeightSet__Output } from '../../assay/v1/WeightSet.ts';

/**
 * A weight set that is new or whose state has changed.
 */
export interface WatchWeightSetsResponse {
  /**
   * The weight set as it is now.
   */
  'weight_set'?: (_assay_v1_WeightSet | null);
}

/**
 * A weight set that is new or whose state has changed.
 */
export interface WatchWeightSetsResponse__Output {
  /**
   * The weight set as it is now.
   */
  'weight_set': (_assay_v1_WeightSet__Output | null);
}
