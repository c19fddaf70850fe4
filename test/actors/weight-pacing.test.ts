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
      pacing.failed(LOST);
      expect(pacing.alarm).toBeUndefined();
    }
    pacing.taken(set(100, 'committed'), 101);
    pacing.failed(LOST);
    expect(pacing.alarm).toBe(`${RETRIES_MAX} tries failed in a row: not revealed`);
  });

  it('begins the row anew with a verified set, also one that is older than a commitment', () => {
    for (let failure = 1; failure < RETRIES_MAX; failure += 1) pacing.failed(LOST);
    pacing.taken(set(20, 'committed'), 21);
    pacing.taken(set(10, 'verified'), 11);
    pacing.failed(LOST);
    expect(pacing.alarm).toBeUndefined();
    expect(pacing.lastSetBlock).toBe(20);
  });

  it('stays stopped when a commitment comes in that was under way', () => {
    pacing.failed(STOP);
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
});
