import { describe, expect, it } from 'vitest';
import { weightVectorOf } from '../../src/domain/weight-vector.ts';
import { AssertionError } from '../../src/lib/assert.ts';

describe('a weight vector', () => {
  it('has the weights by rising UID without the zeros', () => {
    expect(weightVectorOf(Float64Array.of(0, 65_535, 0, 1))).toEqual({
      uids: Uint16Array.of(1, 3),
      weights: Uint16Array.of(65_535, 1),
    });
  });

  it.each([65_536, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the weight %d as a bug',
    (weight) => {
      expect(() => weightVectorOf(Float64Array.of(weight))).toThrow(AssertionError);
    },
  );

  it('refuses a UID beyond 16 bits as a bug', () => {
    const weights = new Float64Array(65_537);
    weights[65_535] = 1;
    expect(weightVectorOf(weights).uids).toEqual(Uint16Array.of(65_535));
    weights[65_536] = 1;
    expect(() => weightVectorOf(weights)).toThrow(AssertionError);
  });
});
