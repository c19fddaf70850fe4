// Original file: proto/assay/v1/allocation.proto

import type { EmissionConfig as _assay_v1_EmissionConfig, EmissionConfig__Output as _assay_v1_EmissionConfig__Output } from '../../assay/v1/EmissionConfig.ts';

/**
 * Asks what a weight set would give now.
 */
export interface PreviewAllocationRequest {
  /**
   * A candidate to calculate with; the current configuration when absent.
   */
  'emission_config'?: (_assay_v1_EmissionConfig | null);
}

/**
 * Asks what a weight set would give now.
 */
export interface PreviewAllocationRequest__Output {
  /**
   * A candidate to calculate with; the current configuration when absent.
   */
  'emission_config': (_assay_v1_EmissionConfig__Output | null);
}
