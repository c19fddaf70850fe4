// Original file: proto/assay/v1/allocation.proto

/**
 * What the service does about a weight set that failed or was lost.
 */
export const RetryAction = {
  /**
   * Never sent.
   */
  RETRY_ACTION_UNSPECIFIED: 'RETRY_ACTION_UNSPECIFIED',
  /**
   * Calculates and submits anew at the next head; after 5 such failures in a row it stops as with STOP.
   */
  RETRY_ACTION_RETRY_NOW: 'RETRY_ACTION_RETRY_NOW',
  /**
   * Waits for `retry_block`.
   */
  RETRY_ACTION_RETRY_AT_BLOCK: 'RETRY_ACTION_RETRY_AT_BLOCK',
  /**
   * Nothing until an operator acts, by SetWeights or a restart; the chain keeps the last good weights.
   */
  RETRY_ACTION_STOP: 'RETRY_ACTION_STOP',
} as const;

/**
 * What the service does about a weight set that failed or was lost.
 */
export type RetryAction =
  /**
   * Never sent.
   */
  | 'RETRY_ACTION_UNSPECIFIED'
  | 0
  /**
   * Calculates and submits anew at the next head; after 5 such failures in a row it stops as with STOP.
   */
  | 'RETRY_ACTION_RETRY_NOW'
  | 1
  /**
   * Waits for `retry_block`.
   */
  | 'RETRY_ACTION_RETRY_AT_BLOCK'
  | 2
  /**
   * Nothing until an operator acts, by SetWeights or a restart; the chain keeps the last good weights.
   */
  | 'RETRY_ACTION_STOP'
  | 3

/**
 * What the service does about a weight set that failed or was lost.
 */
export type RetryAction__Output = typeof RetryAction[keyof typeof RetryAction]
