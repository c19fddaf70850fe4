import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasMaxShare, maxUpscaled } from '../../src/chain/dev/dev-scaling.ts';
import { clippedWeights, isWithinMaxWeight, largestShare } from '../../src/domain/clipping.ts';

const U16_MAX = 65_535;

/** The chain's check by the dev chain's own arithmetic, which is written apart from the domain's. */
function isTakenByChain(weights: Uint16Array, limit: number): boolean {
  return limit === U16_MAX || hasMaxShare(maxUpscaled(weights), limit);
}

/** Every cap from the largest entry down, until the chain takes one. */
function clippedByTrial(weights: Uint16Array, limit: number): Uint16Array | undefined {
  for (let cap = Math.max(0, ...weights); cap > 0; cap -= 1) {
    const capped = weights.map((weight) => Math.min(weight, cap));
    if (isTakenByChain(capped, limit)) return capped;
  }
  return isTakenByChain(weights, limit) ? weights : undefined;
}

const small = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 });
const large = fc.array(fc.integer({ min: 0, max: U16_MAX }), { maxLength: 8 });
const limits = fc.oneof(
  fc.integer({ min: 0, max: U16_MAX }),
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 1, max: 12 }).map((count) => Math.ceil(U16_MAX / count)),
);

describe('the clipped weights', () => {
  it('are those of the largest cap that the chain takes', () => {
    fc.assert(
      fc.property(small, limits, (values, limit) => {
        const weights = Uint16Array.from(values);
        expect(clippedWeights(weights, limit)).toEqual(clippedByTrial(weights, limit));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are those of the largest cap for large weights too', () => {
    fc.assert(
      fc.property(large, limits, (values, limit) => {
        const weights = Uint16Array.from(values);
        const clipped = clippedWeights(weights, limit);
        if (clipped === undefined) {
          expect(
            isTakenByChain(
              weights.map((weight) => Math.min(weight, 1)),
              limit,
            ),
          ).toBe(false);
          return;
        }
        expect(isTakenByChain(clipped, limit)).toBe(true);
        const cap = Math.max(0, ...clipped);
        if (cap === Math.max(0, ...weights)) return;
        for (const above of [1, 2, 3, 10, 1_000]) {
          const wider = weights.map((weight) => Math.min(weight, cap + above));
          if (cap + above < U16_MAX) expect(isTakenByChain(wider, limit)).toBe(false);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('never rise, keep what is below the cap and turn nothing to zero', () => {
    fc.assert(
      fc.property(large, limits, (values, limit) => {
        const weights = Uint16Array.from(values);
        const clipped = clippedWeights(weights, limit) ?? weights;
        const cap = Math.max(0, ...clipped);
        expect([...clipped]).toEqual(values.map((weight) => Math.min(weight, cap)));
        expect([...clipped].map((weight) => weight > 0)).toEqual(values.map((w) => w > 0));
        expect([...weights]).toEqual(values);
      }),
    );
  });

  it('are the same array when the chain takes them as they are', () => {
    fc.assert(
      fc.property(large, limits, (values, limit) => {
        const weights = Uint16Array.from(values);
        expect(clippedWeights(weights, limit) === weights).toBe(isTakenByChain(weights, limit));
      }),
    );
  });

  it.each([
    [[60_000, 3_000, 2_535], 32_768, [5_535, 3_000, 2_535]],
    [[65_535], U16_MAX, [65_535]],
    [[10, 10, 10], 21_845, [10, 10, 10]],
    [[0, 0], 1, [0, 0]],
    [[0, 9, 4, 4], 29_127, [0, 6, 4, 4]],
  ])('of %j under a limit of %i are %j', (values, limit, expected) => {
    expect([...(clippedWeights(Uint16Array.from(values), limit) ?? [])]).toEqual(expected);
  });

  it.each([
    [[65_535], 65_534],
    [[0, 7, 0], 32_768],
    [[10, 20, 30], 21_844],
    [[5, 5], 0],
  ])('are not to be had for %j under a limit of %i', (values, limit) => {
    expect(clippedWeights(Uint16Array.from(values), limit)).toBeUndefined();
  });

  it('of a whole subnet come to the limit from below', () => {
    const weights = Uint16Array.from({ length: 256 }, (_, uid) =>
      uid === 0 ? U16_MAX : 100 + uid,
    );
    const clipped = clippedWeights(weights, 6_553) ?? weights;
    expect(largestShare(clipped)).toBeLessThanOrEqual(6_553 / U16_MAX);
    expect(largestShare(clipped)).toBeGreaterThan((6_553 / U16_MAX) * 0.999);
  });
});

describe('the limit of one weight', () => {
  it('is compared as the chain compares it', () => {
    fc.assert(
      fc.property(large, limits, (values, limit) => {
        const weights = Uint16Array.from(values);
        expect(isWithinMaxWeight(weights, limit)).toBe(isTakenByChain(weights, limit));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is asked of the share after scaling', () => {
    expect(largestShare(Uint16Array.of(10, 10))).toBe(0.5);
    expect(largestShare(Uint16Array.of(0, 0))).toBe(0);
    expect(largestShare(Uint16Array.of())).toBe(0);
  });
});
