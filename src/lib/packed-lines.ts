/** Many lines of text as a few compressed chunks and one digest over all of them. */
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { assert } from './assert.ts';
import { sharedBytes } from './shared-bytes.ts';
import { TextBytes } from './text-bytes.ts';

/** Neighbouring lines, compressed. */
export interface PackedChunk {
  /** Keys of the first and the last line. */
  readonly firstKey: number;
  readonly lastKey: number;
  readonly lineCount: number;
  /** The lines, each with its line break, in UTF-8 under raw DEFLATE; in memory that every thread can read. */
  readonly content: Uint8Array;
}

/** Lines by rising key. */
export interface PackedLines {
  readonly lineCount: number;
  /** SHA-256 of all lines, each with its line break, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  readonly chunks: readonly PackedChunk[];
}

/** Lines to a chunk: one of them must be quick to read. */
export const LINES_PER_CHUNK_MAX = 1_024;

/** Characters that end a chunk: what is packed can always be unpacked, unless one line alone is beyond the limit. */
export const CHUNK_CHARACTERS = 4 * 1_024 * 1_024;

/** The most that a chunk may hold when it is unpacked. */
export const CHUNK_BYTES_MAX = 64 * 1_024 * 1_024;

const QUICK = { level: 1 };

/** Packs lines as they come; keys rise, and no line has a line break. */
export class LinePacker {
  readonly #hash = createHash('sha256');
  readonly #chunks = new ChunkPacker((bytes) => this.#hash.update(bytes));

  add(key: number, line: string): void {
    this.#chunks.add(key, line);
  }

  /** Everything that was added; nothing may be added afterwards. */
  finish(): PackedLines {
    return { ...this.#chunks.finish(), digest: this.#hash.digest('hex') };
  }
}

/** Some of the lines, still without a digest: that is taken of all of them. */
export interface PackedPart extends Omit<PackedLines, 'digest'> {
  /** The lines, each with its line break, in UTF-8, in memory that every thread can read. */
  readonly text: Uint8Array<SharedArrayBuffer>;
}

/** Packs a part of the lines. */
export class PartPacker {
  readonly #texts: Uint8Array[] = [];
  readonly #chunks = new ChunkPacker((bytes) => this.#texts.push(bytes));

  add(key: number, line: string): void {
    this.#chunks.add(key, line);
  }

  /** Everything that was added; nothing may be added afterwards. */
  finish(): PackedPart {
    // The last chunk is closed before the text is taken.
    const chunks = this.#chunks.finish();
    return { ...chunks, text: sharedBytes(this.#texts) };
  }
}

/** The digest of all lines, from the text of each part. */
export function digestOfParts(texts: readonly PackedPart['text'][]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  return hash.digest('hex');
}

/** Parts as one, with the digest of all; keys rise from part to part. */
export function joinParts(parts: readonly Omit<PackedPart, 'text'>[], digest: string): PackedLines {
  const chunks = parts.flatMap((part) => part.chunks);
  for (const [index, { firstKey }] of chunks.entries()) {
    const lastKey = chunks[index - 1]?.lastKey ?? Number.NEGATIVE_INFINITY;
    assert(firstKey > lastKey, 'the keys of packed lines rise');
  }
  return { lineCount: parts.reduce((sum, { lineCount }) => sum + lineCount, 0), digest, chunks };
}

class ChunkPacker {
  readonly #use: (bytes: Uint8Array) => void;
  readonly #chunks: PackedChunk[] = [];
  readonly #text = new TextBytes();
  /** Of the chunk that is not closed yet. */
  #lines = 0;
  #characters = 0;
  #firstKey = 0;
  #lastKey = Number.NEGATIVE_INFINITY;
  #lineCount = 0;

  /** @param use is given the lines of each chunk, in UTF-8. */
  constructor(use: (bytes: Uint8Array) => void) {
    this.#use = use;
  }

  add(key: number, line: string): void {
    assert(key > this.#lastKey, 'the keys of packed lines rise');
    if (this.#lines === 0) this.#firstKey = key;
    this.#lastKey = key;
    this.#text.add(line);
    this.#text.add('\n');
    this.#lines += 1;
    this.#characters += line.length + 1;
    const isFull = this.#lines === LINES_PER_CHUNK_MAX || this.#characters >= CHUNK_CHARACTERS;
    if (isFull) this.#close();
  }

  finish(): Omit<PackedLines, 'digest'> {
    if (this.#lines > 0) this.#close();
    return { lineCount: this.#lineCount, chunks: this.#chunks };
  }

  #close(): void {
    const bytes = this.#text.take();
    this.#use(bytes);
    this.#chunks.push({
      firstKey: this.#firstKey,
      lastKey: this.#lastKey,
      lineCount: this.#lines,
      content: sharedBytes([packText(bytes)]),
    });
    this.#lineCount += this.#lines;
    this.#lines = 0;
    this.#characters = 0;
  }
}

/** Lines in UTF-8, each with its line break, as `unpackLines` takes them. */
export function packText(lines: Uint8Array): Uint8Array {
  return deflateRawSync(lines, QUICK);
}

/**
 * The lines of a chunk, without their line breaks.
 *
 * @throws Error when the bytes are not compressed lines, or too many.
 */
export function unpackLines(content: Uint8Array): readonly string[] {
  const text = inflated(content).toString();
  if (!text.endsWith('\n')) throw new Error('the last of the packed lines does not end');
  return text.slice(0, -1).split('\n');
}

function inflated(content: Uint8Array): Buffer {
  try {
    return inflateRawSync(content, { maxOutputLength: CHUNK_BYTES_MAX });
  } catch (cause) {
    const reason = cause instanceof RangeError ? 'too large' : 'damaged';
    throw new Error(`the packed lines are ${reason}`, { cause });
  }
}
