// Original file: proto/assay/v1/emission_config.proto


/**
 * What changes for a miner.
 */
export interface MinerImpact {
  /**
   * The UID.
   */
  'miner_uid'?: (number);
  /**
   * The hotkey at the UID.
   */
  'miner_hotkey'?: (string);
  /**
   * Its part of the total before, in percent.
   */
  'old_percentage'?: (number | string);
  /**
   * And after.
   */
  'new_percentage'?: (number | string);
}

/**
 * What changes for a miner.
 */
export interface MinerImpact__Output {
  /**
   * The UID.
   */
  'miner_uid': (number);
  /**
   * The hotkey at the UID.
   */
  'miner_hotkey': (string);
  /**
   * Its part of the total before, in percent.
   */
  'old_percentage': (number);
  /**
   * And after.
   */
  'new_percentage': (number);
}
