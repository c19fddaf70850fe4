/**
 * The subnet's limit on the share of one weight, and water-filling to stay under it.
 *
 * The chain scales a vector to a largest entry of 65535 and then compares the largest share of the sum with the limit.
 * Only ratios matter to it, so a vector is filled like a vessel with a lid: every entry above the cap becomes the cap, the
 * others stay, and the share of the capped ones in the sum shrinks with the cap. A scaled entry never falls when the cap
 * does (each is the cut-off or rounded quotient of a fixed number by the cap), therefore neither does the scaled sum, and
 * the largest cap that passes is found by bisection.
 */
import { upscaledWeights } from './read-back.ts';

const U16_MAX = 65_535;

/** One in the chain's fixed-point numbers with 32 fraction bits. Dividends stay below 2⁵³, so quotients floor exactly. */
const FIXED_ONE = 2 ** 32;

/**
 * Whether the chain takes the largest share of the sum, after its own scaling: both fractions in fixed point with 32
 * fraction bits, cut off, as its `check_vec_max_limited` compares them.
 *
 * @param maxWeightLimit in 1/65535; 65535 means no limit.
 */
export function isWithinMaxWeight(weights: Uint16Array, maxWeightLimit: number): boolean {
  if (maxWeightLimit >= U16_MAX) return true;
  const { largest, sum } = scaledTotals(weights);
  const share = Math.floor((largest * FIXED_ONE) / sum);
  return share <= Math.floor((maxWeightLimit * FIXED_ONE) / U16_MAX);
}

/**
 * The weights with everything above a cap cut to it, for the largest cap that the chain takes; the same array when it takes
 * the weights as they are. No entry rises and no positive one becomes zero. O(n) for each of at most 16 bisections.
 *
 * @param maxWeightLimit in 1/65535; 65535 means no limit.
 * @returns `undefined` when there are too few positive entries: even equal ones would be above the limit.
 */
export function clippedWeights(
  weights: Uint16Array,
  maxWeightLimit: number,
): Uint16Array | undefined {
  if (isWithinMaxWeight(weights, maxWeightLimit)) return weights;
  const isTaken = (cap: number) => isWithinMaxWeight(cappedAt(weights, cap), maxWeightLimit);
  if (!isTaken(1)) return undefined;
  let taken = 1;
  let refused = largestOf(weights);
  while (refused - taken > 1) {
    const cap = Math.floor((taken + refused) / 2);
    if (isTaken(cap)) taken = cap;
    else refused = cap;
  }
  return cappedAt(weights, taken);
}

/** The largest entry's share of the sum after the chain's scaling, 0 to 1; 0 when all are zero. */
export function largestShare(weights: Uint16Array): number {
  const { largest, sum } = scaledTotals(weights);
  return largest / sum;
}

/** The sum counts as 1 when all weights are zero, so that their share is 0. */
function scaledTotals(weights: Uint16Array): { readonly largest: number; readonly sum: number } {
  const scaled = upscaledWeights(weights);
  const sum = scaled.reduce((total, weight) => total + weight, 0);
  return { largest: largestOf(scaled), sum: Math.max(sum, 1) };
}

function cappedAt(weights: Uint16Array, cap: number): Uint16Array {
  return weights.map((weight) => Math.min(weight, cap));
}

function largestOf(weights: Uint16Array): number {
  return weights.reduce((max, weight) => Math.max(max, weight), 0);
}
