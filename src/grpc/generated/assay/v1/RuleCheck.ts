// Original file: proto/assay/v1/allocation.proto


/**
 * One rule that was asked.
 */
export interface RuleCheck {
  /**
   * Stable name: the exclusion reason that a failure gives, for example "BELOW_MIN_SCORE".
   */
  'rule'?: (string);
  /**
   * Whether it was kept.
   */
  'passed'?: (boolean);
  /**
   * What the miner had, as text, for example "0.412".
   */
  'value'?: (string);
  /**
   * What it needed, as text, for example "0.500".
   */
  'threshold'?: (string);
}

/**
 * One rule that was asked.
 */
export interface RuleCheck__Output {
  /**
   * Stable name: the exclusion reason that a failure gives, for example "BELOW_MIN_SCORE".
   */
  'rule': (string);
  /**
   * Whether it was kept.
   */
  'passed': (boolean);
  /**
   * What the miner had, as text, for example "0.412".
   */
  'value': (string);
  /**
   * What it needed, as text, for example "0.500".
   */
  'threshold': (string);
}
