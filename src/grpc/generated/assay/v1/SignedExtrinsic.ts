// Original file: proto/assay/v1/allocation.proto

import type { Weight as _assay_v1_Weight, Weight__Output as _assay_v1_Weight__Output } from '../../assay/v1/Weight.ts';
import type { Commitment as _assay_v1_Commitment, Commitment__Output as _assay_v1_Commitment__Output } from '../../assay/v1/Commitment.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What was signed for the chain.
 */
export interface SignedExtrinsic {
  /**
   * The chain's name of the call, for example "commit_timelocked_mechanism_weights".
   */
  'call'?: (string);
  /**
   * Whether the subnet's largest share of one weight changed the vector.
   */
  'clipped'?: (boolean);
  /**
   * The last block that may take it.
   */
  'last_block'?: (number | string | Long);
  /**
   * The vector that the chain is asked to store, by rising UID, without hotkeys: the set's, completed with zeros to as many
   * entries as the subnet asks for and clipped to its limit. Empty in GetStatus, and with more than 32768 entries, so that
   * the message stays below the 4 MiB that clients take by default; `assay weights export` always has them.
   */
  'weights'?: (_assay_v1_Weight)[];
  /**
   * With commit-reveal only.
   */
  'commitment'?: (_assay_v1_Commitment | null);
}

/**
 * What was signed for the chain.
 */
export interface SignedExtrinsic__Output {
  /**
   * The chain's name of the call, for example "commit_timelocked_mechanism_weights".
   */
  'call': (string);
  /**
   * Whether the subnet's largest share of one weight changed the vector.
   */
  'clipped': (boolean);
  /**
   * The last block that may take it.
   */
  'last_block': (number);
  /**
   * The vector that the chain is asked to store, by rising UID, without hotkeys: the set's, completed with zeros to as many
   * entries as the subnet asks for and clipped to its limit. Empty in GetStatus, and with more than 32768 entries, so that
   * the message stays below the 4 MiB that clients take by default; `assay weights export` always has them.
   */
  'weights': (_assay_v1_Weight__Output)[];
  /**
   * With commit-reveal only.
   */
  'commitment': (_assay_v1_Commitment__Output | null);
}
