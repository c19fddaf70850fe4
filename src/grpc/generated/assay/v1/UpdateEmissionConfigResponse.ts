// Original file: proto/assay/v1/emission_config.proto

import type { EmissionConfigVersion as _assay_v1_EmissionConfigVersion, EmissionConfigVersion__Output as _assay_v1_EmissionConfigVersion__Output } from '../../assay/v1/EmissionConfigVersion.ts';
import type { EmissionConfigChange as _assay_v1_EmissionConfigChange, EmissionConfigChange__Output as _assay_v1_EmissionConfigChange__Output } from '../../assay/v1/EmissionConfigChange.ts';
import type { EmissionImpact as _assay_v1_EmissionImpact, EmissionImpact__Output as _assay_v1_EmissionImpact__Output } from '../../assay/v1/EmissionImpact.ts';

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
  /**
   * What that changes for categories and miners, as things stand now; absent when it cannot be calculated.
   */
  'impact'?: (_assay_v1_EmissionImpact | null);
  /**
   * Why `impact` is absent, for example because the chain does not answer; empty otherwise.
   */
  'impact_unavailable'?: (string);
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
  /**
   * What that changes for categories and miners, as things stand now; absent when it cannot be calculated.
   */
  'impact': (_assay_v1_EmissionImpact__Output | null);
  /**
   * Why `impact` is absent, for example because the chain does not answer; empty otherwise.
   */
  'impact_unavailable': (string);
}
