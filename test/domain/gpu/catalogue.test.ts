import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CATALOGUE,
  type CategoryKey,
  categoryIndex,
  compareCategories,
  nearestCategory,
  OTHER,
  parseCategoryKey,
} from '../../../src/domain/gpu/catalogue.ts';
import { AssertionError } from '../../../src/lib/assert.ts';

/** The keys that the design names. */
const NAMED_KEYS =
  `H100 H200 H20 H800 GH200 A100 A800 A40 A30 A16 A10 A10G B200 B300 GB200 GB300 L4 L40 L40S L20 T4
  V100 P100 P40 RTXA6000 RTXA5000 RTXA4500 RTXA4000 RTX6000ADA RTX5000ADA RTXPRO6000 RTX5090 RTX4090 RTX4090D
  RTX4080SUPER RTX3080TI RTX3090 MI300X MI300A MI325X MI355X`.split(/\s+/);

describe('the catalogue', () => {
  it('holds every key that the design names', () => {
    expect(NAMED_KEYS.filter((key) => !CATALOGUE.includes(key as CategoryKey))).toEqual([]);
  });

  it('holds each key once, in upper-case letters and digits, and ends with OTHER', () => {
    expect(new Set(CATALOGUE).size).toBe(CATALOGUE.length);
    expect(CATALOGUE.filter((key) => !/^[A-Z][A-Z0-9]*$/.test(key))).toEqual([]);
    expect(CATALOGUE.at(-1)).toBe(OTHER);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(CATALOGUE)).toBe(true);
  });

  it('puts the more valuable model first', () => {
    const order = ['GB200', 'B200', 'H200', 'H100', 'A100', 'RTX5090', 'RTX4090', 'RTX3090', 'T4'];
    const indexes = order.map((key) => categoryIndex(key as CategoryKey));
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
  });

  it('has no key for an RTX 3090 Ti, which is an RTX3090', () => {
    expect(parseCategoryKey('RTX 3090 Ti')).toBeUndefined();
  });
});

describe('categoryIndex', () => {
  it('is the place in the catalogue', () => {
    expect(CATALOGUE.map(categoryIndex)).toEqual(CATALOGUE.map((_, index) => index));
  });

  it('refuses a key that is not in the catalogue as a bug', () => {
    expect(() => categoryIndex('H101' as CategoryKey)).toThrow(AssertionError);
    expect(() => categoryIndex('__proto__' as CategoryKey)).toThrow(AssertionError);
  });
});

describe('compareCategories', () => {
  it('sorts as the catalogue does, what it does not have last and otherwise as it was', () => {
    const keys = ['H999', 'OTHER', 'T4', 'A999', 'GB300', '__proto__'];
    const sorted = ['GB300', 'T4', 'OTHER', 'H999', 'A999', '__proto__'];
    expect(keys.toSorted(compareCategories)).toEqual(sorted);
    expect([...CATALOGUE].reverse().sort(compareCategories)).toEqual(CATALOGUE);
  });
});

describe('parseCategoryKey', () => {
  it.each([
    ['h100', 'H100'],
    ['rtx-4090', 'RTX4090'],
    ['RTX PRO 6000', 'RTXPRO6000'],
    ['rtx_4080_super', 'RTX4080SUPER'],
    [' other ', 'OTHER'],
  ])('reads %j as %s', (text, key) => {
    expect(parseCategoryKey(text)).toBe(key);
  });

  it.each([
    ['', 'nothing'],
    ['H101', 'an unknown model'],
    ['A10-0', 'digits that are kept apart'],
    ['NVIDIA H100', 'a name with a vendor'],
    ['Н100', 'a look-alike letter'],
    ['ı4', 'a letter that other languages fold to L'],
    ['toString', 'the name of a method'],
    [' '.repeat(10_000), 'only separators'],
    [`${' '.repeat(10_000)}H100`, 'a key after ten thousand spaces'],
  ])('refuses %j: %s', (text) => {
    expect(parseCategoryKey(text)).toBeUndefined();
  });

  it('reads every key back, whatever its case and separators', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CATALOGUE), fc.constantFrom(' ', '-', '_'), (key, gap) => {
        const written = key
          .toLowerCase()
          .replace(/([a-z])(?=[a-z0-9])|([0-9])(?=[a-z])/g, `$&${gap}`);
        expect(parseCategoryKey(written)).toBe(key);
      }),
    );
  });
});

describe('nearestCategory', () => {
  it.each([
    ['H10O', 'H100'],
    ['RTX4O90', 'RTX4090'],
    ['RTX3090TI', 'RTX3090'],
    ['rtx 4090 dd', 'RTX4090D'],
    ['MI-300', 'MI300X'],
    ['NVIDIA H100', 'H100'],
  ])('suggests for %j %s', (text, key) => {
    expect(nearestCategory(text)).toBe(key);
  });

  it('takes the first of the catalogue among equals', () => {
    expect(nearestCategory('A900')).toBe('A100');
    expect(nearestCategory('RTX4080S')).toBe('RTX4080');
  });

  it('gives a key of the catalogue for any text, and each key for itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(CATALOGUE).toContain(nearestCategory(text));
      }),
    );
    expect(CATALOGUE.map(nearestCategory)).toEqual(CATALOGUE);
  });
});
