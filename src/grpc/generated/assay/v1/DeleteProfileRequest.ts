// Original file: proto/assay/v1/profile.proto


/**
 * Names the profile to delete.
 */
export interface DeleteProfileRequest {
  /**
   * The miner's UID, 0 to 65535.
   */
  'miner_uid'?: (number);
}

/**
 * Names the profile to delete.
 */
export interface DeleteProfileRequest__Output {
  /**
   * The miner's UID, 0 to 65535.
   */
  'miner_uid': (number);
}
