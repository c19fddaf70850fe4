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
          const expected = Buffer.concat(texts.map((text) => Buffer.from(text)));
          expect(Buffer.from(bytes.take())).toEqual(expected);
        }
      }),
    );
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
