/**
 * What the chain makes of a vector. Subtensor scales every vector to a largest entry of 65535 before it stores it
 * (`vec_u16_max_upscale_to_u16`, pallets/subtensor/src/epoch/math.rs) in 64-bit fixed point with 32 fraction bits
 * (`I32F32`): division cuts off after the 32nd bit, `round` rounds halves up. The arithmetic below gives the same bits
 * with doubles: every product stays below 2⁵³, and a quotient of integers with a denominator below 2¹⁷ keeps a distance
 * from the next integer that a double can tell, so that `Math.floor` of it is exact.
 */
import type { WeightVector } from './allocation.ts';
import { INCLUSION_BLOCKS_MAX } from './schedule.ts';
import type { OwnFailureReason, WeightSet, WeightSetFailure } from './weight-set.ts';

/** What the chain has stored for the validator, as it was read at `block`. */
export interface ReadBack {
  readonly block: number;
  readonly vector: WeightVector;
  readonly lastUpdateBlock: number;
  /** Whether a commitment waits for its reveal. */
  readonly hasPendingCommit: boolean;
}

/** What the chain says of a set whose outcome nobody told. */
export type Outcome =
  | { readonly kind: 'verified' }
  /** Not decided yet; `isCommitted` when the chain has a commitment and the next set need not wait. */
  | { readonly kind: 'waiting'; readonly isCommitted: boolean }
  | { readonly kind: 'failed'; readonly failure: WeightSetFailure };

/** Blocks after the decision in which a commitment must be revealed: four epochs of the default tempo. */
export const REVEAL_BLOCKS_MAX = 1_440;

const U16_MAX = 65_535;
const LARGE_ABOVE = 32_768;
const FIXED_ONE = 2 ** 32;

/** The weights as the chain stores them: the largest becomes 65535, the others in proportion; all zero stays all zero. */
export function upscaledWeights(weights: Uint16Array): Uint16Array {
  const largest = weights.reduce((max, weight) => Math.max(max, weight), 0);
  if (largest === 0) return weights.slice();
  if (largest > LARGE_ABOVE) {
    const ratioRaw = Math.floor((U16_MAX * FIXED_ONE) / largest);
    return weights.map((weight) =>
      Math.floor((2 * weight * ratioRaw + FIXED_ONE) / (2 * FIXED_ONE)),
    );
  }
  return weights.map((weight) => Math.floor((2 * weight * U16_MAX + largest) / (2 * largest)));
}

/**
 * Whether the chain stores what was intended: the same weight for every UID after the chain's own scaling. Zero entries
 * say nothing, whether they are listed or not. Both by rising UID.
 */
export function sameWeights(intended: WeightVector, stored: WeightVector): boolean {
  const expected = positiveEntries(intended.uids, upscaledWeights(intended.weights));
  const actual = positiveEntries(stored.uids, stored.weights);
  return expected.length === actual.length && expected.every((entry, i) => entry === actual[i]);
}

/** Each positive entry as one integer, UID in the upper half. */
function positiveEntries(uids: Uint16Array, weights: Uint16Array): number[] {
  const entries: number[] = [];
  weights.forEach((weight, index) => {
    if (weight > 0) entries.push((uids[index] as number) * (U16_MAX + 1) + weight);
  });
  return entries;
}

/**
 * Finds out by reading, never by submitting again, what became of a set after a crash, a break of the connection or a
 * commitment that is not followed any more.
 *
 * Only a `LastUpdate` after the decision tells the set from an earlier one with the same weights. Without it the
 * extrinsic may still wait in the pool, until its era of `INCLUSION_BLOCKS_MAX` has passed. A pending commitment may be of
 * an older or a newer set, so equal weights count as revealed only when none is pending or the time to reveal has passed.
 * A set from far beyond the head is of another chain, a simulated one that began anew.
 */
export function outcomeOf(set: WeightSet, read: ReadBack): Outcome {
  const age = read.block - set.block;
  const isTaken = read.lastUpdateBlock > set.block;
  const isRevealDue = isTaken && read.hasPendingCommit && age <= REVEAL_BLOCKS_MAX;
  if (isRevealDue) return { kind: 'waiting', isCommitted: true };
  if (isTaken && sameWeights(set.vector, read.vector)) return { kind: 'verified' };
  if (set.state === 'committed' || set.state === 'revealed') return notRevealed(set);
  if (!isTaken && Math.abs(age) <= INCLUSION_BLOCKS_MAX)
    return { kind: 'waiting', isCommitted: false };
  return {
    kind: 'failed',
    failure: {
      reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN' satisfies OwnFailureReason,
      message: `nobody saw how the submission ended, and at block ${read.block} the chain does not have its weights`,
      action: { kind: 'retry_now' },
    },
  };
}

/** Why a commitment is not what the chain stores when a newer one was revealed in the same epoch. */
export const SUPERSEDED = {
  reason: 'SUPERSEDED',
  message: 'the chain has the weights of a newer set, which was revealed in the same epoch',
  action: { kind: 'retry_now' },
} as const satisfies WeightSetFailure & { readonly reason: OwnFailureReason };

function notRevealed({ block }: WeightSet): Outcome {
  return {
    kind: 'failed',
    failure: {
      reason: 'NOT_REVEALED' satisfies OwnFailureReason,
      message: `the commitment of block ${block} was never revealed as the weights that it holds`,
      action: { kind: 'retry_now' },
    },
  };
}
