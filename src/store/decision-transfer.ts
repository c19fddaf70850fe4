/**
 * What crosses to the thread that writes. Cloning 65,536 hotkeys one by one would hold the event loop, so they go over as one
 * text; the columns are copied as memory. A change of state crosses without what only the decision needs.
 */
import type { WeightDecision } from '../actors/ports.ts';
import type { Hotkey } from '../domain/ids.ts';
import type { WeightSet } from '../domain/weight-set.ts';

/** A decision with the hotkeys of its set as lines. */
export interface TransferredDecision extends Omit<WeightDecision, 'set'> {
  readonly set: Omit<WeightSet, 'hotkeys'>;
  readonly hotkeyLines: string;
}

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

export function toTransferred({ set, ...decision }: WeightDecision): TransferredDecision {
  const { hotkeys, ...columns } = set;
  return { ...decision, set: columns, hotkeyLines: hotkeys.join('\n') };
}

export function fromTransferred({ hotkeyLines, ...decision }: TransferredDecision): WeightDecision {
  const hotkeys = hotkeyLines === '' ? [] : (hotkeyLines.split('\n') as Hotkey[]);
  return { ...decision, set: { ...decision.set, hotkeys } };
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
