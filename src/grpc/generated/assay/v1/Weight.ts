// Original file: proto/assay/v1/allocation.proto


/**
 * One entry of the vector.
 */
export interface Weight {
  /**
   * The UID.
   */
  'uid'?: (number);
  /**
   * 1 to 65535.
   */
  'weight'?: (number);
  /**
   * The hotkey that was registered at the UID when the weights were decided.
   */
  'hotkey'?: (string);
}

/**
 * One entry of the vector.
 */
export interface Weight__Output {
  /**
   * The UID.
   */
  'uid': (number);
  /**
   * 1 to 65535.
   */
  'weight': (number);
  /**
   * The hotkey that was registered at the UID when the weights were decided.
   */
  'hotkey': (string);
}
