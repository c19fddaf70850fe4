import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextBytes } from '../../src/lib/text-bytes.ts';

describe('text as bytes', () => {
  it('is the UTF-8 of what was added since it was taken last', () => {
    const anyTexts = fc.array(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(anyTexts), (takes) => {
        const bytes = new TextBytes();
        for (const texts of takes) {
          for (const text of texts) bytes.add(text);
          const expected = Buffer.from(texts.join(''));
          expect(Buffer.from(bytes.take())).toEqual(expected);
        }
      }),
    );
  });

  it.each([4_095, 4_096, 4_097, 20_000])('is whole over many writes: %i characters', (length) => {
    const bytes = new TextBytes();
    const texts = Array.from(
      { length: Math.floor(length / 7) },
      (_, index) => `é漢${index % 10}abc\n`,
    );
    texts.push('x'.repeat(length % 7));
    for (const text of texts) bytes.add(text);
    const written = Buffer.from(bytes.take()).toString();
    expect(written).toHaveLength(length);
    expect(written).toBe(texts.join(''));
  });

  it('has room for any length', () => {
    const bytes = new TextBytes();
    const long = '漢é'.repeat(100_000);
    bytes.add('before');
    bytes.add(long);
    const taken = bytes.take();
    bytes.add('after');
    expect(Buffer.from(taken).toString()).toBe(`before${long}`);
    expect(Buffer.from(bytes.take()).toString()).toBe('after');
  });
});
