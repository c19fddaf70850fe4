// Original file: proto/assay/v1/allocation.proto

import type { WeightSet as _assay_v1_WeightSet, WeightSet__Output as _assay_v1_WeightSet__Output } from '../../assay/v1/WeightSet.ts';

/**
 * The weight set asked for.
 */
export interface GetWeightsResponse {
  /**
   * The weight set.
   */
  'weight_set'?: (_assay_v1_WeightSet | null);
}

/**
 * The weight set asked for.
 */
export interface GetWeightsResponse__Output {
  /**
   * The weight set.
   */
  'weight_set': (_assay_v1_WeightSet__Output | null);
}
