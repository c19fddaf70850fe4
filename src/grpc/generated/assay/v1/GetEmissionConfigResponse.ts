// Original file: proto/assay/v1/emission_config.proto

import type { EmissionConfigVersion as _assay_v1_EmissionConfigVersion, EmissionConfigVersion__Output as _assay_v1_EmissionConfigVersion__Output } from '../../assay/v1/EmissionConfigVersion.ts';

/**
 * The current configuration.
 */
export interface GetEmissionConfigResponse {
  /**
   * The configuration and its version.
   */
  'version'?: (_assay_v1_EmissionConfigVersion | null);
}

/**
 * The current configuration.
 */
export interface GetEmissionConfigResponse__Output {
  /**
   * The configuration and its version.
   */
  'version': (_assay_v1_EmissionConfigVersion__Output | null);
}
