// Original file: proto/assay/v1/allocation.proto

import type { WeightSet as _assay_v1_WeightSet, WeightSet__Output as _assay_v1_WeightSet__Output } from '../../assay/v1/WeightSet.ts';

/**
 * What a weight set would give now. Its state is COMPUTED and it is not stored.
 */
export interface PreviewAllocationResponse {
  /**
   * The weight set as it would be.
   */
  'weight_set'?: (_assay_v1_WeightSet | null);
}

/**
 * What a weight set would give now. Its state is COMPUTED and it is not stored.
 */
export interface PreviewAllocationResponse__Output {
  /**
   * The weight set as it would be.
   */
  'weight_set': (_assay_v1_WeightSet__Output | null);
}
