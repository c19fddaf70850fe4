// Original file: proto/assay/v1/profile.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * Asks for a page of profiles.
 */
export interface ListProfilesRequest {
  /**
   * How many at most: 1 to 1,000; 100 when 0. A larger number gives 1,000.
   */
  'page_size'?: (number);
  /**
   * `next_page_token` of the page before; empty for the first. Bound to the filter it was made with.
   */
  'page_token'?: (string);
  /**
   * Only miners whose primary category this is, for example "H100"; all when empty.
   */
  'gpu_model'?: (string);
  /**
   * Only profiles that changed at this time or later.
   */
  'updated_since_time'?: (_google_protobuf_Timestamp | null);
}

/**
 * Asks for a page of profiles.
 */
export interface ListProfilesRequest__Output {
  /**
   * How many at most: 1 to 1,000; 100 when 0. A larger number gives 1,000.
   */
  'page_size': (number);
  /**
   * `next_page_token` of the page before; empty for the first. Bound to the filter it was made with.
   */
  'page_token': (string);
  /**
   * Only miners whose primary category this is, for example "H100"; all when empty.
   */
  'gpu_model': (string);
  /**
   * Only profiles that changed at this time or later.
   */
  'updated_since_time': (_google_protobuf_Timestamp__Output | null);
}
