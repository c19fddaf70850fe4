import { describe, expect, it } from 'vitest';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import { REMOVAL_TIME_MS, TESTED_DATABASES } from '../support/temporary-database.ts';
import {
  sampleCommitment,
  sampleDecision,
  sampleExtrinsic,
  sampleWeightSet,
} from '../support/weight-set-samples.ts';

const LATER = { decidedBeforeMs: REMOVAL_TIME_MS, nowMs: REMOVAL_TIME_MS };

describe.each(TESTED_DATABASES)('what was signed for a weight set in $name', ({ open }) => {
  const signed = (changes: Partial<WeightSet> = {}) =>
    sampleWeightSet({
      state: 'submitted',
      extrinsicHash: `0x${'cd'.repeat(32)}`,
      extrinsic: sampleExtrinsic({ commitment: sampleCommitment() }),
      updatedAtMs: SAMPLE_TIME_MS + 500,
      ...changes,
    });

  it.each([
    ['weights', sampleExtrinsic()],
    ['a commitment', sampleExtrinsic({ isClipped: false, commitment: sampleCommitment() })],
  ])('comes back as it was, with every reading of the set: %s', async (_, extrinsic) => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleDecision());
    await weightSets.record(sampleDecision({ block: 720 }));
    for (const state of ['computed', 'finalized'] as const) {
      const set = signed({ block: 720, state, extrinsic });
      await weightSets.update(set);
      expect(await weightSets.at(720)).toEqual(set);
      expect(await weightSets.latest()).toEqual(set);
      expect(await weightSets.unfinished()).toEqual([sampleWeightSet(), set]);
    }
    expect((await weightSets.latestTaken())?.extrinsic).toEqual(extrinsic);
    expect(await rows('signed_extrinsics')).toMatchObject([
      { weights_json: '[[0,250],[3,0],[7,500],[9,250]]', signed_time: '2026-01-01T12:00:00.500Z' },
    ]);
  });

  it('comes back with a vector of every UID', async () => {
    const { weightSets } = await open();
    await weightSets.record(sampleDecision());
    const uids = Uint16Array.from({ length: 65_536 }, (_, uid) => uid);
    const vector = { uids, weights: uids.map((uid) => 65_535 - uid) };
    await weightSets.update(signed({ extrinsic: sampleExtrinsic({ vector }) }));
    expect((await weightSets.at(360))?.extrinsic?.vector).toEqual(vector);
  });

  it('stays as it was first stored, whatever later changes say', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleDecision());
    await weightSets.update(signed());
    const before = await rows('signed_extrinsics');
    const other = sampleExtrinsic({ call: 'other', vector: sampleWeightSet().vector });
    await weightSets.update(signed({ state: 'in_block', extrinsic: other }));
    const { extrinsic: _, ...unsigned } = signed({ state: 'finalized' });
    await weightSets.update(unsigned);
    expect(await rows('signed_extrinsics')).toEqual(before);
    expect(await weightSets.at(360)).toEqual(signed({ state: 'finalized' }));
  });

  it('is stored with the change of state or not at all', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleDecision());
    // A failure without its reason breaks a rule of the other table.
    await expect(weightSets.update(signed({ state: 'failed' }))).rejects.toThrow('valid_failure');
    expect(await rows('signed_extrinsics')).toEqual([]);
    const commitment = { ...sampleCommitment(), digest: '0x5a' };
    const broken = signed({ extrinsic: sampleExtrinsic({ commitment }) });
    await expect(weightSets.update(broken)).rejects.toThrow('valid_commit_digest');
    expect(await weightSets.at(360)).toEqual(sampleWeightSet());
  });

  it.each([
    [{ weights_json: '{}' }, 'weights_json is not a list'],
    [{ weights_json: '[[1,65536]]' }, 'an entry of another form'],
    [{ weights_json: '[[1.5,1]]' }, 'an entry of another form'],
    [{ weights_json: '' }, 'JSON'],
    [{ last_block: 'soon' }, 'last_block is no integer'],
    [{ commit_ciphertext: 'text' }, 'commit_ciphertext is no bytes'],
    [{ reveal_round: 0.5 }, 'reveal_round is no integer'],
    [{ reveal_block: 'x' }, 'reveal_block is no integer'],
    [{ commit_version: 'x' }, 'commit_version is no integer'],
  ])('says which row is damaged: %j', async (damage, message) => {
    const { weightSets, overwrite } = await open();
    await weightSets.record(sampleDecision());
    await weightSets.update(signed());
    await overwrite('signed_extrinsics', damage);
    const failure = weightSets.latest();
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow('the row 360 of signed_extrinsics is damaged');
    await expect(failure).rejects.toMatchObject({ code: 'store_unusable' });
  });

  it('goes with its weight set, and stays with the one that the chain has', async () => {
    const { weightSets, ledgerRemover, rows } = await open();
    for (const [block, state] of [
      [360, 'verified'],
      [720, 'verified'],
      [1_080, 'computed'],
    ] as const) {
      await weightSets.record(sampleDecision({ block }));
      await weightSets.update(signed({ block, state }));
    }
    expect(await rows('signed_extrinsics')).toHaveLength(3);
    expect(await ledgerRemover.deleteOldest(LATER)).toBe(360);
    expect(await rows('signed_extrinsics')).toHaveLength(2);
    expect(await ledgerRemover.deleteOldest(LATER)).toBe(720);
    expect(await rows('signed_extrinsics')).toHaveLength(2);
    expect((await weightSets.latestTaken())?.extrinsic).toEqual(signed().extrinsic);
  });
});
