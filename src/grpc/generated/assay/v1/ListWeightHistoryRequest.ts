// Original file: proto/assay/v1/allocation.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Asks for a page of the weight history. Every filter that is given must hold; what nobody knows, for example an unused UID,
 * gives an empty page.
 */
export interface ListWeightHistoryRequest {
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
   * Only together with `miner_uid`: only while this hotkey held it.
   */
  'miner_hotkey'?: (string);
  /**
   * Only this category, for example "H100".
   */
  'gpu_model'?: (string);
  /**
   * Only blocks from this one on.
   */
  'from_block'?: (number | string | Long);
  /**
   * Only blocks up to and with this one.
   */
  'to_block'?: (number | string | Long);
  /**
   * Only weight sets decided at this time or later.
   */
  'start_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Only weight sets decided before this time.
   */
  'end_time'?: (_google_protobuf_Timestamp | null);
  '_miner_uid'?: "miner_uid";
  '_from_block'?: "from_block";
  '_to_block'?: "to_block";
}

/**
 * Asks for a page of the weight history. Every filter that is given must hold; what nobody knows, for example an unused UID,
 * gives an empty page.
 */
export interface ListWeightHistoryRequest__Output {
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
   * Only together with `miner_uid`: only while this hotkey held it.
   */
  'miner_hotkey': (string);
  /**
   * Only this category, for example "H100".
   */
  'gpu_model': (string);
  /**
   * Only blocks from this one on.
   */
  'from_block'?: (number);
  /**
   * Only blocks up to and with this one.
   */
  'to_block'?: (number);
  /**
   * Only weight sets decided at this time or later.
   */
  'start_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Only weight sets decided before this time.
   */
  'end_time': (_google_protobuf_Timestamp__Output | null);
  '_miner_uid'?: "miner_uid";
  '_from_block'?: "from_block";
  '_to_block'?: "to_block";
}
