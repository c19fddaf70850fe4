// Original file: proto/assay/v1/profile.proto


/**
 * Asks for one profile.
 */
export interface GetProfileRequest {
  /**
   * The miner's UID, 0 to 65535.
   */
  'miner_uid'?: (number);
}

/**
 * Asks for one profile.
 */
export interface GetProfileRequest__Output {
  /**
   * The miner's UID, 0 to 65535.
   */
  'miner_uid': (number);
}
