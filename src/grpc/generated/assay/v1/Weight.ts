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
   * 1 to 65535; 0 only in what was signed.
   */
  'weight'?: (number);
  /**
   * The hotkey that was registered at the UID when the weights were decided; empty in what was signed.
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
   * 1 to 65535; 0 only in what was signed.
   */
  'weight': (number);
  /**
   * The hotkey that was registered at the UID when the weights were decided; empty in what was signed.
   */
  'hotkey': (string);
}
