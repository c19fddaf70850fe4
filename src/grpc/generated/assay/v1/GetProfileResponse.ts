// Original file: proto/assay/v1/profile.proto

import type { MinerProfile as _assay_v1_MinerProfile, MinerProfile__Output as _assay_v1_MinerProfile__Output } from '../../assay/v1/MinerProfile.ts';

/**
 * The profile asked for.
 */
export interface GetProfileResponse {
  /**
   * The profile with its executors.
   */
  'profile'?: (_assay_v1_MinerProfile | null);
}

/**
 * The profile asked for.
 */
export interface GetProfileResponse__Output {
  /**
   * The profile with its executors.
   */
  'profile': (_assay_v1_MinerProfile__Output | null);
}
