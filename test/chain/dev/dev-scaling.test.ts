import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasMaxShare, maxUpscaled } from '../../../src/chain/dev/dev-scaling.ts';

const FRACTION_BITS = 32n;
const HALF = 1n << (FRACTION_BITS - 1n);

/** The chain's I32F32 arithmetic, written out with big integers. */
function reference(weights: readonly number[]): number[] {
  const max = Math.max(0, ...weights);
  if (max === 0) return weights.map(() => 0);
  const fixed = (weight: number) =>
    max > 32_768
      ? BigInt(weight) * ((65_535n << FRACTION_BITS) / BigInt(max))
      : ((BigInt(weight) * 65_535n) << FRACTION_BITS) / BigInt(max);
  return weights.map((weight) => Number((fixed(weight) + HALF) >> FRACTION_BITS));
}

const u16 = fc.integer({ min: 0, max: 65_535 });

describe('scaling weights to the largest entry', () => {
  it.each([
    { given: [10, 20], stored: [32_768, 65_535] },
    { given: [], stored: [] },
    { given: [0, 0], stored: [0, 0] },
    { given: [1], stored: [65_535] },
    { given: [0, 1], stored: [0, 65_535] },
    { given: [0, 1, 2, 3, 4, 32_768], stored: [0, 2, 4, 6, 8, 65_535] },
    { given: [32_768, 32_769], stored: [65_533, 65_535] },
    { given: [65_535, 1, 30_000], stored: [65_535, 1, 30_000] },
  ])('stores $given as $stored', ({ given, stored }) => {
    expect([...maxUpscaled(Uint16Array.from(given))]).toEqual(stored);
  });

  it('equals the fixed-point arithmetic of the chain', () => {
    fc.assert(
      fc.property(fc.array(u16, { maxLength: 20 }), (weights) => {
        expect([...maxUpscaled(Uint16Array.from(weights))]).toEqual(reference(weights));
      }),
    );
  });

  it('changes nothing in a vector that is scaled already', () => {
    fc.assert(
      fc.property(fc.array(u16), (weights) => {
        const scaled = Uint16Array.from([...weights, 65_535]);
        expect(maxUpscaled(scaled)).toEqual(scaled);
      }),
    );
  });
});

describe('the largest share of one weight', () => {
  it('is compared with the limit as a fraction of 65535', () => {
    const half = Uint16Array.of(1, 1);
    expect(hasMaxShare(half, 32_768)).toBe(true);
    expect(hasMaxShare(half, 32_767)).toBe(false);
    expect(hasMaxShare(Uint16Array.of(0, 0), 0)).toBe(true);
    expect(hasMaxShare(new Uint16Array(), 0)).toBe(true);
  });
});
