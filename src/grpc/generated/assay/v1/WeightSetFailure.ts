// Original file: proto/assay/v1/allocation.proto

import type { RetryAction as _assay_v1_RetryAction, RetryAction__Output as _assay_v1_RetryAction__Output } from '../../assay/v1/RetryAction.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Why a weight set failed and what happens next.
 */
export interface WeightSetFailure {
  /**
   * Stable code: one of Assay's own, for example "READ_BACK_MISMATCH", or the chain's name, for example
   * "SettingWeightsTooFast". docs/errors.md lists both under "Why a weight set fails".
   */
  'reason'?: (string);
  /**
   * In words.
   */
  'message'?: (string);
  /**
   * What the service does about it.
   */
  'action'?: (_assay_v1_RetryAction);
  /**
   * With RETRY_AT_BLOCK: the block.
   */
  'retry_block'?: (number | string | Long);
}

/**
 * Why a weight set failed and what happens next.
 */
export interface WeightSetFailure__Output {
  /**
   * Stable code: one of Assay's own, for example "READ_BACK_MISMATCH", or the chain's name, for example
   * "SettingWeightsTooFast". docs/errors.md lists both under "Why a weight set fails".
   */
  'reason': (string);
  /**
   * In words.
   */
  'message': (string);
  /**
   * What the service does about it.
   */
  'action': (_assay_v1_RetryAction__Output);
  /**
   * With RETRY_AT_BLOCK: the block.
   */
  'retry_block': (number);
}
