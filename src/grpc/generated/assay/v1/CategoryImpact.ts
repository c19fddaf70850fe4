// Original file: proto/assay/v1/emission_config.proto


/**
 * What changes for a category.
 */
export interface CategoryImpact {
  /**
   * The category key.
   */
  'gpu_model'?: (string);
  /**
   * What its miners received of the total before, in percent.
   */
  'old_percentage'?: (number | string);
  /**
   * And after.
   */
  'new_percentage'?: (number | string);
  /**
   * Miners included before.
   */
  'old_miner_count'?: (number);
  /**
   * And after.
   */
  'new_miner_count'?: (number);
}

/**
 * What changes for a category.
 */
export interface CategoryImpact__Output {
  /**
   * The category key.
   */
  'gpu_model': (string);
  /**
   * What its miners received of the total before, in percent.
   */
  'old_percentage': (number);
  /**
   * And after.
   */
  'new_percentage': (number);
  /**
   * Miners included before.
   */
  'old_miner_count': (number);
  /**
   * And after.
   */
  'new_miner_count': (number);
}
