/**
 * The chain's own arithmetic, written apart from `domain/read-back.ts` and `domain/preflight.ts` on purpose: the dev chain
 * stands for the chain, and a mistake that both shared would verify itself.
 */
export const U16_MAX = 65_535;

/** One in the chain's fixed-point numbers with 32 fraction bits. Every product below stays under 2⁵³. */
const ONE = 2 ** 32;

/**
 * Scales a vector so that its largest entry becomes 65535, in the chain's fixed-point arithmetic with 32 fraction bits
 * (`vec_max_upscale_to_u16`): above a largest entry of 32768 the truncated factor is multiplied, up to it the product is
 * divided; then half rounds up. A vector of zeros stays.
 */
export function maxUpscaled(weights: Uint16Array): Uint16Array {
  const max = largest(weights);
  if (max === 0) return weights.slice();
  if (max > 32_768) {
    const factor = Math.floor((U16_MAX * ONE) / max);
    return weights.map((weight) => Math.floor((weight * factor + ONE / 2) / ONE));
  }
  return weights.map((weight) => Math.floor((2 * weight * U16_MAX + max) / (2 * max)));
}

/**
 * Whether the largest share of the sum is at most `limit` / 65535, both cut to 32 fraction bits as the chain's
 * `check_vec_max_limited` does.
 */
export function hasMaxShare(weights: Uint16Array, limit: number): boolean {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const share = sum === 0 ? 0 : Math.floor((largest(weights) * ONE) / sum);
  return share <= Math.floor((limit * ONE) / U16_MAX);
}

function largest(weights: Uint16Array): number {
  return weights.reduce((max, weight) => Math.max(max, weight), 0);
}
