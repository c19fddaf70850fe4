import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedTimeMs, timeText } from '../../src/store/time-text.ts';

const FIRST_MS = 0;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const DAY_MS = 86_400_000;

/** Times of which many share a day, as those of a database do. */
const times = fc
  .tuple(
    fc.integer({ min: FIRST_MS, max: LAST_MS - 2 * DAY_MS }),
    fc.array(fc.integer({ min: 0, max: 2 * DAY_MS }), { minLength: 1, maxLength: 20 }),
  )
  .map(([from, later]) => later.map((ms) => from + ms));

describe('a stored time', () => {
  it('is read as it was written, whatever was read before', () => {
    fc.assert(
      fc.property(times, (all) => {
        for (const ms of all) expect(storedTimeMs('at', timeText(ms))).toBe(ms);
      }),
    );
    for (const ms of [FIRST_MS, LAST_MS]) expect(storedTimeMs('at', timeText(ms))).toBe(ms);
  });

  it('is what the language reads in any other text, or refused', () => {
    const text = timeText(Date.UTC(2026, 1, 28, 23, 59, 58, 997));
    const damaged = fc
      .tuple(fc.nat({ max: text.length - 1 }), fc.constantFrom(...'0129:T.Z -/x'))
      .map(([at, character]) => text.slice(0, at) + character + text.slice(at + 1));
    const other = fc.constantFrom(
      ...['', '2026-02-28', '2026-02-28T24:00:00.000Z', '2026-02-28T23:60:00.000Z'],
      ...['2026-02-28T23:59:58.997', '2026-02-28T23:59:58.997+02:00', '2026-02-30T00:00:00.000Z'],
    );
    fc.assert(
      fc.property(fc.oneof(damaged, other), (each) => {
        expect(storedTimeMs('at', text)).toBe(Date.parse(text));
        const expected = Date.parse(each);
        const read = () => storedTimeMs('at', each);
        if (Number.isNaN(expected)) expect(read).toThrow('at is not a time');
        else expect(read()).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
