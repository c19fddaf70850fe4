import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, durationText } from '../../src/config/field-types.ts';

const any = duration(0, 365 * 86_400_000);

describe('a duration', () => {
  it.each([
    ['0ms', 0],
    ['1ms', 1],
    ['30s', 30_000],
    ['5m', 300_000],
    ['6 h', 21_600_000],
    ['2d', 172_800_000],
    [{ secs: 30 }, 30_000],
    [{ secs: 0, nanos: 250_000_000 }, 250],
  ])('%j is %d ms', (text, ms) => {
    expect(any.parse(text)).toBe(ms);
  });

  it.each(['', '5', 's', '-1s', '1.5s', '1h30m', '5M', '400d', 5, null, {}, { secs: 1, nanos: 1 }])(
    'cannot be %j',
    (text) => {
      expect(any.safeParse(text).success).toBe(false);
    },
  );

  it('is written so that it reads the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 365 * 86_400_000 }), (ms) => {
        expect(any.parse(durationText(ms))).toBe(ms);
      }),
    );
  });
});
