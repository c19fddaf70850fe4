import { describe, expect, it } from 'vitest';
import {
  isAhead,
  isCommitted,
  isOver,
  isTaken,
  WEIGHT_SET_STATES,
} from '../../src/domain/weight-set-state.ts';

const BEFORE_THE_END = WEIGHT_SET_STATES.slice(0, 6);

describe('the state of a weight set', () => {
  it('is over once it is verified, failed or lost', () => {
    expect(WEIGHT_SET_STATES.filter(isOver)).toEqual(['verified', 'failed', 'lost']);
  });

  it('is taken from finality on, unless it failed or was lost', () => {
    expect(WEIGHT_SET_STATES.filter(isTaken)).toEqual([
      'finalized',
      'committed',
      'revealed',
      'verified',
    ]);
  });

  it('is committed until the outcome is known', () => {
    expect(WEIGHT_SET_STATES.filter(isCommitted)).toEqual(['committed', 'revealed']);
  });

  it.each(BEFORE_THE_END)(
    '%s is behind all later states and ahead of all earlier ones',
    (state) => {
      const at = WEIGHT_SET_STATES.indexOf(state);
      expect(WEIGHT_SET_STATES.filter((other) => isAhead(other, state))).toEqual(
        WEIGHT_SET_STATES.slice(at + 1),
      );
      expect(BEFORE_THE_END.filter((other) => isAhead(state, other))).toEqual(
        BEFORE_THE_END.slice(0, at),
      );
    },
  );

  it.each(['verified', 'failed', 'lost'] as const)('%s is followed by nothing', (end) => {
    expect(WEIGHT_SET_STATES.filter((state) => isAhead(state, end))).toEqual([]);
  });
});
