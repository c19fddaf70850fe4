// Original file: proto/assay/v1/emission_config.proto

import type { EmissionConfig as _assay_v1_EmissionConfig, EmissionConfig__Output as _assay_v1_EmissionConfig__Output } from '../../assay/v1/EmissionConfig.ts';

/**
 * Replaces the configuration.
 */
export interface UpdateEmissionConfigRequest {
  /**
   * The whole new configuration.
   */
  'emission_config'?: (_assay_v1_EmissionConfig | null);
  /**
   * `etag` of the version that this one replaces. Required, so that nobody overwrites what he has not seen.
   */
  'etag'?: (string);
  /**
   * Check and compare only; nothing is stored.
   */
  'validate_only'?: (boolean);
}

/**
 * Replaces the configuration.
 */
export interface UpdateEmissionConfigRequest__Output {
  /**
   * The whole new configuration.
   */
  'emission_config': (_assay_v1_EmissionConfig__Output | null);
  /**
   * `etag` of the version that this one replaces. Required, so that nobody overwrites what he has not seen.
   */
  'etag': (string);
  /**
   * Check and compare only; nothing is stored.
   */
  'validate_only': (boolean);
}
