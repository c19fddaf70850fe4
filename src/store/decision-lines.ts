/**
 * What is worked out of a decision before its rows are written. Each part is taken in bounded steps, because a decision can
 * have more than a hundred thousand pairs.
 */
import type { WeightDecision } from '../actors/ports.ts';
import { CATALOGUE } from '../domain/gpu/catalogue.ts';
import { pairAt, pairLine, weightLine } from '../domain/ledger/pair-lines.ts';
import { assert, present } from '../lib/assert.ts';
import { LinesDigest } from '../lib/digest.ts';
import { unpackLines } from '../lib/packed-lines.ts';
import { inBoundedSteps, type RowRange } from './bounded-steps.ts';

export interface DecisionLines {
  readonly pairsDigest: string;
  readonly weightsDigest: string;
  /** The vector in the form of `weights_json`. */
  readonly weightsJson: string;
  /** The hotkey of the miner at each UID that the decision knew. */
  readonly holders: ReadonlyMap<number, string>;
}

/** UID and hotkey, with which every line of a miner begins. */
const HOLDER = /^\[(\d+),"([^"\\]+)",/;

export async function decisionLines(
  decision: WeightDecision,
  rowsPerStep: number,
): Promise<DecisionLines> {
  return {
    pairsDigest: await pairsDigest(decision, rowsPerStep),
    ...(await weightLines(decision, rowsPerStep)),
    holders: await holders(decision),
  };
}

async function pairsDigest(
  { allocation: { pairs } }: WeightDecision,
  rowsPerStep: number,
): Promise<string> {
  const digest = new LinesDigest();
  await inBoundedSteps({ rows: pairs.uid.length, rowsPerStep }, (range) =>
    digest.add(linesOf(range, (row) => pairLine(pairAt(pairs, row, CATALOGUE)))),
  );
  return digest.hex();
}

async function weightLines(
  { set: { vector, hotkeys } }: WeightDecision,
  rowsPerStep: number,
): Promise<Pick<DecisionLines, 'weightsDigest' | 'weightsJson'>> {
  assert(hotkeys.length === vector.uids.length, 'every weight has a hotkey');
  const digest = new LinesDigest();
  const parts: string[] = [];
  await inBoundedSteps({ rows: vector.uids.length, rowsPerStep }, (range) => {
    const lines = linesOf(range, (row) =>
      weightLine({
        uid: vector.uids[row] as number,
        weight: vector.weights[row] as number,
        hotkey: present(hotkeys[row], 'every weight has a hotkey'),
      }),
    );
    digest.add(lines);
    parts.push(lines.join(','));
  });
  return { weightsDigest: digest.hex(), weightsJson: `[${parts.join(',')}]` };
}

async function holders({ basis: { input } }: WeightDecision): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  await inBoundedSteps({ rows: input.chunks.length, rowsPerStep: 1 }, ({ from }) => {
    for (const line of unpackLines(present(input.chunks[from], 'a chunk of the input').content)) {
      const [, uid, holder] = present(HOLDER.exec(line), 'a miner line begins with UID and hotkey');
      found.set(Number(uid), present(holder, 'a miner line has a hotkey'));
    }
  });
  return found;
}

function linesOf({ from, to }: RowRange, line: (row: number) => string): readonly string[] {
  return Array.from({ length: to - from }, (_, index) => line(from + index));
}
