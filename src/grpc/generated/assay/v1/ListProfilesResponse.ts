// Original file: proto/assay/v1/profile.proto

import type { MinerProfile as _assay_v1_MinerProfile, MinerProfile__Output as _assay_v1_MinerProfile__Output } from '../../assay/v1/MinerProfile.ts';

/**
 * A page of profiles.
 */
export interface ListProfilesResponse {
  /**
   * The profiles.
   */
  'profiles'?: (_assay_v1_MinerProfile)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token'?: (string);
}

/**
 * A page of profiles.
 */
export interface ListProfilesResponse__Output {
  /**
   * The profiles.
   */
  'profiles': (_assay_v1_MinerProfile__Output)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token': (string);
}
