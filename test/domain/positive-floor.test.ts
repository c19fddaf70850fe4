import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf } from '../../src/domain/exact.ts';
import { divideUnits } from '../../src/domain/largest-remainder.ts';
import { liftToOne } from '../../src/domain/positive-floor.ts';
import { liftOneByOne } from '../support/bigint-allocation.ts';

describe('the positive floor', () => {
  it('equals moving single units from the largest weight to a zero', () => {
    const basis = fc.oneof({ weight: 3, arbitrary: fc.nat(4) }, fc.integer({ min: 0, max: 900 }));
    fc.assert(
      fc.property(fc.array(basis, { minLength: 1, maxLength: 25 }), fc.nat(80), (values, units) => {
        fc.pre(values.some((value) => value > 0));
        const parts = partsOf(Float64Array.from(values));
        const before = divideUnits(units, parts);
        const after = before.slice();
        liftToOne(after, parts.basis);
        expect(Array.from(after, BigInt)).toEqual(
          liftOneByOne(Array.from(before, BigInt), values.map(BigInt)),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('levels the largest weights and leaves the others alone', () => {
    expect(lifted([10, 10, 4, 0, 0, 0], [90, 80, 30, 1, 1, 1])).toEqual([9, 8, 4, 1, 1, 1]);
  });

  it('takes from the later of two equal parts', () => {
    expect(lifted([5, 5, 0], [50, 50, 1])).toEqual([5, 4, 1]);
  });

  it('serves the largest when there are fewer units than parts, the first of equals', () => {
    expect(lifted([2, 0, 0, 0], [70, 5, 9, 9])).toEqual([1, 0, 1, 0]);
  });

  it('changes nothing when every part with a basis has a unit', () => {
    expect(lifted([3, 0, 1], [9, 0, 2])).toEqual([3, 0, 1]);
  });

  it('changes nothing when there is no unit to give', () => {
    expect(lifted([0, 0], [4, 5])).toEqual([0, 0]);
  });
});

function lifted(weights: readonly number[], basis: readonly number[]): number[] {
  const column = Float64Array.from(weights);
  liftToOne(column, Float64Array.from(basis));
  return [...column];
}
