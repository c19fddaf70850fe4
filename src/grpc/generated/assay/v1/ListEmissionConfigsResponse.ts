// Original file: proto/assay/v1/emission_config.proto

import type { EmissionConfigVersion as _assay_v1_EmissionConfigVersion, EmissionConfigVersion__Output as _assay_v1_EmissionConfigVersion__Output } from '../../assay/v1/EmissionConfigVersion.ts';

/**
 * A page of versions.
 */
export interface ListEmissionConfigsResponse {
  /**
   * The versions.
   */
  'versions'?: (_assay_v1_EmissionConfigVersion)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token'?: (string);
}

/**
 * A page of versions.
 */
export interface ListEmissionConfigsResponse__Output {
  /**
   * The versions.
   */
  'versions': (_assay_v1_EmissionConfigVersion__Output)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token': (string);
}
