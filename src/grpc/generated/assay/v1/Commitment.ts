// Original file: proto/assay/v1/allocation.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Weights that the chain is given under encryption and opens by itself in a later epoch.
 */
export interface Commitment {
  /**
   * BLAKE2b-256 of the ciphertext, 0x and 64 hexadecimal digits, as the chain's event names it.
   */
  'digest'?: (string);
  /**
   * The drand round whose signature opens it.
   */
  'reveal_round'?: (number | string | Long);
  /**
   * The block at which the chain is expected to open it.
   */
  'reveal_block'?: (number | string | Long);
  /**
   * The chain's commit-reveal version that it follows.
   */
  'version'?: (number);
  /**
   * The bytes that went to the chain. Empty wherever the extrinsic's weights are.
   */
  'ciphertext'?: (Buffer | Uint8Array | string);
}

/**
 * Weights that the chain is given under encryption and opens by itself in a later epoch.
 */
export interface Commitment__Output {
  /**
   * BLAKE2b-256 of the ciphertext, 0x and 64 hexadecimal digits, as the chain's event names it.
   */
  'digest': (string);
  /**
   * The drand round whose signature opens it.
   */
  'reveal_round': (number);
  /**
   * The block at which the chain is expected to open it.
   */
  'reveal_block': (number);
  /**
   * The chain's commit-reveal version that it follows.
   */
  'version': (number);
  /**
   * The bytes that went to the chain. Empty wherever the extrinsic's weights are.
   */
  'ciphertext': (Buffer);
}
