import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameWeights, upscaledWeights } from '../../src/domain/read-back.ts';

describe('the scaling of the chain', () => {
  it.each([
    [[], []],
    [[0], [0]],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [0, 1],
      [0, 65_535],
    ],
    [
      [10, 20],
      [32_768, 65_535],
    ],
    [
      [1, 32_768],
      [2, 65_535],
    ],
    [
      [1, 16_384, 32_769],
      [2, 32_767, 65_535],
    ],
    [
      [1, 65_535],
      [1, 65_535],
    ],
  ])('makes %j into %j', (weights, stored) => {
    expect([...upscaledWeights(Uint16Array.from(weights))]).toEqual(stored);
  });

  it('equals fixed-point arithmetic of 32 fraction bits in big integers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 20 }), (weights) => {
        expect([...upscaledWeights(Uint16Array.from(weights))]).toEqual(fixedPoint(weights));
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing when the largest weight is the largest possible', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65_535 })), (weights) => {
        const full = [...weights, 65_535];
        expect([...upscaledWeights(Uint16Array.from(full))]).toEqual(full);
      }),
    );
  });
});

describe('the comparison with what is stored', () => {
  it('accepts the scaled form and refuses any other weight', () => {
    const intended = vector([2, 10], [3, 20]);
    expect(sameWeights(intended, vector([2, 32_768], [3, 65_535]))).toBe(true);
    expect(sameWeights(intended, vector([2, 32_767], [3, 65_535]))).toBe(false);
    expect(sameWeights(intended, vector([2, 32_768], [4, 65_535]))).toBe(false);
    expect(sameWeights(intended, vector([3, 65_535]))).toBe(false);
    expect(sameWeights(intended, vector([2, 32_768], [3, 65_535], [4, 1]))).toBe(false);
  });

  it('ignores entries of zero on both sides', () => {
    expect(sameWeights(vector([1, 0], [3, 20]), vector([3, 65_535], [9, 0]))).toBe(true);
    expect(sameWeights(vector(), vector([9, 0]))).toBe(true);
  });
});

function vector(...entries: readonly (readonly [number, number])[]) {
  return {
    uids: Uint16Array.from(entries, ([uid]) => uid),
    weights: Uint16Array.from(entries, ([, weight]) => weight),
  };
}

/** The chain's own steps: `I32F32`, division cut off, `round` half up. */
function fixedPoint(weights: readonly number[]): number[] {
  const largest = BigInt(Math.max(0, ...weights));
  if (largest === 0n) return [...weights];
  const one = 1n << 32n;
  const round = (fixed: bigint) => Number((fixed + one / 2n) >> 32n);
  return weights.map((weight) =>
    largest > 32_768n
      ? round(BigInt(weight) * ((65_535n * one) / largest))
      : round((BigInt(weight) * 65_535n * one) / largest),
  );
}
