import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GAP, JOINT, plainSpelling, spell } from '../../../src/domain/gpu/spelling.ts';

describe('spell', () => {
  it('reads letters in any case, digits, gaps and joints', () => {
    expect([...(spell(' a-Z (0_9). ') ?? [])]).toEqual([1, GAP, 26, GAP, 27, JOINT, 36]);
  });

  it('reads nothing of a name with any other character', () => {
    expect(spell('H100\t')).toBeUndefined();
    expect(spell('H100é')).toBeUndefined();
  });
});

describe('plainSpelling', () => {
  it.each([
    ['  rtx pro-6000 ', 'RTXPRO6000'],
    ['PG506 232', 'PG506-232'],
    ['Radeon™ é 1 2', 'RADEON™é1-2'],
    ['- _', ''],
  ])('writes %j as %j', (text, plain) => {
    expect(plainSpelling(text)).toBe(plain);
  });

  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainSpelling(plainSpelling(text))).toBe(plainSpelling(text));
      }),
    );
  });
});
