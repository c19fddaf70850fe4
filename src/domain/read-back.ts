/**
 * What the chain makes of a vector. Subtensor scales every vector to a largest entry of 65535 before it stores it
 * (`vec_u16_max_upscale_to_u16`, pallets/subtensor/src/epoch/math.rs) in 64-bit fixed point with 32 fraction bits
 * (`I32F32`): division cuts off after the 32nd bit, `round` rounds halves up. The arithmetic below gives the same bits
 * with doubles: every product stays below 2⁵³, and a quotient of integers with a denominator below 2¹⁷ keeps a distance
 * from the next integer that a double can tell, so that `Math.floor` of it is exact.
 */
import type { WeightVector } from './allocation.ts';

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
