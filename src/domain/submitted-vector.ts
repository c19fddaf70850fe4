/** What of a decided vector goes to the chain: within the subnet's largest share, and as long as the subnet wants it. */
import type { WeightVector } from './allocation.ts';
import { clippedWeights } from './clipping.ts';
import type { Hotkey } from './ids.ts';
import type { Metagraph } from './metagraph.ts';

/** A vector as the chain is asked to store it. */
export interface SubmittedVector {
  readonly vector: WeightVector;
  /** Whether the subnet's largest share of one weight changed it. */
  readonly isClipped: boolean;
}

/**
 * Clips a vector to the subnet's largest share and completes it with zeros. A validator that weights itself alone is exempt
 * from both rules, and would not be any more with a second entry. Where no cap helps, the weights stay as they are, for the
 * preflight to refuse.
 */
export function submittedVector(
  vector: WeightVector,
  metagraph: Metagraph,
  validatorHotkey: Hotkey,
): SubmittedVector {
  const validator = metagraph.neurons.find(({ hotkey }) => hotkey === validatorHotkey);
  if (isSelfWeight(vector, validator?.uid)) return { vector, isClipped: false };
  const { maxWeightLimit } = metagraph.hyperparameters;
  const weights = clippedWeights(vector.weights, maxWeightLimit) ?? vector.weights;
  const isClipped = weights !== vector.weights;
  const clipped = isClipped ? { uids: vector.uids, weights } : vector;
  return { vector: paddedVector(clipped, metagraph), isClipped };
}

/**
 * Completes a vector to the number of entries that the chain wants, with zero weights for the lowest registered UIDs that
 * are not in it: subnets whose `MinAllowedWeights` is not below their size want every UID listed.
 */
function paddedVector(vector: WeightVector, metagraph: Metagraph): WeightVector {
  const missing = requiredEntries(metagraph) - vector.uids.length;
  if (missing <= 0) return vector;
  const weightOf = new Map<number, number>();
  for (const [index, uid] of vector.uids.entries()) {
    weightOf.set(uid, vector.weights[index] as number);
  }
  const added = metagraph.neurons.filter(({ uid }) => !weightOf.has(uid)).slice(0, missing);
  for (const { uid } of added) weightOf.set(uid, 0);
  const entries = [...weightOf].sort(([a], [b]) => a - b);
  return {
    uids: Uint16Array.from(entries, ([uid]) => uid),
    weights: Uint16Array.from(entries, ([, weight]) => weight),
  };
}

/** The fewest entries that the chain takes, zeros included: `min(SubnetworkN, MinAllowedWeights)`. */
export function requiredEntries({
  neurons,
  hyperparameters,
}: Pick<Metagraph, 'neurons' | 'hyperparameters'>): number {
  return Math.min(neurons.length, hyperparameters.minAllowedWeights);
}

/** Whether a validator weights nobody but itself, which exempts it from several of the chain's rules. */
export function isSelfWeight(
  { uids }: Pick<WeightVector, 'uids'>,
  validatorUid: number | undefined,
): boolean {
  return uids.length === 1 && uids[0] === validatorUid;
}
