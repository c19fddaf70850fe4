// Original file: proto/assay/v1/verification.proto

import type { ReportOutcome as _assay_v1_ReportOutcome, ReportOutcome__Output as _assay_v1_ReportOutcome__Output } from '../../assay/v1/ReportOutcome.ts';
import type { Refusal as _assay_v1_Refusal, Refusal__Output as _assay_v1_Refusal__Output } from '../../assay/v1/Refusal.ts';

/**
 * What became of one report, and why.
 */
export interface ReportResult {
  /**
   * The report's identifier as it was sent, shortened to 64 characters.
   */
  'report_id'?: (string);
  /**
   * What became of it.
   */
  'outcome'?: (_assay_v1_ReportOutcome);
  /**
   * Set exactly when the outcome is REFUSED.
   */
  'refusal'?: (_assay_v1_Refusal | null);
}

/**
 * What became of one report, and why.
 */
export interface ReportResult__Output {
  /**
   * The report's identifier as it was sent, shortened to 64 characters.
   */
  'report_id': (string);
  /**
   * What became of it.
   */
  'outcome': (_assay_v1_ReportOutcome__Output);
  /**
   * Set exactly when the outcome is REFUSED.
   */
  'refusal': (_assay_v1_Refusal__Output | null);
}
