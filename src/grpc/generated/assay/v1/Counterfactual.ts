// Original file: proto/assay/v1/allocation.proto


/**
 * What would have changed the weight, everything else being equal.
 */
export interface Counterfactual {
  /**
   * In words, for example "one more machine with 8 H100".
   */
  'change'?: (string);
  /**
   * The category that it concerns.
   */
  'gpu_model'?: (string);
  /**
   * About what percentage of the total the miner would have received.
   */
  'percentage'?: (number | string);
  /**
   * Why the change would not have changed the weight; empty when it would.
   */
  'without_effect'?: (string);
}

/**
 * What would have changed the weight, everything else being equal.
 */
export interface Counterfactual__Output {
  /**
   * In words, for example "one more machine with 8 H100".
   */
  'change': (string);
  /**
   * The category that it concerns.
   */
  'gpu_model': (string);
  /**
   * About what percentage of the total the miner would have received.
   */
  'percentage': (number);
  /**
   * Why the change would not have changed the weight; empty when it would.
   */
  'without_effect': (string);
}
