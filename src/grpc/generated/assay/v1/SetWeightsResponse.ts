// Original file: proto/assay/v1/operations.proto

import type { WeightSet as _assay_v1_WeightSet, WeightSet__Output as _assay_v1_WeightSet__Output } from '../../assay/v1/WeightSet.ts';

/**
 * What became of it.
 */
export interface SetWeightsResponse {
  /**
   * The weight set.
   */
  'weight_set'?: (_assay_v1_WeightSet | null);
}

/**
 * What became of it.
 */
export interface SetWeightsResponse__Output {
  /**
   * The weight set.
   */
  'weight_set': (_assay_v1_WeightSet__Output | null);
}
