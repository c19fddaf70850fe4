import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from '../../../src/domain/gpu/edit-distance.ts';

const word = fc.string({ unit: fc.constantFrom('A', 'B', '1'), maxLength: 6 });

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'H100', 4],
    ['H100', 'H200', 1],
    ['KITTEN', 'SITTING', 3],
    ['H20', 'GH200', 2],
  ])('of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is a metric', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});
