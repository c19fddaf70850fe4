/**
 * What is worked out of a decision before its rows are written. Each part is taken in bounded steps, because a decision can
 * have more than a hundred thousand pairs.
 */
import { setImmediate } from 'node:timers/promises';
import type { WeightDecision } from '../actors/ports.ts';
import type { Hotkey } from '../domain/ids.ts';
import { weightLine } from '../domain/ledger/pair-lines.ts';
import { assert } from '../lib/assert.ts';
import { inBoundedSteps } from '../lib/bounded-steps.ts';
import { LinesDigest } from '../lib/digest.ts';
import { TextBytes } from '../lib/text-bytes.ts';
import { holdersOf } from './holder-lines.ts';
import { chunkRanges, type PairChunk, pairChunk, pairText } from './pair-chunks.ts';

export interface DecisionLines {
  readonly pairsDigest: string;
  /** Every pair, in the order of the decision; none where its rows are written at once. */
  readonly chunks: readonly PairChunk[];
  readonly weightsDigest: string;
  /** The vector in the form of `weights_json`. */
  readonly weightsJson: string;
  /** The hotkey of the miner at each UID that the decision knew; empty where there is none. */
  readonly hotkeyAt: readonly string[];
}

/** About 10 ms of work, because what waits comes to its turn before the next. */
const CHUNKS_PER_STEP = 16;
const WEIGHTS_PER_STEP = 16_384;
const LINE_BREAK = 0x0a;
const COMMA = 0x2c;

/** @param historyRowsMax rows of the history that are written at once. */
export async function decisionLines(
  decision: WeightDecision,
  historyRowsMax: number,
): Promise<DecisionLines> {
  return {
    ...(await pairLines(decision, historyRowsMax)),
    ...(await weightLines(decision)),
    hotkeyAt: holdersOf(decision.basis.holders),
  };
}

async function pairLines(
  { allocation: { pairs } }: WeightDecision,
  historyRowsMax: number,
): Promise<Pick<DecisionLines, 'pairsDigest' | 'chunks'>> {
  const arePending = pairs.uid.length > historyRowsMax;
  const digest = new LinesDigest();
  const empty = new TextBytes();
  const chunks: PairChunk[] = [];
  for (const [index, range] of chunkRanges(pairs).entries()) {
    if (index > 0 && index % CHUNKS_PER_STEP === 0) await setImmediate();
    const text = pairText(pairs, range, empty);
    digest.addBytes(text);
    if (arePending) chunks.push(pairChunk(pairs, range, text));
  }
  return { pairsDigest: digest.hex(), chunks };
}

async function weightLines({
  set: { vector, hotkeys },
}: WeightDecision): Promise<Pick<DecisionLines, 'weightsDigest' | 'weightsJson'>> {
  assert(hotkeys.length === vector.uids.length, 'every weight has a hotkey');
  const digest = new LinesDigest();
  const text = new TextBytes();
  const parts: string[] = [];
  await inBoundedSteps({ rows: vector.uids.length, rowsPerStep: WEIGHTS_PER_STEP }, (range) => {
    for (let row = range.from; row < range.to; row += 1) {
      const [uid, weight] = [vector.uids[row] as number, vector.weights[row] as number];
      text.add(`${weightLine({ uid, weight, hotkey: hotkeys[row] as Hotkey })}\n`);
    }
    const lines = text.take();
    digest.addBytes(lines);
    parts.push(listed(lines));
  });
  return { weightsDigest: digest.hex(), weightsJson: `[${parts.join(',')}]` };
}

/** Lines of JSON in ASCII as elements of a list. */
function listed(lines: Uint8Array): string {
  const elements = Buffer.from(lines.subarray(0, -1));
  for (
    let at = elements.indexOf(LINE_BREAK);
    at !== -1;
    at = elements.indexOf(LINE_BREAK, at + 1)
  ) {
    elements[at] = COMMA;
  }
  return elements.toString('latin1');
}
