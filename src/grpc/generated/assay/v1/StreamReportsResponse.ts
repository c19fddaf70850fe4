// Original file: proto/assay/v1/verification.proto

import type { ReportResult as _assay_v1_ReportResult, ReportResult__Output as _assay_v1_ReportResult__Output } from '../../assay/v1/ReportResult.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Acknowledges every message up to and including `acknowledged_sequence`.
 */
export interface StreamReportsResponse {
  /**
   * The sequence of the newest message of which nothing can be lost any more.
   */
  'acknowledged_sequence'?: (number | string | Long);
  /**
   * One result for each report of the messages acknowledged since the response before, in the order sent.
   */
  'results'?: (_assay_v1_ReportResult)[];
}

/**
 * Acknowledges every message up to and including `acknowledged_sequence`.
 */
export interface StreamReportsResponse__Output {
  /**
   * The sequence of the newest message of which nothing can be lost any more.
   */
  'acknowledged_sequence': (number);
  /**
   * One result for each report of the messages acknowledged since the response before, in the order sent.
   */
  'results': (_assay_v1_ReportResult__Output)[];
}
