import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  outcomeOf,
  REVEAL_BLOCKS_MAX,
  type ReadBack,
  sameWeights,
  upscaledWeights,
} from '../../src/domain/read-back.ts';
import { INCLUSION_BLOCKS_MAX } from '../../src/domain/schedule.ts';
import { sampleWeightSet } from '../support/weight-set-samples.ts';

describe('the scaling of the chain', () => {
  it.each([
    [[], []],
    [[0], [0]],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [0, 1],
      [0, 65_535],
    ],
    [
      [10, 20],
      [32_768, 65_535],
    ],
    [
      [1, 32_768],
      [2, 65_535],
    ],
    [
      [1, 16_384, 32_769],
      [2, 32_767, 65_535],
    ],
    [
      [1, 65_535],
      [1, 65_535],
    ],
  ])('makes %j into %j', (weights, stored) => {
    expect([...upscaledWeights(Uint16Array.from(weights))]).toEqual(stored);
  });

  it('equals fixed-point arithmetic of 32 fraction bits in big integers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 20 }), (weights) => {
        expect([...upscaledWeights(Uint16Array.from(weights))]).toEqual(fixedPoint(weights));
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing when the largest weight is the largest possible', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65_535 })), (weights) => {
        const full = [...weights, 65_535];
        expect([...upscaledWeights(Uint16Array.from(full))]).toEqual(full);
      }),
    );
  });
});

describe('the comparison with what is stored', () => {
  it('accepts the scaled form and refuses any other weight', () => {
    const intended = vector([2, 10], [3, 20]);
    expect(sameWeights(intended, vector([2, 32_768], [3, 65_535]))).toBe(true);
    expect(sameWeights(intended, vector([2, 32_767], [3, 65_535]))).toBe(false);
    expect(sameWeights(intended, vector([2, 32_768], [4, 65_535]))).toBe(false);
    expect(sameWeights(intended, vector([3, 65_535]))).toBe(false);
    expect(sameWeights(intended, vector([2, 32_768], [3, 65_535], [4, 1]))).toBe(false);
  });

  it('ignores entries of zero on both sides', () => {
    expect(sameWeights(vector([1, 0], [3, 20]), vector([3, 65_535], [9, 0]))).toBe(true);
    expect(sameWeights(vector(), vector([9, 0]))).toBe(true);
  });
});

describe('the outcome of a set that nobody followed', () => {
  const set = sampleWeightSet({ block: 1_000, state: 'submitted' });
  const equal = { uids: set.vector.uids, weights: upscaledWeights(set.vector.weights) };
  const read = (overrides: Partial<ReadBack> = {}): ReadBack => ({
    block: 1_003,
    vector: equal,
    lastUpdateBlock: 1_001,
    hasPendingCommit: false,
    ...overrides,
  });
  const other = vector([7, 65_535]);

  it('is verified when the chain has its weights and took them after the decision', () => {
    expect(outcomeOf(set, read())).toEqual({ kind: 'verified' });
    expect(outcomeOf({ ...set, state: 'committed' }, read())).toEqual({ kind: 'verified' });
  });

  it('waits while the extrinsic may still get into a block, even when older weights are equal', () => {
    const waiting = { kind: 'waiting', isCommitted: false };
    expect(outcomeOf(set, read({ lastUpdateBlock: 900 }))).toEqual(waiting);
    const last = 1_000 + INCLUSION_BLOCKS_MAX;
    expect(outcomeOf(set, read({ lastUpdateBlock: 1_000, block: last }))).toEqual(waiting);
  });

  it('has failed when no block can take it any more', () => {
    const block = 1_001 + INCLUSION_BLOCKS_MAX;
    expect(outcomeOf(set, read({ lastUpdateBlock: 900, block }))).toMatchObject({
      kind: 'failed',
      failure: { reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN', action: { kind: 'retry_now' } },
    });
  });

  it('has failed when the chain took others', () => {
    expect(outcomeOf(set, read({ vector: other }))).toMatchObject({
      failure: { reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN' },
    });
  });

  it('waits for the reveal while a commitment is pending', () => {
    const pending = read({ hasPendingCommit: true, vector: other });
    expect(outcomeOf(set, pending)).toEqual({ kind: 'waiting', isCommitted: true });
  });

  it('decides when the time to reveal has passed, although another commitment is pending', () => {
    const overdue = { block: 1_001 + REVEAL_BLOCKS_MAX, hasPendingCommit: true };
    const committed = { ...set, state: 'committed' as const };
    expect(outcomeOf(committed, read(overdue))).toEqual({ kind: 'verified' });
    expect(outcomeOf(committed, read({ ...overdue, vector: other }))).toMatchObject({
      kind: 'failed',
      failure: { reason: 'NOT_REVEALED', action: { kind: 'retry_now' } },
    });
  });

  it.each(['committed', 'revealed'] as const)('has failed when a %s set is gone', (state) => {
    expect(outcomeOf({ ...set, state }, read({ vector: other }))).toMatchObject({
      failure: { reason: 'NOT_REVEALED' },
    });
  });
});

function vector(...entries: readonly (readonly [number, number])[]) {
  return {
    uids: Uint16Array.from(entries, ([uid]) => uid),
    weights: Uint16Array.from(entries, ([, weight]) => weight),
  };
}

/** The chain's own steps: `I32F32`, division cut off, `round` half up. */
function fixedPoint(weights: readonly number[]): number[] {
  const largest = BigInt(Math.max(0, ...weights));
  if (largest === 0n) return [...weights];
  const one = 1n << 32n;
  const round = (fixed: bigint) => Number((fixed + one / 2n) >> 32n);
  return weights.map((weight) =>
    largest > 32_768n
      ? round(BigInt(weight) * ((65_535n * one) / largest))
      : round((BigInt(weight) * 65_535n * one) / largest),
  );
}
