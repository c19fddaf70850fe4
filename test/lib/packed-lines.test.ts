import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../src/lib/assert.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import {
  CHUNK_BYTES_MAX,
  CHUNK_CHARACTERS,
  digestOfParts,
  joinParts,
  LINES_PER_CHUNK_MAX,
  LinePacker,
  type PackedLines,
  PartPacker,
  unpackLines,
} from '../../src/lib/packed-lines.ts';

const anyLine = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map((line) => line.replace(/\n/g, ''));

describe('packed lines', () => {
  it('give the lines back, with their count and the digest of all of them', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), (lines) => {
        const result = packed(lines);
        expect(unpacked(result)).toEqual(lines);
        expect(result.lineCount).toBe(lines.length);
        expect(result.digest).toBe(sha256Hex(lines.map((line) => `${line}\n`).join('')));
      }),
    );
  });

  it('are nothing without lines, with the digest of nothing', () => {
    expect(packed([])).toEqual({ lineCount: 0, digest: sha256Hex(''), chunks: [] });
  });

  it('are in chunks of so many lines, each with its first and last key', () => {
    const lines = Array.from(
      { length: 2 * LINES_PER_CHUNK_MAX + 1 },
      (_, index) => `line ${index}`,
    );
    const result = packed(lines);
    const shape = result.chunks.map(({ firstKey, lastKey, lineCount }) => [
      firstKey,
      lastKey,
      lineCount,
    ]);
    expect(shape).toEqual([
      [0, 3 * 1_023, 1_024],
      [3 * 1_024, 3 * 2_047, 1_024],
      [3 * 2_048, 3 * 2_048, 1],
    ]);
    expect(unpacked(result)).toEqual(lines);
    expect(result.digest).toBe(sha256Hex(`${lines.join('\n')}\n`));
  });

  it('begin a new chunk after a long line, so that every chunk can be unpacked', () => {
    const lines = ['short', 'x'.repeat(CHUNK_CHARACTERS), 'next', 'last'];
    const result = packed(lines);
    expect(result.chunks.map(({ lineCount }) => lineCount)).toEqual([2, 2]);
    expect(unpacked(result)).toEqual(lines);
  });

  it('take keys that rise only', () => {
    for (const key of [7, 6]) {
      const packer = new LinePacker();
      packer.add(7, 'a');
      expect(() => packer.add(key, 'b')).toThrow(AssertionError);
    }
  });
});

describe('a chunk that was not packed here', () => {
  it.each([
    ['the packed lines are damaged', Buffer.from('not deflated')],
    ['the packed lines are damaged', deflateRawSync('cut off\n').subarray(0, -2)],
    ['the packed lines are damaged', Buffer.alloc(0)],
    ['the packed lines are too large', deflateRawSync(Buffer.alloc(CHUNK_BYTES_MAX + 1, '\n'))],
    ['the last of the packed lines does not end', deflateRawSync('one\ntwo')],
    ['the last of the packed lines does not end', deflateRawSync('')],
  ])('is refused: %s', (reason, content) => {
    expect(() => unpackLines(content)).toThrow(reason);
  });
});

function packed(lines: readonly string[]): PackedLines {
  const packer = new LinePacker();
  for (const [index, line] of lines.entries()) packer.add(3 * index, line);
  return packer.finish();
}

function unpacked({ chunks }: PackedLines): readonly string[] {
  return chunks.flatMap(({ content }) => unpackLines(content));
}

describe('parts of packed lines', () => {
  it('come to the count, the lines and the digest of all of them when they are joined', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), fc.nat({ max: 40 }), (lines, middle) => {
        const packers = [new PartPacker(), new PartPacker()];
        for (const [key, line] of lines.entries()) {
          packers[Number(key >= middle)]?.add(key, line);
        }
        const parts = packers.map((packer) => packer.finish());
        const whole = joinParts(parts, digestOfParts(parts.map(({ text }) => text)));
        expect(whole).toEqual({
          lineCount: lines.length,
          digest: sha256Hex(lines.map((line) => `${line}\n`).join('')),
          chunks: whole.chunks,
        });
        expect(unpacked(whole)).toEqual(lines);
      }),
    );
  });

  it('are chunks as those of the whole when the first one ends where a chunk does', () => {
    const lines = Array.from(
      { length: 2 * LINES_PER_CHUNK_MAX + 5 },
      (_, index) => `line ${index}`,
    );
    const whole = new LinePacker();
    const packers = [new PartPacker(), new PartPacker()];
    for (const [key, line] of lines.entries()) {
      whole.add(key, line);
      packers[Number(key >= LINES_PER_CHUNK_MAX)]?.add(key, line);
    }
    const parts = packers.map((packer) => packer.finish());
    const digest = digestOfParts(parts.map(({ text }) => text));
    expect(joinParts(parts, digest)).toEqual(whole.finish());
  });

  it('are not joined when the keys do not rise from one to the next', () => {
    const parts = [5, 5].map((key) => {
      const packer = new PartPacker();
      packer.add(key, 'a line');
      return packer.finish();
    });
    expect(() => joinParts(parts, '')).toThrow(AssertionError);
  });
});
