/** What is worked out of a decision before its rows are written: of a large one by threads (see `threaded-lines.ts`). */
import { setImmediate } from 'node:timers/promises';
import type { WeightDecision } from '../actors/ports.ts';
import type { PairColumns } from '../domain/allocation.ts';
import type { Hotkey } from '../domain/ids.ts';
import { weightLine } from '../domain/ledger/pair-lines.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { assert } from '../lib/assert.ts';
import { inBoundedSteps, type RowRange } from '../lib/bounded-steps.ts';
import { LinesDigest } from '../lib/digest.ts';
import { sharedBytes } from '../lib/shared-bytes.ts';
import { TextBytes } from '../lib/text-bytes.ts';
import { assertHeld, holdersOf } from './holder-lines.ts';
import { chunkRanges, type PairChunk, pairChunk, pairText } from './pair-chunks.ts';

export interface DecisionLines extends WeightLines {
  readonly pairsDigest: string;
  /** Every pair, in the order of the decision; none where its rows are written at once. */
  readonly chunks: readonly PairChunk[];
  /** The hotkey of the miner at each UID that the decision knew, empty where there is none; no list at all where there are chunks. */
  readonly hotkeyAt: readonly string[];
}

export interface WeightLines {
  readonly weightsDigest: string;
  /** The vector in the form of `weights_json`, in ASCII, in memory that every thread can read. */
  readonly weightsText: Uint8Array;
}

/** Rows of the history that the transaction of a decision writes at most: they take about 20 ms, so long reports wait. */
export const HISTORY_ROWS_MAX = 4_000;
/** About 10 ms of work, because what waits comes to its turn before the next. */
const CHUNKS_PER_STEP = 16;
const WEIGHTS_PER_STEP = 4_096;
const LINE_BREAK = 0x0a;
const COMMA = 0x2c;
const [OPENING, CLOSING] = [Buffer.from('['), Buffer.from(']')];
const NOTHING = new Uint8Array();

/** @param historyRowsMax rows of the history that are written at once. */
export async function decisionLines(
  { allocation: { pairs }, set, basis: { holders } }: WeightDecision,
  historyRowsMax: number,
): Promise<DecisionLines> {
  const weights = await weightLines(set);
  const digest = new LinesDigest();
  if (pairs.uid.length <= historyRowsMax) {
    digest.addBytes(pairText(pairs, { from: 0, to: pairs.uid.length }, new TextBytes()));
    return { ...weights, pairsDigest: digest.hex(), chunks: [], hotkeyAt: holdersOf(holders) };
  }
  assertHeld(pairs.uid, holders);
  const chunks = await pairChunks(pairs, chunkRanges(pairs), (text) => digest.addBytes(text));
  return { ...weights, pairsDigest: digest.hex(), chunks, hotkeyAt: [] };
}

/**
 * @param ranges of chunks that follow each other.
 * @param use is given the lines of each chunk, each with its line break.
 */
export async function pairChunks(
  pairs: PairColumns,
  ranges: readonly RowRange[],
  use: (text: Uint8Array) => void,
): Promise<readonly PairChunk[]> {
  const empty = new TextBytes();
  const chunks: PairChunk[] = [];
  for (const [index, range] of ranges.entries()) {
    if (index > 0 && index % CHUNKS_PER_STEP === 0) await setImmediate();
    const text = pairText(pairs, range, empty);
    use(text);
    chunks.push(pairChunk(pairs, range, text));
  }
  return chunks;
}

export async function weightLines({
  vector,
  hotkeys,
}: Pick<WeightSet, 'vector' | 'hotkeys'>): Promise<WeightLines> {
  assert(hotkeys.length === vector.uids.length, 'every weight has a hotkey');
  const digest = new LinesDigest();
  const text = new TextBytes();
  const parts: Uint8Array[] = [];
  await inBoundedSteps({ rows: vector.uids.length, rowsPerStep: WEIGHTS_PER_STEP }, (range) => {
    for (let row = range.from; row < range.to; row += 1) {
      const [uid, weight] = [vector.uids[row] as number, vector.weights[row] as number];
      text.add(`${weightLine({ uid, weight, hotkey: hotkeys[row] as Hotkey })}\n`);
    }
    const lines = text.take();
    digest.addBytes(lines);
    makeElements(lines);
    parts.push(lines);
  });
  const last = parts.pop()?.subarray(0, -1) ?? NOTHING;
  return {
    weightsDigest: digest.hex(),
    weightsText: sharedBytes([OPENING, ...parts, last, CLOSING]),
  };
}

/** Turns lines of JSON into elements of a list, a comma behind each, where they are. */
function makeElements(lines: Uint8Array): void {
  let at = lines.indexOf(LINE_BREAK);
  while (at !== -1) {
    lines[at] = COMMA;
    at = lines.indexOf(LINE_BREAK, at + 1);
  }
}
