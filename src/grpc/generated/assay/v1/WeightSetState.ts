// Original file: proto/assay/v1/allocation.proto

/**
 * How far a weight set has come.
 */
export const WeightSetState = {
  /**
   * Never sent.
   */
  WEIGHT_SET_STATE_UNSPECIFIED: 'WEIGHT_SET_STATE_UNSPECIFIED',
  /**
   * Calculated and written to the ledger; the chain has not been asked yet.
   */
  WEIGHT_SET_STATE_COMPUTED: 'WEIGHT_SET_STATE_COMPUTED',
  /**
   * Handed to the chain.
   */
  WEIGHT_SET_STATE_SUBMITTED: 'WEIGHT_SET_STATE_SUBMITTED',
  /**
   * In a block that could still be retracted.
   */
  WEIGHT_SET_STATE_IN_BLOCK: 'WEIGHT_SET_STATE_IN_BLOCK',
  /**
   * In a finalized block.
   */
  WEIGHT_SET_STATE_FINALIZED: 'WEIGHT_SET_STATE_FINALIZED',
  /**
   * Commit-reveal: the commitment is on chain and waits for its reveal.
   */
  WEIGHT_SET_STATE_COMMITTED: 'WEIGHT_SET_STATE_COMMITTED',
  /**
   * Commit-reveal: the chain has revealed the weights.
   */
  WEIGHT_SET_STATE_REVEALED: 'WEIGHT_SET_STATE_REVEALED',
  /**
   * Read back from the chain and equal to what was intended. The only success.
   */
  WEIGHT_SET_STATE_VERIFIED: 'WEIGHT_SET_STATE_VERIFIED',
  /**
   * Ended without success: the chain did not take it, or has stored other weights; `failure` says which.
   */
  WEIGHT_SET_STATE_FAILED: 'WEIGHT_SET_STATE_FAILED',
  /**
   * Commit-reveal: ended without success, because the chain took the commitment and dropped it without storing its weights;
   * `failure` says why, as far as it is known. The earlier weights stay.
   */
  WEIGHT_SET_STATE_LOST: 'WEIGHT_SET_STATE_LOST',
} as const;

/**
 * How far a weight set has come.
 */
export type WeightSetState =
  /**
   * Never sent.
   */
  | 'WEIGHT_SET_STATE_UNSPECIFIED'
  | 0
  /**
   * Calculated and written to the ledger; the chain has not been asked yet.
   */
  | 'WEIGHT_SET_STATE_COMPUTED'
  | 1
  /**
   * Handed to the chain.
   */
  | 'WEIGHT_SET_STATE_SUBMITTED'
  | 2
  /**
   * In a block that could still be retracted.
   */
  | 'WEIGHT_SET_STATE_IN_BLOCK'
  | 3
  /**
   * In a finalized block.
   */
  | 'WEIGHT_SET_STATE_FINALIZED'
  | 4
  /**
   * Commit-reveal: the commitment is on chain and waits for its reveal.
   */
  | 'WEIGHT_SET_STATE_COMMITTED'
  | 5
  /**
   * Commit-reveal: the chain has revealed the weights.
   */
  | 'WEIGHT_SET_STATE_REVEALED'
  | 6
  /**
   * Read back from the chain and equal to what was intended. The only success.
   */
  | 'WEIGHT_SET_STATE_VERIFIED'
  | 7
  /**
   * Ended without success: the chain did not take it, or has stored other weights; `failure` says which.
   */
  | 'WEIGHT_SET_STATE_FAILED'
  | 8
  /**
   * Commit-reveal: ended without success, because the chain took the commitment and dropped it without storing its weights;
   * `failure` says why, as far as it is known. The earlier weights stay.
   */
  | 'WEIGHT_SET_STATE_LOST'
  | 9

/**
 * How far a weight set has come.
 */
export type WeightSetState__Output = typeof WeightSetState[keyof typeof WeightSetState]
