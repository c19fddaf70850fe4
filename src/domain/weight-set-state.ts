import type { WeightSetState } from './weight-set.ts';

/** Every state in the order in which a set passes through them; `failed` and `lost` may follow any before `verified`. */
export const WEIGHT_SET_STATES = [
  'computed',
  'submitted',
  'in_block',
  'finalized',
  'committed',
  'revealed',
  'verified',
  'failed',
  'lost',
] as const satisfies readonly WeightSetState[];

/** Whether `state` comes after `other`. Nothing comes after an end: `failed` does not follow `verified`, nor `lost` `failed`. */
export function isAhead(state: WeightSetState, other: WeightSetState): boolean {
  return !isOver(other) && WEIGHT_SET_STATES.indexOf(state) > WEIGHT_SET_STATES.indexOf(other);
}

/** Whether nothing more happens to the set. */
export function isOver(state: WeightSetState): boolean {
  return state === 'verified' || state === 'failed' || state === 'lost';
}

/** Whether the chain took the set for good: finalized or later, and neither failed nor lost. */
export function isTaken(state: WeightSetState): boolean {
  return state === 'finalized' || isCommitted(state) || state === 'verified';
}

/** Whether the chain has the set's commitment and its outcome is open: the next set need not wait for it. */
export function isCommitted(state: WeightSetState): boolean {
  return state === 'committed' || state === 'revealed';
}
