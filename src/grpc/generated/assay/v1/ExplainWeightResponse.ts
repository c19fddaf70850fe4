// Original file: proto/assay/v1/allocation.proto

import type { WeightExplanation as _assay_v1_WeightExplanation, WeightExplanation__Output as _assay_v1_WeightExplanation__Output } from '../../assay/v1/WeightExplanation.ts';

/**
 * The answer.
 */
export interface ExplainWeightResponse {
  /**
   * The explanation, made from the ledger alone.
   */
  'explanation'?: (_assay_v1_WeightExplanation | null);
}

/**
 * The answer.
 */
export interface ExplainWeightResponse__Output {
  /**
   * The explanation, made from the ledger alone.
   */
  'explanation': (_assay_v1_WeightExplanation__Output | null);
}
