// Original file: proto/assay/v1/verification.proto

/**
 * What became of one report.
 */
export const ReportOutcome = {
  /**
   * Never sent.
   */
  REPORT_OUTCOME_UNSPECIFIED: 'REPORT_OUTCOME_UNSPECIFIED',
  /**
   * Stored, and the miner's profile now includes it.
   */
  REPORT_OUTCOME_APPLIED: 'REPORT_OUTCOME_APPLIED',
  /**
   * Already stored with the same content: nothing changed, nothing to do.
   */
  REPORT_OUTCOME_DUPLICATE: 'REPORT_OUTCOME_DUPLICATE',
  /**
   * Stored, but older than the newest applied report of this miner: the profile did not change.
   */
  REPORT_OUTCOME_STALE: 'REPORT_OUTCOME_STALE',
  /**
   * Not stored; `refusal` says why. Whether sending it again unchanged can help depends on the reason: RefusalReason says
   * which are for good and which may pass.
   */
  REPORT_OUTCOME_REFUSED: 'REPORT_OUTCOME_REFUSED',
} as const;

/**
 * What became of one report.
 */
export type ReportOutcome =
  /**
   * Never sent.
   */
  | 'REPORT_OUTCOME_UNSPECIFIED'
  | 0
  /**
   * Stored, and the miner's profile now includes it.
   */
  | 'REPORT_OUTCOME_APPLIED'
  | 1
  /**
   * Already stored with the same content: nothing changed, nothing to do.
   */
  | 'REPORT_OUTCOME_DUPLICATE'
  | 2
  /**
   * Stored, but older than the newest applied report of this miner: the profile did not change.
   */
  | 'REPORT_OUTCOME_STALE'
  | 3
  /**
   * Not stored; `refusal` says why. Whether sending it again unchanged can help depends on the reason: RefusalReason says
   * which are for good and which may pass.
   */
  | 'REPORT_OUTCOME_REFUSED'
  | 4

/**
 * What became of one report.
 */
export type ReportOutcome__Output = typeof ReportOutcome[keyof typeof ReportOutcome]
