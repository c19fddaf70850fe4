// Original file: proto/assay/v1/verification.proto

import type { ReportResult as _assay_v1_ReportResult, ReportResult__Output as _assay_v1_ReportResult__Output } from '../../assay/v1/ReportResult.ts';

/**
 * What became of each report of the batch.
 */
export interface SubmitReportsResponse {
  /**
   * One result for each report, in the order sent.
   */
  'results'?: (_assay_v1_ReportResult)[];
}

/**
 * What became of each report of the batch.
 */
export interface SubmitReportsResponse__Output {
  /**
   * One result for each report, in the order sent.
   */
  'results': (_assay_v1_ReportResult__Output)[];
}
