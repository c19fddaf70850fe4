// Original file: proto/assay/v1/emission_config.proto


/**
 * Asks for a page of versions.
 */
export interface ListEmissionConfigsRequest {
  /**
   * How many at most: 1 to 1,000; 100 when 0. A larger number gives 1,000.
   */
  'page_size'?: (number);
  /**
   * `next_page_token` of the page before; empty for the first.
   */
  'page_token'?: (string);
}

/**
 * Asks for a page of versions.
 */
export interface ListEmissionConfigsRequest__Output {
  /**
   * How many at most: 1 to 1,000; 100 when 0. A larger number gives 1,000.
   */
  'page_size': (number);
  /**
   * `next_page_token` of the page before; empty for the first.
   */
  'page_token': (string);
}
