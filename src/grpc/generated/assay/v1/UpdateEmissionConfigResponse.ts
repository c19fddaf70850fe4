// Original file: proto/assay/v1/emission_config.proto

import type { EmissionConfigVersion as _assay_v1_EmissionConfigVersion, EmissionConfigVersion__Output as _assay_v1_EmissionConfigVersion__Output } from '../../assay/v1/EmissionConfigVersion.ts';
import type { EmissionConfigChange as _assay_v1_EmissionConfigChange, EmissionConfigChange__Output as _assay_v1_EmissionConfigChange__Output } from '../../assay/v1/EmissionConfigChange.ts';

/**
 * What the update did, or would do.
 */
export interface UpdateEmissionConfigResponse {
  /**
   * The new version; with `validate_only`, or when nothing changed, the one that stays current.
   */
  'version'?: (_assay_v1_EmissionConfigVersion | null);
  /**
   * What differs from the version before, empty when nothing does.
   */
  'changes'?: (_assay_v1_EmissionConfigChange)[];
}

/**
 * What the update did, or would do.
 */
export interface UpdateEmissionConfigResponse__Output {
  /**
   * The new version; with `validate_only`, or when nothing changed, the one that stays current.
   */
  'version': (_assay_v1_EmissionConfigVersion__Output | null);
  /**
   * What differs from the version before, empty when nothing does.
   */
  'changes': (_assay_v1_EmissionConfigChange__Output)[];
}
