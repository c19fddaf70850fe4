import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectLargest } from '../../src/domain/select-largest.ts';

const keyLists = fc.oneof(
  fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 400 }),
  fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 400 }),
  fc.array(
    fc.integer({ min: 0, max: 52 }).map((exponent) => 2 ** exponent),
    { minLength: 1, maxLength: 400 },
  ),
);

describe('the cut below the largest keys', () => {
  it('is where sorting puts it', () => {
    fc.assert(
      fc.property(keyLists, fc.double({ min: 0, max: 1, noNaN: true }), (keys, part) => {
        const count = 1 + Math.floor(part * (keys.length - 1));
        const sorted = [...keys].sort((a, b) => b - a);
        const threshold = sorted[count - 1] ?? -1;
        const above = keys.filter((key) => key > threshold).length;
        expect(selectLargest(Float64Array.from(keys), count, Math.max(...keys))).toEqual({
          threshold,
          atThreshold: count - above,
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([1, 2, 700, 10_000, 19_999, 20_000])('is found among 20,000 keys for %d', (count) => {
    const lists = [
      (index: number) => (index * 7_919) % 20_011,
      (index: number) => index,
      (index: number) => index % 3,
      (index: number) => (index % 20 === 0 ? index : 1_000_000 + index),
      (index: number) => 2 ** (index % 50),
    ];
    for (const keyAt of lists) {
      const keys = Float64Array.from({ length: 20_000 }, (_, index) => keyAt(index));
      const sorted = keys.slice().sort();
      const threshold = sorted[keys.length - count] ?? -1;
      const above = keys.filter((key) => key > threshold).length;
      for (const max of [sorted.at(-1) ?? 0, 2 ** 52]) {
        expect(selectLargest(keys, count, max)).toEqual({ threshold, atThreshold: count - above });
      }
    }
  });

  it('is found among many equal keys', () => {
    const keys = new Float64Array(10_000).fill(7);
    expect(selectLargest(keys, 3_000, 7)).toEqual({ threshold: 7, atThreshold: 3_000 });
  });

  it('is zero among nothing but zeros', () => {
    expect(selectLargest(new Float64Array(100), 30, 0)).toEqual({ threshold: 0, atThreshold: 30 });
  });

  it('is found when one key is far above all others', () => {
    const keys = Float64Array.from({ length: 5_000 }, (_, index) => index);
    keys[17] = 2 ** 51;
    expect(selectLargest(keys, 2, 2 ** 51)).toEqual({ threshold: 4_999, atThreshold: 1 });
  });

  it('leaves the keys as they are', () => {
    const keys = Float64Array.of(3, 1, 2);
    selectLargest(keys, 2, 3);
    expect([...keys]).toEqual([3, 1, 2]);
  });
});
