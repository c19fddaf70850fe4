// Original file: proto/assay/v1/verification.proto

import type { Report as _assay_v1_Report, Report__Output as _assay_v1_Report__Output } from '../../assay/v1/Report.ts';

/**
 * One batch of reports.
 */
export interface SubmitReportsRequest {
  /**
   * Who reports: 1 to 64 characters of A-Z a-z 0-9 . _ : -.
   */
  'prover_id'?: (string);
  /**
   * The reports, 1 to 1,000.
   */
  'reports'?: (_assay_v1_Report)[];
}

/**
 * One batch of reports.
 */
export interface SubmitReportsRequest__Output {
  /**
   * Who reports: 1 to 64 characters of A-Z a-z 0-9 . _ : -.
   */
  'prover_id': (string);
  /**
   * The reports, 1 to 1,000.
   */
  'reports': (_assay_v1_Report__Output)[];
}
