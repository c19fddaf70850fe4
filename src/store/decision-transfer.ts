/**
 * What crosses to the thread that writes. Cloning 65,536 hotkeys one by one would hold the event loop, so they go over as
 * text. Of a large decision nearly all is in memory that every thread can read: copying as much into fresh memory costs more
 * than anything else here. A change of state crosses without what only the decision needs.
 */
import type { WeightDecision } from '../actors/ports.ts';
import type { Hotkey } from '../domain/ids.ts';
import type { WeightSet, WeightSetOutline } from '../domain/weight-set.ts';
import { inBoundedSteps } from '../lib/bounded-steps.ts';
import { sharedBytes } from '../lib/shared-bytes.ts';
import { TextBytes } from '../lib/text-bytes.ts';
import { linesOf } from './holder-lines.ts';

/** A decision but for what its lines have. */
export interface OutlinedDecision extends Omit<WeightDecision, 'set'> {
  readonly set: WeightSetOutline;
}

/** A decision with the hotkeys of its set as lines, in memory that every thread can read. */
export interface TransferredDecision extends OutlinedDecision {
  readonly hotkeyLines: Uint8Array;
}

/** They take one to three milliseconds. */
const HOTKEYS_PER_STEP = 4_096;

/** What a change of state stores of a set. */
export type WeightSetChange = Pick<
  WeightSet,
  | 'netuid'
  | 'mecid'
  | 'block'
  | 'state'
  | 'updatedAtMs'
  | 'extrinsicHash'
  | 'extrinsic'
  | 'failure'
  | 'phasesMs'
>;

export async function toTransferred({
  set,
  ...decision
}: WeightDecision): Promise<TransferredDecision> {
  const { hotkeys, ...columns } = set;
  const parts: Uint8Array[] = [];
  const text = new TextBytes();
  const steps = { rows: hotkeys.length, rowsPerStep: HOTKEYS_PER_STEP };
  await inBoundedSteps(steps, ({ from, to }) => {
    for (let row = from; row < to; row += 1) text.add(`${hotkeys[row]}\n`);
    parts.push(text.take());
  });
  return { ...decision, set: columns, hotkeyLines: sharedBytes(parts) };
}

export function fromTransferred({ hotkeyLines, ...decision }: TransferredDecision): WeightDecision {
  return { ...decision, set: { ...decision.set, hotkeys: hotkeysOfLines(hotkeyLines) } };
}

export function hotkeysOfLines(hotkeyLines: Uint8Array): readonly Hotkey[] {
  return linesOf(Buffer.from(hotkeyLines)) as Hotkey[];
}

export function changeOf(set: WeightSetChange): WeightSetChange {
  const { netuid, mecid, block, state, updatedAtMs, phasesMs } = set;
  const { extrinsicHash, extrinsic, failure } = set;
  return {
    ...{ netuid, mecid, block, state, updatedAtMs, phasesMs },
    ...(extrinsicHash === undefined ? {} : { extrinsicHash }),
    ...(extrinsic === undefined ? {} : { extrinsic }),
    ...(failure === undefined ? {} : { failure }),
  };
}
