/** Many lines of text as a few compressed chunks and one digest over all of them. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { assert } from './assert.ts';

/** Neighbouring lines, compressed. */
export interface PackedChunk {
  /** Keys of the first and the last line. */
  readonly firstKey: number;
  readonly lastKey: number;
  readonly lineCount: number;
  /** The lines, each with its line break, in UTF-8 under raw DEFLATE. */
  readonly content: Uint8Array<ArrayBuffer>;
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
  readonly #chunks: PackedChunk[] = [];
  #lines: string[] = [];
  #characters = 0;
  #firstKey = 0;
  #lastKey = Number.NEGATIVE_INFINITY;
  #lineCount = 0;

  add(key: number, line: string): void {
    assert(key > this.#lastKey, 'the keys of packed lines rise');
    if (this.#lines.length === 0) this.#firstKey = key;
    this.#lastKey = key;
    this.#lines.push(line);
    this.#characters += line.length + 1;
    const isFull =
      this.#lines.length === LINES_PER_CHUNK_MAX || this.#characters >= CHUNK_CHARACTERS;
    if (isFull) this.#close();
  }

  /** Everything that was added; nothing may be added afterwards. */
  finish(): PackedLines {
    if (this.#lines.length > 0) this.#close();
    return {
      lineCount: this.#lineCount,
      digest: this.#hash.digest('hex'),
      chunks: this.#chunks,
    };
  }

  #close(): void {
    const bytes = Buffer.from(`${this.#lines.join('\n')}\n`);
    this.#hash.update(bytes);
    this.#chunks.push({
      firstKey: this.#firstKey,
      lastKey: this.#lastKey,
      lineCount: this.#lines.length,
      content: Uint8Array.from(deflateRawSync(bytes, QUICK)),
    });
    this.#lineCount += this.#lines.length;
    this.#lines = [];
    this.#characters = 0;
  }
}

/**
 * Packed lines one after the other, with the digest of all; between two chunks whatever else waits has its turn. Their keys
 * rise from part to part.
 */
export async function joinPacked(parts: readonly PackedLines[]): Promise<PackedLines> {
  const chunks = parts.flatMap((part) => part.chunks);
  const hash = createHash('sha256');
  let lineCount = 0;
  let lastKey = Number.NEGATIVE_INFINITY;
  for (const chunk of chunks) {
    assert(chunk.firstKey > lastKey, 'the keys of packed lines rise');
    hash.update(inflated(chunk.content));
    lineCount += chunk.lineCount;
    lastKey = chunk.lastKey;
    await setImmediate();
  }
  return { lineCount, digest: hash.digest('hex'), chunks };
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
