// Original file: proto/assay/v1/allocation.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Asks for a weight set.
 */
export interface GetWeightsRequest {
  /**
   * The block of the weight set; the newest when absent.
   */
  'block'?: (number | string | Long);
  '_block'?: "block";
}

/**
 * Asks for a weight set.
 */
export interface GetWeightsRequest__Output {
  /**
   * The block of the weight set; the newest when absent.
   */
  'block'?: (number);
  '_block'?: "block";
}
