import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  divideDown,
  exactSum,
  fitsDoubles,
  type Parts,
  partsOf,
  partsOfBigInts,
  shareOf,
} from '../../src/domain/exact.ts';

const SUM_MAX = 2 ** 51;

/** Parts and units over the whole range that doubles are used for. */
const division = fc
  .tuple(
    fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.maxSafeNat()), {
      minLength: 1,
      maxLength: 8,
    }),
    fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 0, max: 2 ** 48 })),
  )
  .map(([basis, units]) => {
    const scaled = basis.map((value) => Math.floor(value / 64));
    return { units, parts: partsOf(Float64Array.from([1, ...scaled])) };
  });

describe('exact shares', () => {
  it('equal BigInt arithmetic over the whole range of doubles', () => {
    fc.assert(
      fc.property(division, ({ units, parts }) => {
        fc.pre(fitsDoubles(units, parts));
        expect(dividedDown(units, parts)).toEqual(divideBigInts(units, parts));
      }),
      { numRuns: 5_000 },
    );
  });

  it('are corrected when the estimate falls on the wrong side of an integer', () => {
    let corrected = 0;
    for (let step = 0; step < 4_000; step += 1) {
      const sum = SUM_MAX - 2 - step * 7_919;
      const units = 3 + step * 104_729;
      const quotient = Math.floor(units / 3);
      for (const offset of [-1n, 0n, 1n]) {
        const value = Number((BigInt(quotient) * BigInt(sum)) / BigInt(units) + offset);
        const parts: Parts = { basis: Float64Array.of(value), sum, max: value };
        expect(dividedDown(units, parts)).toEqual(divideBigInts(units, parts));
        expect(shareOf(units, parts, 0)).toEqual(shareOfBigInts(units, parts));
        if (Math.floor(value * (units / sum)) !== dividedDown(units, parts).weight[0])
          corrected += 1;
      }
    }
    expect(corrected).toBeGreaterThan(0);
  });

  it.each([1, 3, 5, 7, 49, 2 ** 40 + 1])('of the whole sum are all %d units', (units) => {
    for (const sum of [1, 3, 10, 49, 1_000_003, SUM_MAX - 1]) {
      const parts = partsOf(Float64Array.of(sum));
      expect(shareOf(units, parts, 0)).toEqual({ floor: units, isWhole: true });
      expect(dividedDown(units, parts)).toEqual({ weight: [units], remainder: [0], left: 0 });
    }
  });

  it('of one part equal those of all parts at once, at any size', () => {
    fc.assert(
      fc.property(division, ({ units, parts }) => {
        const { weight, remainder } = divideBigInts(units, parts);
        expect(weight.map((_, index) => shareOf(units, parts, index))).toEqual(
          weight.map((floor, index) => ({ floor, isWhole: remainder[index] === 0 })),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parts', () => {
  it('of BigInts are reduced by their greatest common divisor', () => {
    expect(partsOfBigInts([60_000_000n, 0n, 40_000_000n])).toEqual({
      basis: Float64Array.of(3, 0, 2),
      sum: 5,
      max: 3,
    });
  });

  it('that doubles cannot hold keep their exact values', () => {
    const values = [2n ** 60n + 1n, 2n ** 59n];
    const parts = partsOfBigInts(values);
    expect(parts.exact).toEqual(values);
    expect(exactSum(parts)).toBe(2n ** 60n + 2n ** 59n + 1n);
    expect(shareOf(3, parts, 0)).toEqual({ floor: 2, isWhole: false });
    expect(shareOf(3, parts, 1)).toEqual({ floor: 0, isWhole: false });
  });

  it('have an exact sum beyond 2⁵³', () => {
    const value = Number.MAX_SAFE_INTEGER;
    expect(exactSum(partsOf(Float64Array.of(value, value, 1)))).toBe(2n * BigInt(value) + 1n);
  });
});

function dividedDown(units: number, parts: Parts) {
  const weight = new Float64Array(parts.basis.length);
  const remainder = new Float64Array(parts.basis.length);
  const left = divideDown(units, parts, { weight, remainder });
  return { weight: [...weight], remainder: [...remainder], left };
}

function divideBigInts(units: number, { basis, sum }: Parts) {
  const products = Array.from(basis, (value) => BigInt(units) * BigInt(value));
  const weight = products.map((product) => Number(product / BigInt(sum)));
  return {
    weight,
    remainder: products.map((product) => Number(product % BigInt(sum))),
    left: weight.reduce((left, value) => left - value, units),
  };
}

function shareOfBigInts(units: number, parts: Parts) {
  const { weight, remainder } = divideBigInts(units, parts);
  return { floor: weight[0], isWhole: remainder[0] === 0 };
}
