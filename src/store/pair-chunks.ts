/** The pairs of a decision as the lines that its digest is taken of, a bounded number of neighbours at a time. */
import { NO_CATEGORY, type PairColumns } from '../domain/allocation.ts';
import { CATALOGUE } from '../domain/gpu/catalogue.ts';
import { pairLinesText } from '../domain/ledger/pair-lines.ts';
import { present } from '../lib/assert.ts';
import type { RowRange } from '../lib/bounded-steps.ts';
import { packText } from '../lib/packed-lines.ts';
import { sharedBytes } from '../lib/shared-bytes.ts';
import type { TextBytes } from '../lib/text-bytes.ts';
import { NO_CATEGORY_TEXT } from './history-rows.ts';

/** Neighbouring pairs of one category, by rising UID. */
export interface PairChunk {
  /** The place of the first one in the decision. */
  readonly firstPair: number;
  /** As `gpu_category` of the history has it. */
  readonly category: string;
  readonly firstUid: number;
  readonly lastUid: number;
  readonly lineCount: number;
  /** The pairs' lines, as `unpackLines` takes them, in memory that every thread can read. */
  readonly lines: Uint8Array;
}

/** One of them is read to find one pair, and written to the history in one short transaction. */
const PAIRS_PER_CHUNK_MAX = 1_024;
/** Lines that are one string for a moment. */
const LINES_PER_TEXT = 64;

/** Which pairs make a chunk, in the order of the decision: by category, and by rising UID within. */
export function chunkRanges({ category }: Pick<PairColumns, 'category'>): readonly RowRange[] {
  const ranges: RowRange[] = [];
  let from = 0;
  for (let to = 1; to <= category.length; to += 1) {
    const isFull = to - from === PAIRS_PER_CHUNK_MAX;
    if (!isFull && category[to] === category[from]) continue;
    ranges.push({ from, to });
    from = to;
  }
  return ranges;
}

/** The lines of a chunk, each with its line break, in UTF-8. @param text empty, and empty again afterwards. */
export function pairText(pairs: PairColumns, { from, to }: RowRange, text: TextBytes): Uint8Array {
  for (let row = from; row < to; row += LINES_PER_TEXT) {
    const range = { from: row, to: Math.min(to, row + LINES_PER_TEXT) };
    text.add(pairLinesText(pairs, range, CATALOGUE));
  }
  return text.take();
}

/** @param text its lines. */
export function pairChunk(pairs: PairColumns, { from, to }: RowRange, text: Uint8Array): PairChunk {
  const index = pairs.category[from] as number;
  return {
    firstPair: from,
    category:
      index === NO_CATEGORY
        ? NO_CATEGORY_TEXT
        : present(CATALOGUE[index], 'every category is in the catalogue'),
    firstUid: pairs.uid[from] as number,
    lastUid: pairs.uid[to - 1] as number,
    lineCount: to - from,
    lines: sharedBytes([packText(text)]),
  };
}
