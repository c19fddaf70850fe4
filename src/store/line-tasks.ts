/** What the threads of a weight set are given of a large decision, to write down parts of its lines. */
import type { PairColumns } from '../domain/allocation.ts';
import type { RowRange } from '../lib/bounded-steps.ts';
import { sharedBytes } from '../lib/shared-bytes.ts';
import { pairChunks, type WeightLines, weightLines } from './decision-lines.ts';
import { hotkeysOfLines, type TransferredDecision } from './decision-transfer.ts';
import { chunkRanges, type PairChunk } from './pair-chunks.ts';

/** Chunks of pairs to write down. */
export interface PairLinesTask {
  readonly pairs: PairColumns;
  readonly ranges: readonly RowRange[];
}

/** Chunks of pairs that follow each other. */
export interface PairLines {
  readonly chunks: readonly PairChunk[];
  /** Their lines, each with its line break, in memory that every thread can read. */
  readonly text: Uint8Array<SharedArrayBuffer>;
}

/** A vector to write down. */
export interface WeightLinesTask extends Pick<TransferredDecision, 'hotkeyLines'> {
  readonly vector: TransferredDecision['set']['vector'];
}

/** Pairs that must have a holder. */
export interface HeldTask {
  readonly uids: Int32Array;
  readonly holders: readonly Uint8Array[];
}

export async function linesOfPairs({ pairs, ranges }: PairLinesTask): Promise<PairLines> {
  const texts: Uint8Array[] = [];
  const chunks = await pairChunks(pairs, ranges, (text) => texts.push(text));
  return { chunks, text: sharedBytes(texts) };
}

export function linesOfVector({ vector, hotkeyLines }: WeightLinesTask): Promise<WeightLines> {
  return weightLines({ vector, hotkeys: hotkeysOfLines(hotkeyLines) });
}

/** Writes down the lines of a decision that gives nothing to these UIDs, for nobody. */
export async function rehearseLines(uid: Int32Array): Promise<void> {
  // As they come from another thread: V8 tells apart where an object was made.
  const { pairs, vector, hotkeyLines } = structuredClone(madeUpDecision(uid));
  await linesOfPairs({ pairs, ranges: chunkRanges(pairs) });
  await linesOfVector({ vector, hotkeyLines });
}

function madeUpDecision(uid: Int32Array) {
  const pairs: PairColumns = {
    uid,
    category: new Uint16Array(uid.length),
    reason: new Uint8Array(uid.length),
    gpuCount: uid,
    scoreMicros: uid,
    basis: new Float64Array(uid.length),
    weight: new Float64Array(uid.length),
  };
  return {
    pairs,
    vector: { uids: Uint16Array.from(uid), weights: Uint16Array.from(uid) },
    hotkeyLines: sharedBytes([Buffer.from('\n'.repeat(uid.length))]),
  };
}
