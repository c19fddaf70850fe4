/** What decides when the next weight set may happen; every number is a block. */
export interface Schedule {
  /** Block of the newest set that the chain took by our own record, 0 before the first. */
  readonly lastSetBlock: number;
  /** The chain's `LastUpdate` of the validator: its last set or commit, else its registration; 0 when there was none. */
  readonly chainLastUpdateBlock: number;
  /** Blocks between weight sets that the configuration asks for, at least 1. */
  readonly intervalBlocks: number;
  /** Blocks between weight sets that the chain enforces. */
  readonly weightsRateLimitBlocks: number;
  /** Not before this block, after a failure that says so. */
  readonly retryBlock?: number;
}

/** Blocks from a decision to its submission, at most; an older decision is not sent. */
export const DECISION_BLOCKS_MAX = 32;

/**
 * Blocks from a decision to its inclusion, at most: until the submission, and then the life of a signed extrinsic
 * (Substrate's default mortal era of 64 blocks), after which it can never be included.
 */
export const INCLUSION_BLOCKS_MAX = DECISION_BLOCKS_MAX + 64;

/**
 * Blocks from the last one that may take an extrinsic until a submission is not waited for any more: finality takes 2 or 3,
 * and a chain whose finality is slower is better read than listened to.
 */
export const FINALITY_BLOCKS_MAX = 32;

/**
 * The block that the interval counts from. Our record says when a set was decided, the chain's `LastUpdate` when one was
 * included. They agree when the inclusion follows the decision within `INCLUSION_BLOCKS_MAX`; otherwise the chain is
 * right: somebody else set weights with our key, our record is lost, or the chain never took the set.
 */
export function lastSetBlockOf({
  lastSetBlock,
  chainLastUpdateBlock,
}: Pick<Schedule, 'lastSetBlock' | 'chainLastUpdateBlock'>): number {
  const distance = chainLastUpdateBlock - lastSetBlock;
  const isAgreed = lastSetBlock > 0 && distance >= 0 && distance <= INCLUSION_BLOCKS_MAX;
  return isAgreed ? lastSetBlock : chainLastUpdateBlock;
}

/**
 * The first block at which weights may be set: the interval has passed since the last set, the chain's own rate limit
 * allows it (`block − LastUpdate >= limit`, and a `LastUpdate` of 0 passes), and no failure asks to wait longer.
 */
export function nextSetBlock(schedule: Schedule): number {
  const { chainLastUpdateBlock, intervalBlocks, weightsRateLimitBlocks, retryBlock = 0 } = schedule;
  const allowedBlock =
    chainLastUpdateBlock === 0 ? 0 : chainLastUpdateBlock + weightsRateLimitBlocks;
  return Math.max(lastSetBlockOf(schedule) + intervalBlocks, allowedBlock, retryBlock);
}

/** Whether weights may be set at `block`. */
export function isDue(block: number, schedule: Schedule): boolean {
  return block >= nextSetBlock(schedule);
}
