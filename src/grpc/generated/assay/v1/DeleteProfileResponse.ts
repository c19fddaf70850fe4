// Original file: proto/assay/v1/profile.proto

import type { MinerProfile as _assay_v1_MinerProfile, MinerProfile__Output as _assay_v1_MinerProfile__Output } from '../../assay/v1/MinerProfile.ts';

/**
 * What was deleted.
 */
export interface DeleteProfileResponse {
  /**
   * The profile as it was, without its executors.
   */
  'profile'?: (_assay_v1_MinerProfile | null);
}

/**
 * What was deleted.
 */
export interface DeleteProfileResponse__Output {
  /**
   * The profile as it was, without its executors.
   */
  'profile': (_assay_v1_MinerProfile__Output | null);
}
