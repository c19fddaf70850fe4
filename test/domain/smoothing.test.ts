import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smoothedScore } from '../../src/domain/smoothing.ts';

describe('smoothing', () => {
  it('starts at the first sample', () => {
    expect(smoothedScore({ previous: undefined, sample: 0.4, alpha: 0.3 })).toBe(0.4);
    expect(smoothedScore({ previous: undefined, sample: 0, alpha: 0.3 })).toBe(0);
  });

  it.each([
    [0.3, 1, 0, 0.7],
    [0.3, 0, 1, 0.3],
    [0.5, 0.5, 1, 0.75],
    [1, 0.2, 0.9, 0.9],
    [0.000_001, 0, 1, 0.000_001],
  ])('with α = %d goes from %d by %d to %d', (...numbers) => {
    const [alpha, previous, sample, expected] = numbers;
    expect(smoothedScore({ previous, sample, alpha })).toBeCloseTo(expected, 12);
  });

  it('stays within 0 and 1 whatever the samples and α', () => {
    fc.assert(
      fc.property(unit(), unit(), alpha(), (previous, sample, a) => {
        const score = smoothedScore({ previous, sample, alpha: a });
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }),
      {
        examples: [
          [1, 1, 0.1],
          [1, 1, 0.3],
          [1, 1, 1 / 3],
          [0, 0, 0.7],
        ],
      },
    );
  });

  it('refuses scores from outside', () => {
    expect(() => smoothedScore({ previous: undefined, sample: 1.5, alpha: 0.3 })).toThrow('0 to 1');
    expect(() => smoothedScore({ previous: -1, sample: 0, alpha: 0.3 })).toThrow('0 to 1');
    expect(() => smoothedScore({ previous: Number.NaN, sample: 0, alpha: 0.3 })).toThrow('0 to 1');
  });
});

function unit() {
  return fc.double({ min: 0, max: 1, noNaN: true });
}

function alpha() {
  return fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });
}
