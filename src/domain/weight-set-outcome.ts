/** What became of a weight set, as far as the chain's own storage tells. */
import type { WeightVector } from './allocation.ts';
import { sameWeights } from './read-back.ts';
import { FINALITY_BLOCKS_MAX, INCLUSION_BLOCKS_MAX } from './schedule.ts';
import type { OwnFailureReason, WeightSet, WeightSetFailure } from './weight-set.ts';
import { isCommitted, isTaken } from './weight-set-state.ts';

/** What the chain has stored for the validator, as it was read at `block`. */
export interface ReadBack {
  /** Final on a chain that has finality, so that nothing it shows is taken back; never the head's. */
  readonly block: number;
  readonly vector: WeightVector;
  readonly lastUpdateBlock: number;
  /** Digests of our commitments that wait for their reveal. */
  readonly pendingCommitments: readonly string[];
}

/** What the chain says of a set whose outcome nobody told. */
export type Outcome =
  | { readonly kind: 'verified' }
  /** Not decided yet; `isCommitted` when the chain has a commitment and the next set need not wait. */
  | { readonly kind: 'waiting'; readonly isCommitted: boolean }
  | { readonly kind: 'failed' | 'lost'; readonly failure: WeightSetFailure };

/**
 * Blocks after the decision in which a commitment must be revealed when nobody wrote down which epoch opens it: four
 * epochs of the default tempo.
 */
export const REVEAL_BLOCKS_MAX = 1_440;

/**
 * Blocks from the one at which a commitment should be opened to a reveal that is told: epochs that fall due together are
 * put off, the drand round may be late, and then the block becomes final.
 */
export const REVEAL_DELAY_BLOCKS_MAX = 64;

/** Whether the chain keeps the set's own commitment, which it has not opened yet. */
export function isPending({ extrinsic }: WeightSet, read: ReadBack): boolean {
  const digest = extrinsic?.commitment?.digest;
  return digest !== undefined && read.pendingCommitments.includes(digest);
}

/**
 * Whether the chain stores what was submitted for the set. Only a `LastUpdate` after the decision tells it from an earlier
 * set with the same weights, and only a commitment that is not pending from an earlier one.
 */
export function isStored(set: WeightSet, read: ReadBack): boolean {
  if (read.lastUpdateBlock <= set.block || isPending(set, read)) return false;
  return sameWeights(set.extrinsic?.vector ?? set.vector, read.vector);
}

/**
 * Finds out by reading, never by submitting again, what became of a set after a crash, a break of the connection or a
 * commitment that is not followed any more.
 *
 * What is signed is stored before it is sent, so a set that was only decided never left. An extrinsic that was not seen
 * in a block for good may still arrive until its last block, and what the chain shows meanwhile may be the doing of
 * another set; only a read after that block says that it never came. A read from before the block that took a set, by an
 * endpoint that lags, looks the same and is waited out alike.
 *
 * @param mayBeginAnew whether a set from far beyond the read is of a chain that is no more, as a simulated one may be; on
 * any other the endpoint is far behind.
 */
export function outcomeOf(
  set: WeightSet,
  read: ReadBack,
  { mayBeginAnew = false }: { readonly mayBeginAnew?: boolean } = {},
): Outcome {
  if (set.state === 'computed' && set.extrinsic === undefined) return NEVER_SENT;
  if (isPending(set, read) || isUnnamedPending(set, read)) {
    return { kind: 'waiting', isCommitted: true };
  }
  if (isStored(set, read)) return { kind: 'verified' };
  const isSeenTaken = isTaken(set.state) && read.lastUpdateBlock > set.block;
  const isGone = mayBeginAnew && set.block - read.block > INCLUSION_BLOCKS_MAX;
  const canArrive = !isGone && read.block <= lastBlockOf(set);
  if (!isSeenTaken && canArrive) return { kind: 'waiting', isCommitted: false };
  return wasCommitted(set, read) ? notRevealed(set) : notOnChain(read);
}

/** The block after which a submission that is still followed is looked up instead. */
export function followedUntilBlock(set: WeightSet): number {
  const commitment = set.extrinsic?.commitment;
  if (!isCommitted(set.state)) return lastBlockOf(set) + FINALITY_BLOCKS_MAX;
  if (commitment === undefined) return set.block + REVEAL_BLOCKS_MAX;
  return commitment.revealBlock + REVEAL_DELAY_BLOCKS_MAX;
}

/** The last block that may take the set's extrinsic. */
function lastBlockOf({ block, extrinsic }: WeightSet): number {
  return extrinsic?.lastBlock ?? block + INCLUSION_BLOCKS_MAX;
}

/** Any commitment may be that of a set from before digests were kept, until its time to reveal has passed. */
function isUnnamedPending({ block, extrinsic }: WeightSet, read: ReadBack): boolean {
  if (extrinsic !== undefined || read.pendingCommitments.length === 0) return false;
  return read.lastUpdateBlock > block && read.block - block <= REVEAL_BLOCKS_MAX;
}

/** Whether the chain once had the commitment: it was seen there for good, or `LastUpdate` is of a block that only it fits. */
function wasCommitted({ block, state, extrinsic }: WeightSet, read: ReadBack): boolean {
  if (isCommitted(state)) return true;
  if (extrinsic?.commitment === undefined) return false;
  const { lastUpdateBlock } = read;
  return isTaken(state) || (lastUpdateBlock > block && lastUpdateBlock <= extrinsic.lastBlock);
}

/** Why a set that was decided, and not signed, never reached the chain. */
export const INTERRUPTED = {
  reason: 'INTERRUPTED',
  message: 'the service stopped before anything was submitted',
  action: { kind: 'retry_now' },
} as const satisfies WeightSetFailure & { readonly reason: OwnFailureReason };

/** Why a commitment is not what the chain stores when a newer one was revealed in the same epoch. */
export const SUPERSEDED = {
  reason: 'SUPERSEDED',
  message: 'the chain has the weights of a newer set, which was revealed in the same epoch',
  action: { kind: 'retry_now' },
} as const satisfies WeightSetFailure & { readonly reason: OwnFailureReason };

const NEVER_SENT: Outcome = { kind: 'failed', failure: INTERRUPTED };

function notRevealed({ block }: WeightSet): Outcome {
  return {
    kind: 'lost',
    failure: {
      reason: 'NOT_REVEALED' satisfies OwnFailureReason,
      message: `the commitment of block ${block} was never revealed as the weights that it holds`,
      action: { kind: 'retry_now' },
    },
  };
}

function notOnChain({ block }: ReadBack): Outcome {
  return {
    kind: 'failed',
    failure: {
      reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN' satisfies OwnFailureReason,
      message: `nobody saw how the submission ended, and at block ${block} the chain does not have its weights`,
      action: { kind: 'retry_now' },
    },
  };
}
