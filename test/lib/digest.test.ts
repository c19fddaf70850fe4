import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinesDigest, sha256Hex } from '../../src/lib/digest.ts';

describe('sha256Hex', () => {
  it('gives the published digests (FIPS 180-2, appendix B.1)', () => {
    expect(sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('digests the UTF-8 bytes of the text', () => {
    expect(sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  });
});

describe('a digest of lines', () => {
  it('is that of the lines with their line breaks, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: 'grapheme' }))), (batches) => {
        const digest = new LinesDigest();
        for (const batch of batches) digest.add(batch);
        const text = batches.flat().map((line) => `${line}\n`);
        expect(digest.hex()).toBe(sha256Hex(text.join('')));
      }),
    );
  });

  it('of nothing is that of no text, and that of one empty line another', () => {
    const digest = new LinesDigest();
    digest.add([]);
    expect(digest.hex()).toBe(sha256Hex(''));
    const one = new LinesDigest();
    one.add(['']);
    expect(one.hex()).toBe('01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b');
  });
});
