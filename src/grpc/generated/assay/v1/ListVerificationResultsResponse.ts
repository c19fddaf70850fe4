// Original file: proto/assay/v1/profile.proto

import type { VerificationResult as _assay_v1_VerificationResult, VerificationResult__Output as _assay_v1_VerificationResult__Output } from '../../assay/v1/VerificationResult.ts';

/**
 * A page of verification results.
 */
export interface ListVerificationResultsResponse {
  /**
   * The results.
   */
  'results'?: (_assay_v1_VerificationResult)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token'?: (string);
}

/**
 * A page of verification results.
 */
export interface ListVerificationResultsResponse__Output {
  /**
   * The results.
   */
  'results': (_assay_v1_VerificationResult__Output)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token': (string);
}
