import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../src/lib/assert.ts';
import {
  assertHeld,
  HolderLines,
  holderAt,
  holdersOf,
  linesOf,
} from '../../src/store/holder-lines.ts';

describe('the holders of UIDs', () => {
  it('are found again at their UIDs, whatever ranges they were written in', () => {
    const anyUids = fc.uniqueArray(fc.nat({ max: 40 }));
    fc.assert(
      fc.property(anyUids, fc.nat({ max: 40 }), (uids, middle) => {
        const [first, second] = [new HolderLines(0), new HolderLines(middle + 1)];
        for (const uid of uids.toSorted((a, b) => a - b)) {
          (uid <= middle ? first : second).add(uid, `holder${uid}`);
        }
        const lines = [first.take(middle), second.take()];
        const holders = holdersOf(lines);
        expect(() => assertHeld(Int32Array.from(uids), lines)).not.toThrow();
        for (let uid = 0; uid <= 40; uid += 1) {
          if (uids.includes(uid)) {
            expect(holderAt(holders, uid)).toBe(`holder${uid}`);
          } else {
            expect(() => holderAt(holders, uid)).toThrow(AssertionError);
            expect(() => assertHeld(Int32Array.of(...uids, uid), lines)).toThrow(AssertionError);
          }
        }
      }),
    );
  });

  it('come by rising UID', () => {
    const lines = new HolderLines(5);
    lines.add(7, 'a');
    for (const uid of [7, 6]) expect(() => lines.add(uid, 'b')).toThrow(AssertionError);
  });

  it('are lines that all end', () => {
    expect(linesOf(Buffer.from('a\nb\n'))).toEqual(['a', 'b']);
    expect(linesOf(Buffer.from(''))).toEqual([]);
    expect(() => linesOf(Buffer.from('a\nb'))).toThrow(AssertionError);
  });
});
