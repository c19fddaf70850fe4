// Original file: proto/assay/v1/allocation.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Asks why a miner got its weight.
 */
export interface ExplainWeightRequest {
  /**
   * The miner's UID, 0 to 65535.
   */
  'miner_uid'?: (number);
  /**
   * The block of the weight set; the newest when absent.
   */
  'block'?: (number | string | Long);
  '_block'?: "block";
}

/**
 * Asks why a miner got its weight.
 */
export interface ExplainWeightRequest__Output {
  /**
   * The miner's UID, 0 to 65535.
   */
  'miner_uid': (number);
  /**
   * The block of the weight set; the newest when absent.
   */
  'block'?: (number);
  '_block'?: "block";
}
