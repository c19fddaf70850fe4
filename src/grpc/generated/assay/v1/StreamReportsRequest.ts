// Original file: proto/assay/v1/verification.proto

import type { Report as _assay_v1_Report, Report__Output as _assay_v1_Report__Output } from '../../assay/v1/Report.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One message of a report stream.
 */
export interface StreamReportsRequest {
  /**
   * Who reports: 1 to 64 characters of A-Z a-z 0-9 . _ : -. Required in the first message; later messages leave it empty
   * or repeat it.
   */
  'prover_id'?: (string);
  /**
   * The number of this message, chosen by the prover: 1 to 2^53 - 1 and higher than that of the message before.
   */
  'sequence'?: (number | string | Long);
  /**
   * The reports of this message, at most 1,000.
   */
  'reports'?: (_assay_v1_Report)[];
}

/**
 * One message of a report stream.
 */
export interface StreamReportsRequest__Output {
  /**
   * Who reports: 1 to 64 characters of A-Z a-z 0-9 . _ : -. Required in the first message; later messages leave it empty
   * or repeat it.
   */
  'prover_id': (string);
  /**
   * The number of this message, chosen by the prover: 1 to 2^53 - 1 and higher than that of the message before.
   */
  'sequence': (number);
  /**
   * The reports of this message, at most 1,000.
   */
  'reports': (_assay_v1_Report__Output)[];
}
