import { describe, expect, it } from 'vitest';
import { RECENT_SETS_MAX, RecentSets } from '../../src/actors/recent-sets.ts';
import { upscaledWeights } from '../../src/domain/read-back.ts';
import type { Commitment, WeightSet } from '../../src/domain/weight-set.ts';
import { sampleWeightSet } from '../support/weight-set-samples.ts';

const set = sampleWeightSet({ block: 1_000, state: 'committed' });
const { uids, weights } = set.vector;
const read = {
  block: 1_200,
  vector: { uids, weights: upscaledWeights(weights) },
  lastUpdateBlock: 1_101,
  pendingCommitments: [] as readonly string[],
};
const commitment: Commitment = {
  ciphertext: Uint8Array.of(1),
  digest: `0x${'11'.repeat(32)}`,
  revealRound: 1,
  revealBlock: 1_300,
  version: 4,
};
const newer: WeightSet = {
  ...set,
  block: 1_100,
  extrinsic: {
    call: 'commit_timelocked_weights',
    vector: set.vector,
    isClipped: false,
    lastBlock: 1_110,
    commitment,
  },
};

describe('the recent sets', () => {
  it('tell that a newer one is stored', () => {
    const recent = new RecentSets();
    recent.note(newer);
    expect(recent.isSuperseded(set, read)).toBe(true);
    expect(recent.isSuperseded(newer, read)).toBe(false);
  });

  it('do not take an older or an equal vector for that of a newer set', () => {
    const recent = new RecentSets();
    recent.note(newer);
    const pending = { ...read, pendingCommitments: [commitment.digest] };
    expect(recent.isSuperseded(set, pending)).toBe(false);
    expect(recent.isSuperseded(set, { ...read, lastUpdateBlock: 1_100 })).toBe(false);
  });

  it('know a set as it was last', () => {
    const recent = new RecentSets();
    recent.note({ ...newer, vector: { uids, weights: weights.map(() => 1) } });
    recent.note(newer);
    expect(recent.isSuperseded(set, read)).toBe(true);
  });

  it('forget the oldest beyond their number', () => {
    const recent = new RecentSets();
    recent.note({ ...set, block: 1_001 });
    for (let count = 1; count < RECENT_SETS_MAX; count += 1) {
      recent.note({ ...newer, block: 1_101 + count });
    }
    expect(recent.isSuperseded(set, { ...read, block: 1_200 })).toBe(true);
    recent.note({ ...newer, block: 1_150 });
    expect(recent.isSuperseded(set, read)).toBe(false);
  });
});
