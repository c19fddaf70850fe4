// Original file: proto/assay/v1/profile.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * What all stored profiles together come to.
 */
export interface GetProfileStatisticsResponse {
  /**
   * Profiles stored.
   */
  'total_profiles'?: (number);
  /**
   * Profiles by primary category.
   */
  'gpu_model_distribution'?: ({[key: string]: number});
  /**
   * Mean score, 0 to 1, by primary category.
   */
  'average_score_by_model'?: ({[key: string]: number | string});
  /**
   * When a profile changed last; absent without profiles.
   */
  'last_updated_time'?: (_google_protobuf_Timestamp | null);
}

/**
 * What all stored profiles together come to.
 */
export interface GetProfileStatisticsResponse__Output {
  /**
   * Profiles stored.
   */
  'total_profiles': (number);
  /**
   * Profiles by primary category.
   */
  'gpu_model_distribution': ({[key: string]: number});
  /**
   * Mean score, 0 to 1, by primary category.
   */
  'average_score_by_model': ({[key: string]: number});
  /**
   * When a profile changed last; absent without profiles.
   */
  'last_updated_time': (_google_protobuf_Timestamp__Output | null);
}
