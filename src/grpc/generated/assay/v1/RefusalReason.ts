// Original file: proto/assay/v1/verification.proto

/**
 * Why a report was refused, for machines. MINER_NOT_REGISTERED, HOTKEY_MISMATCH and OBSERVED_IN_FUTURE depend on the
 * metagraph or the time and may pass: the same report may be taken later, if it is not too old by then. The others are for
 * good: the same report is refused again.
 */
export const RefusalReason = {
  /**
   * Never sent.
   */
  REFUSAL_REASON_UNSPECIFIED: 'REFUSAL_REASON_UNSPECIFIED',
  /**
   * A field is missing or breaks its rule. For good.
   */
  REFUSAL_REASON_MALFORMED_FIELD: 'REFUSAL_REASON_MALFORMED_FIELD',
  /**
   * This prover already used the identifier for a report with other content. For good.
   */
  REFUSAL_REASON_REPORT_ID_REUSED: 'REFUSAL_REASON_REPORT_ID_REUSED',
  /**
   * No miner is registered at the UID. May pass: the service may not have seen the registration yet.
   */
  REFUSAL_REASON_MINER_NOT_REGISTERED: 'REFUSAL_REASON_MINER_NOT_REGISTERED',
  /**
   * Another hotkey is registered at the UID. May pass: the service may not have seen the registration yet.
   */
  REFUSAL_REASON_HOTKEY_MISMATCH: 'REFUSAL_REASON_HOTKEY_MISMATCH',
  /**
   * Observed or verified more than 5 minutes in the future. Passes with time.
   */
  REFUSAL_REASON_OBSERVED_IN_FUTURE: 'REFUSAL_REASON_OBSERVED_IN_FUTURE',
  /**
   * Observed more than 24 hours ago. For good.
   */
  REFUSAL_REASON_OBSERVED_TOO_OLD: 'REFUSAL_REASON_OBSERVED_TOO_OLD',
  /**
   * More of something than the limit allows, for example executors of one miner. For good; only too many executors of one
   * miner over all its reports may pass, when old ones expire.
   */
  REFUSAL_REASON_LIMIT_EXCEEDED: 'REFUSAL_REASON_LIMIT_EXCEEDED',
} as const;

/**
 * Why a report was refused, for machines. MINER_NOT_REGISTERED, HOTKEY_MISMATCH and OBSERVED_IN_FUTURE depend on the
 * metagraph or the time and may pass: the same report may be taken later, if it is not too old by then. The others are for
 * good: the same report is refused again.
 */
export type RefusalReason =
  /**
   * Never sent.
   */
  | 'REFUSAL_REASON_UNSPECIFIED'
  | 0
  /**
   * A field is missing or breaks its rule. For good.
   */
  | 'REFUSAL_REASON_MALFORMED_FIELD'
  | 1
  /**
   * This prover already used the identifier for a report with other content. For good.
   */
  | 'REFUSAL_REASON_REPORT_ID_REUSED'
  | 2
  /**
   * No miner is registered at the UID. May pass: the service may not have seen the registration yet.
   */
  | 'REFUSAL_REASON_MINER_NOT_REGISTERED'
  | 3
  /**
   * Another hotkey is registered at the UID. May pass: the service may not have seen the registration yet.
   */
  | 'REFUSAL_REASON_HOTKEY_MISMATCH'
  | 4
  /**
   * Observed or verified more than 5 minutes in the future. Passes with time.
   */
  | 'REFUSAL_REASON_OBSERVED_IN_FUTURE'
  | 5
  /**
   * Observed more than 24 hours ago. For good.
   */
  | 'REFUSAL_REASON_OBSERVED_TOO_OLD'
  | 6
  /**
   * More of something than the limit allows, for example executors of one miner. For good; only too many executors of one
   * miner over all its reports may pass, when old ones expire.
   */
  | 'REFUSAL_REASON_LIMIT_EXCEEDED'
  | 7

/**
 * Why a report was refused, for machines. MINER_NOT_REGISTERED, HOTKEY_MISMATCH and OBSERVED_IN_FUTURE depend on the
 * metagraph or the time and may pass: the same report may be taken later, if it is not too old by then. The others are for
 * good: the same report is refused again.
 */
export type RefusalReason__Output = typeof RefusalReason[keyof typeof RefusalReason]
