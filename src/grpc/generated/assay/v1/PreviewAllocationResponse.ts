// Original file: proto/assay/v1/allocation.proto

import type { WeightSet as _assay_v1_WeightSet, WeightSet__Output as _assay_v1_WeightSet__Output } from '../../assay/v1/WeightSet.ts';
import type { EmissionConfigChange as _assay_v1_EmissionConfigChange, EmissionConfigChange__Output as _assay_v1_EmissionConfigChange__Output } from '../../assay/v1/EmissionConfigChange.ts';
import type { EmissionImpact as _assay_v1_EmissionImpact, EmissionImpact__Output as _assay_v1_EmissionImpact__Output } from '../../assay/v1/EmissionImpact.ts';

/**
 * What a weight set would give now. Its state is COMPUTED and it is not stored.
 */
export interface PreviewAllocationResponse {
  /**
   * The weight set as it would be.
   */
  'weight_set'?: (_assay_v1_WeightSet | null);
  /**
   * With a candidate: how it differs from the current configuration; empty when nothing does.
   */
  'changes'?: (_assay_v1_EmissionConfigChange)[];
  /**
   * With a candidate: what that changes for categories and miners; absent when it cannot be calculated.
   */
  'impact'?: (_assay_v1_EmissionImpact | null);
  /**
   * Why `impact` is absent, for example because the weights in force are withheld; empty otherwise.
   */
  'impact_unavailable'?: (string);
}

/**
 * What a weight set would give now. Its state is COMPUTED and it is not stored.
 */
export interface PreviewAllocationResponse__Output {
  /**
   * The weight set as it would be.
   */
  'weight_set': (_assay_v1_WeightSet__Output | null);
  /**
   * With a candidate: how it differs from the current configuration; empty when nothing does.
   */
  'changes': (_assay_v1_EmissionConfigChange__Output)[];
  /**
   * With a candidate: what that changes for categories and miners; absent when it cannot be calculated.
   */
  'impact': (_assay_v1_EmissionImpact__Output | null);
  /**
   * Why `impact` is absent, for example because the weights in force are withheld; empty otherwise.
   */
  'impact_unavailable': (string);
}
