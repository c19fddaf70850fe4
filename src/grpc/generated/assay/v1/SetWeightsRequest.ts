// Original file: proto/assay/v1/operations.proto


/**
 * Asks for a weight set.
 */
export interface SetWeightsRequest {
  /**
   * Calculate only; nothing is stored or submitted.
   */
  'dry_run'?: (boolean);
}

/**
 * Asks for a weight set.
 */
export interface SetWeightsRequest__Output {
  /**
   * Calculate only; nothing is stored or submitted.
   */
  'dry_run': (boolean);
}
