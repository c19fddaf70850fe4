/**
 * What is worked out of a decision before its rows are written. Each part is taken in bounded steps, because a decision can
 * have more than a hundred thousand pairs.
 */
import type { WeightDecision } from '../actors/ports.ts';
import { CATALOGUE } from '../domain/gpu/catalogue.ts';
import type { Hotkey } from '../domain/ids.ts';
import { pairLinesText, weightLine } from '../domain/ledger/pair-lines.ts';
import { assert } from '../lib/assert.ts';
import { LinesDigest } from '../lib/digest.ts';
import { inBoundedSteps } from './bounded-steps.ts';

export interface DecisionLines {
  readonly pairsDigest: string;
  readonly weightsDigest: string;
  /** The vector in the form of `weights_json`. */
  readonly weightsJson: string;
  /** The hotkey of the miner at each UID that the decision knew. */
  readonly holders: ReadonlyMap<number, string>;
}

/** Lines of one step: 10 to 15 ms, because what waits comes to its turn before the next. */
const LINES_PER_STEP = 16_384;

export async function decisionLines(decision: WeightDecision): Promise<DecisionLines> {
  return {
    pairsDigest: await pairsDigest(decision),
    ...(await weightLines(decision)),
    holders: holders(decision),
  };
}

async function pairsDigest({ allocation: { pairs } }: WeightDecision): Promise<string> {
  const digest = new LinesDigest();
  await inBoundedSteps({ rows: pairs.uid.length, rowsPerStep: LINES_PER_STEP }, (range) =>
    digest.addText(pairLinesText(pairs, range, CATALOGUE)),
  );
  return digest.hex();
}

async function weightLines({
  set: { vector, hotkeys },
}: WeightDecision): Promise<Pick<DecisionLines, 'weightsDigest' | 'weightsJson'>> {
  assert(hotkeys.length === vector.uids.length, 'every weight has a hotkey');
  const digest = new LinesDigest();
  const parts: string[] = [];
  await inBoundedSteps({ rows: vector.uids.length, rowsPerStep: LINES_PER_STEP }, (range) => {
    let text = '';
    for (let row = range.from; row < range.to; row += 1) {
      const [uid, weight] = [vector.uids[row] as number, vector.weights[row] as number];
      text += `${weightLine({ uid, weight, hotkey: hotkeys[row] as Hotkey })}\n`;
    }
    digest.addText(text);
    parts.push(text.slice(0, -1).replaceAll('\n', ','));
  });
  return { weightsDigest: digest.hex(), weightsJson: `[${parts.join(',')}]` };
}

function holders({ basis }: WeightDecision): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  if (basis.holders === '') return found;
  for (const line of basis.holders.split('\n')) {
    const space = line.indexOf(' ');
    assert(space > 0, 'every miner has a UID and a hotkey');
    found.set(Number(line.slice(0, space)), line.slice(space + 1));
  }
  return found;
}
