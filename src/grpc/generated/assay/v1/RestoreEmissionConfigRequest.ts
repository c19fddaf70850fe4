// Original file: proto/assay/v1/emission_config.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Brings an old configuration back.
 */
export interface RestoreEmissionConfigRequest {
  /**
   * The version whose configuration becomes current again.
   */
  'version'?: (number | string | Long);
  /**
   * `etag` of the version that is replaced. Required, so that nobody overwrites what he has not seen.
   */
  'etag'?: (string);
  /**
   * Check and compare only; nothing is stored.
   */
  'validate_only'?: (boolean);
}

/**
 * Brings an old configuration back.
 */
export interface RestoreEmissionConfigRequest__Output {
  /**
   * The version whose configuration becomes current again.
   */
  'version': (number);
  /**
   * `etag` of the version that is replaced. Required, so that nobody overwrites what he has not seen.
   */
  'etag': (string);
  /**
   * Check and compare only; nothing is stored.
   */
  'validate_only': (boolean);
}
