// Original file: proto/assay/v1/emission_config.proto

import type { EmissionConfig as _assay_v1_EmissionConfig, EmissionConfig__Output as _assay_v1_EmissionConfig__Output } from '../../assay/v1/EmissionConfig.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One accepted configuration.
 */
export interface EmissionConfigVersion {
  /**
   * The configuration.
   */
  'emission_config'?: (_assay_v1_EmissionConfig | null);
  /**
   * Rises by one with each accepted change, from 1.
   */
  'version'?: (number | string | Long);
  /**
   * Digest of the content, to send with the next update.
   */
  'etag'?: (string);
  /**
   * Where it came from: "file", "api" or "default".
   */
  'source'?: (string);
  /**
   * When it was accepted.
   */
  'create_time'?: (_google_protobuf_Timestamp | null);
  /**
   * The version that this one brought back; 0 when it is of its own.
   */
  'restored_from_version'?: (number | string | Long);
}

/**
 * One accepted configuration.
 */
export interface EmissionConfigVersion__Output {
  /**
   * The configuration.
   */
  'emission_config': (_assay_v1_EmissionConfig__Output | null);
  /**
   * Rises by one with each accepted change, from 1.
   */
  'version': (number);
  /**
   * Digest of the content, to send with the next update.
   */
  'etag': (string);
  /**
   * Where it came from: "file", "api" or "default".
   */
  'source': (string);
  /**
   * When it was accepted.
   */
  'create_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * The version that this one brought back; 0 when it is of its own.
   */
  'restored_from_version': (number);
}
