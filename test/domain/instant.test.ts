import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantText } from '../../src/domain/instant.ts';

describe('instantText', () => {
  it.each([
    0,
    -1,
    Date.UTC(2000, 1, 29, 23, 59, 59, 999),
    Date.UTC(1900, 1, 28),
    Date.UTC(1900, 2, 1),
    Date.UTC(2024, 11, 31),
    Date.UTC(9999, 11, 31, 23, 59, 59, 999),
  ])('writes %d as the platform does', (ms) => {
    expect(instantText(ms)).toBe(new Date(ms).toISOString());
  });

  it('agrees with the platform on every millisecond of the years 0 to 9999', () => {
    const earliest = Date.parse('0000-01-01T00:00:00Z');
    const latest = Date.parse('9999-12-31T23:59:59.999Z');
    fc.assert(
      fc.property(fc.integer({ min: earliest, max: latest }), (ms) => {
        expect(instantText(ms)).toBe(new Date(ms).toISOString());
      }),
    );
  });
});
