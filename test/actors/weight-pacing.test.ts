import { beforeEach, describe, expect, it } from 'vitest';
import { RETRIES_MAX, WeightPacing } from '../../src/actors/weight-pacing.ts';
import type { WeightSetState } from '../../src/domain/weight-set.ts';
import { sampleWeightSet } from '../support/weight-set-samples.ts';

const LOST = {
  reason: 'WeightsNotRevealed',
  message: 'not revealed',
  action: { kind: 'retry_now' },
} as const;
const STOP = { reason: 'WRONG', message: 'wrong', action: { kind: 'stop' } } as const;

function set(block: number, state: WeightSetState) {
  return { ...sampleWeightSet(), block, state };
}

describe('the pacing of weight sets', () => {
  let pacing: WeightPacing;

  beforeEach(() => {
    pacing = new WeightPacing();
  });

  it('stops after as many failures in a row as it allows, whatever was committed between them', () => {
    for (let failure = 1; failure < RETRIES_MAX; failure += 1) {
      pacing.taken(set(10 * failure, 'committed'), 10 * failure + 1);
      pacing.failed(LOST, 1);
      expect(pacing.alarm).toBeUndefined();
    }
    pacing.taken(set(100, 'committed'), 101);
    pacing.failed(LOST, 1);
    expect(pacing.alarm).toBe(`${RETRIES_MAX} tries failed in a row: not revealed`);
  });

  it('begins the row anew with a verified set, also one that is older than a commitment', () => {
    for (let failure = 1; failure < RETRIES_MAX; failure += 1) pacing.failed(LOST, 1);
    pacing.taken(set(20, 'committed'), 21);
    pacing.taken(set(10, 'verified'), 11);
    pacing.failed(LOST, 1);
    expect(pacing.alarm).toBeUndefined();
    expect(pacing.lastSetBlock).toBe(20);
  });

  it('stays stopped when a commitment comes in that was under way', () => {
    pacing.failed(STOP, 1);
    pacing.taken(set(10, 'committed'), 11);
    expect(pacing.alarm).toBe('wrong');
    expect(pacing.isDue(1_000, 1)).toBe(false);
    pacing.taken(set(10, 'verified'), 11);
    expect(pacing.alarm).toBeUndefined();
    expect(pacing.isDue(1_000, 1)).toBe(true);
  });

  it('ends the withholding with a commitment', () => {
    pacing.withheld(5, 'the target is a stranger');
    expect(pacing.alarm).toBe('the target is a stranger');
    pacing.taken(set(20, 'committed'), 21);
    expect(pacing.alarm).toBeUndefined();
  });

  it('raises an alarm when failures that are tried again last for a whole interval', () => {
    const later = { ...LOST, action: { kind: 'retry_at_block', block: 500 } } as const;
    pacing.failed({ ...later, message: 'no permit' }, 100);
    pacing.failed(later, 300);
    expect(pacing.alarmAt(459, 360)).toBeUndefined();
    expect(pacing.alarmAt(460, 360)).toBe(
      'the chain has taken no weights since block 100: not revealed',
    );
    pacing.taken(set(470, 'committed'), 471);
    expect(pacing.alarmAt(900, 360)).toBeUndefined();
  });
});
