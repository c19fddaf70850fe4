// Original file: proto/assay/v1/profile.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * Asks for a page of verification results. Every filter that is given must hold; what nobody knows, for example an unused
 * UID, gives an empty page.
 */
export interface ListVerificationResultsRequest {
  /**
   * How many at most: 1 to 1,000; 100 when 0. A larger number gives 1,000.
   */
  'page_size'?: (number);
  /**
   * `next_page_token` of the page before; empty for the first. Bound to the filters it was made with.
   */
  'page_token'?: (string);
  /**
   * Only this UID.
   */
  'miner_uid'?: (number);
  /**
   * Only together with `miner_uid`: only this category, for example "H100".
   */
  'gpu_model'?: (string);
  /**
   * Only verifications at this time or later.
   */
  'start_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Only verifications before this time.
   */
  'end_time'?: (_google_protobuf_Timestamp | null);
  '_miner_uid'?: "miner_uid";
}

/**
 * Asks for a page of verification results. Every filter that is given must hold; what nobody knows, for example an unused
 * UID, gives an empty page.
 */
export interface ListVerificationResultsRequest__Output {
  /**
   * How many at most: 1 to 1,000; 100 when 0. A larger number gives 1,000.
   */
  'page_size': (number);
  /**
   * `next_page_token` of the page before; empty for the first. Bound to the filters it was made with.
   */
  'page_token': (string);
  /**
   * Only this UID.
   */
  'miner_uid'?: (number);
  /**
   * Only together with `miner_uid`: only this category, for example "H100".
   */
  'gpu_model': (string);
  /**
   * Only verifications at this time or later.
   */
  'start_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Only verifications before this time.
   */
  'end_time': (_google_protobuf_Timestamp__Output | null);
  '_miner_uid'?: "miner_uid";
}
