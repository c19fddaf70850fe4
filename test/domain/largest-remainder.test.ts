import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf, partsOfBigInts } from '../../src/domain/exact.ts';
import { divideUnits } from '../../src/domain/largest-remainder.ts';
import { hamilton } from '../support/bigint-allocation.ts';

describe('division by largest remainder', () => {
  it('equals the BigInt reference for any basis that a miner can have', () => {
    const basis = fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 8_000_000 }),
      fc.maxSafeNat(),
    );
    fc.assert(
      fc.property(
        fc.array(basis, { minLength: 1, maxLength: 200 }),
        fc.oneof(fc.nat(65_535), fc.integer({ min: 0, max: 2 ** 40 })),
        (values, units) => {
          fc.pre(values.some((value) => value > 0));
          const weights = divideUnits(units, partsOf(Float64Array.from(values)));
          expect(Array.from(weights, BigInt)).toEqual(hamilton(BigInt(units), values.map(BigInt)));
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('gives the units left over to the first of equal parts', () => {
    const thirds = partsOf(Float64Array.of(1, 1, 1));
    expect([...divideUnits(65_534, thirds)]).toEqual([21_845, 21_845, 21_844]);
    expect([...divideUnits(1, thirds)]).toEqual([1, 0, 0]);
  });

  it('breaks ties by order in BigInts too', () => {
    const large = 2n ** 70n + 1n;
    expect([...divideUnits(5, partsOfBigInts([large, large + 1n, large, 0n]))]).toEqual([
      2, 2, 1, 0,
    ]);
    expect([...divideUnits(4, partsOfBigInts([large, large - 1n, large]))]).toEqual([2, 1, 1]);
  });

  it('gives nothing to parts without a basis, however many units are left over', () => {
    const weights = divideUnits(7, partsOf(Float64Array.of(0, 5, 0, 3, 3, 0)));
    expect([...weights]).toEqual([0, 3, 0, 2, 2, 0]);
  });

  it('reuses the columns that it is given', () => {
    const weight = Float64Array.of(9, 9);
    const remainder = Float64Array.of(9, 9);
    expect(divideUnits(3, partsOf(Float64Array.of(1, 1)), { weight, remainder })).toBe(weight);
    expect([...weight]).toEqual([2, 1]);
  });
});
