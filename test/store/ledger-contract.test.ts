import { describe, expect, it } from 'vitest';
import type { WeightDecision } from '../../src/actors/ports.ts';
import { CATALOGUE, type CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { GENESIS_DIGEST } from '../../src/domain/ledger/ledger-entry.ts';
import { minerOfLine } from '../../src/domain/ledger/miner-line.ts';
import { pairAt } from '../../src/domain/ledger/pair-lines.ts';
import { replay } from '../../src/domain/ledger/replay.ts';
import { present } from '../../src/lib/assert.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { unpackLines } from '../../src/lib/packed-lines.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { type Stores, TESTED_DATABASES } from '../support/temporary-database.ts';
import { sampleDecision } from '../support/weight-set-samples.ts';

const MINERS = sampleMiners(60);

describe.each(TESTED_DATABASES)('the ledger in $name', ({ open }) => {
  it('gives a decision back whole, and it replays', async () => {
    const { weightSets, ledger } = await open();
    const decision = await decidedIn({ profiles: MINERS, config: { burnPercentage: 12.5 } });
    await weightSets.record(decision);
    const content = present(await ledger.contentAt(1_000), 'the content');
    expect(content.miners).toEqual(minersOf(decision));
    expect(content.pairs).toEqual(pairsOf(decision));
    expect(content.weights).toEqual(
      Array.from(decision.set.vector.uids, (uid, index) => ({
        uid,
        weight: decision.set.vector.weights[index],
        hotkey: sampleHotkey(uid),
      })),
    );
    expect(replay(content, { digestOf: sha256Hex, previousDigest: GENESIS_DIGEST })).toEqual([]);
  });

  it('keeps what a decision was made from besides the miners', async () => {
    const { weightSets, ledger } = await open();
    const { set, basis, allocation } = await decidedIn({ profiles: MINERS });
    await weightSets.record({ set, basis, allocation });
    expect((await ledger.entryAt(1_000))?.entry).toMatchObject({
      blockHash: set.blockHash,
      metagraphBlock: basis.metagraph.block,
      metagraphHash: basis.metagraph.blockHash,
      neuronCount: basis.metagraph.neuronCount,
      emissionConfigVersion: 1,
      emissionConfigDigest: basis.emissionConfigDigest,
      decidedAtMs: set.decidedAtMs,
      rules: basis.rules,
      policy: basis.policy,
      burn: allocation.burn,
      minerCount: MINERS.length,
      pairCount: allocation.pairs.uid.length,
      inputDigest: basis.input.digest,
    });
  });

  it('attributes weight by category: the rows of a miner sum to its weight', async () => {
    const { weightSets, ledger } = await open();
    const decision = await decidedIn({ profiles: MINERS });
    await weightSets.record(decision);
    const ofThree = await ledger.pairsAt(1_000, minerUid(2));
    expect(ofThree.map(({ category, reason }) => [category, reason])).toEqual([
      ['H100', undefined],
      ['A100', undefined],
      ['RTX4090', undefined],
    ]);
    const { uids, weights } = decision.set.vector;
    for (const [index, uid] of uids.entries()) {
      if (uid === decision.allocation.burn.uid) continue;
      const pairs = await ledger.pairsAt(1_000, minerUid(uid));
      expect(pairs.reduce((sum, { weight }) => sum + weight, 0)).toBe(weights[index]);
    }
  });

  it('knows every miner and pair of a decision by UID, paid or not', async () => {
    const { weightSets, ledger } = await open();
    const decision = await decidedIn({ profiles: MINERS });
    await weightSets.record(decision);
    for (const facts of minersOf(decision)) {
      expect(await ledger.minerAt(1_000, facts.uid)).toEqual(facts);
      expect(await ledger.pairsAt(1_000, facts.uid)).toEqual(
        pairsOf(decision).filter(({ uid }) => uid === facts.uid),
      );
    }
    expect(await ledger.pairsAt(1_000, minerUid(8))).toMatchObject([
      { category: undefined, reason: 'NO_VALID_GPU', weight: 0 },
    ]);
  });

  it('finds a miner in whatever chunk of the input it is', async () => {
    const { weightSets, ledger } = await open();
    // UIDs from 2 on, one missing in the middle and none at the ends.
    const profiles = sampleMiners(2_100).filter(({ miner }) => miner.uid !== 1_500);
    await weightSets.record(await decidedIn({ profiles }));
    for (const uid of [2, 1_025, 1_026, 2_049, 2_050, 2_101]) {
      expect((await ledger.minerAt(1_000, minerUid(uid)))?.hotkey).toBe(sampleHotkey(uid));
    }
    for (const uid of [0, 1, 1_500, 2_102, 65_535]) {
      expect(await ledger.minerAt(1_000, minerUid(uid))).toBeUndefined();
      expect(await ledger.pairsAt(1_000, minerUid(uid))).toEqual([]);
    }
    expect((await ledger.contentAt(1_000))?.miners).toHaveLength(profiles.length);
  });

  it('lists the pairs that only were too few', async () => {
    const { weightSets, ledger } = await open();
    const decision = await decidedIn({ profiles: MINERS, config: { minMinersPerCategory: 100 } });
    await weightSets.record(decision);
    const shut = await ledger.shutPairsAt(1_000, 'H100' as CategoryKey);
    expect(shut).not.toEqual([]);
    expect(shut).toEqual(
      pairsOf(decision).filter(
        ({ category, reason }) => category === 'H100' && reason === 'CATEGORY_BELOW_MIN_MINERS',
      ),
    );
    expect(await ledger.shutPairsAt(1_000, 'L40S' as CategoryKey)).toEqual([]);
    expect(await ledger.shutPairsAt(999, 'H100' as CategoryKey)).toEqual([]);
  });

  it('is empty before the first decision, and where nothing was decided', async () => {
    const { weightSets, ledger } = await open();
    expect(await ledger.entryAt()).toBeUndefined();
    expect(await links(ledger)).toEqual([]);
    expect(await ledger.anchor()).toBeUndefined();
    await weightSets.record(sampleDecision());
    expect(await ledger.entryAt(361)).toBeUndefined();
    expect(await ledger.contentAt(361)).toBeUndefined();
    expect(await ledger.minerAt(361, minerUid(7))).toBeUndefined();
    expect(await ledger.pairsAt(361, minerUid(7))).toEqual([]);
  });

  it('chains each entry to the one before, for each subnet and mechanism on its own', async () => {
    const { weightSets, ledger } = await open();
    for (const [netuid, mecid, block] of [
      [39, 0, 360],
      [39, 1, 100],
      [39, 0, 720],
      [40, 0, 2_000],
      [39, 0, 1_080],
    ] as const) {
      await weightSets.record(sampleDecision({ netuid, mecid, block }));
    }
    const chain = await links(ledger);
    expect(chain.map(({ block }) => block)).toEqual([360, 720, 1_080]);
    expect(chain.map(({ previousDigest }) => previousDigest)).toEqual([
      GENESIS_DIGEST,
      chain[0]?.digest,
      chain[1]?.digest,
    ]);
    for (const { block, digest, previousDigest } of chain) {
      const sealed = present(await ledger.entryAt(block), 'the entry');
      expect(sealed.digest).toBe(digest);
      expect(sha256Hex(sealed.text)).toBe(digest);
      expect(sealed.entry.previousDigest).toBe(previousDigest);
    }
    expect((await ledger.entryAt())?.entry.block).toBe(1_080);
  });

  it('only grows: a block before the newest entry is refused', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleDecision({ block: 720 }));
    await expect(weightSets.record(sampleDecision({ block: 360 }))).rejects.toMatchObject({
      code: 'weight_set_in_progress',
      message: expect.stringContaining('block 720'),
      details: { metadata: { newest_block: '720' } },
    });
    expect(await rows('emission_metrics')).toHaveLength(1);
    expect(await rows('ledger_entries')).toHaveLength(1);
  });

  it('names the table that does not lead to its miners and pairs any more', async () => {
    const { weightSets, ledger, overwrite } = await open();
    await weightSets.record(sampleDecision());
    await overwrite('emission_metrics', { weight_submission_id: null });
    await expect(ledger.contentAt(360)).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('emission_metrics'),
    });
  });

  it.each([
    ['ledger_entries', { entry_json: '{}' }, 'the row 360 of ledger_entries'],
    ['ledger_entries', { entry_json: '' }, 'the row 360 of ledger_entries'],
    ['ledger_inputs', { lines: Buffer.from('x') }, 'the row 1/7 of ledger_inputs'],
    ['weight_submissions', { weights_json: '[[1,1,"x"]]' }, 'the row 360 of weight_submissions'],
    ['weight_allocation_history', { miner_score: 0.123_456_78 }, 'more than six digits'],
    ['weight_allocation_history', { exclusion_reason: 'WHIM' }, 'not a known one'],
    ['weight_allocation_history', { miner_uid: 70_000 }, 'of weight_allocation_history'],
  ])('names the damaged row of %s', async (table, damage, message) => {
    const { weightSets, ledger, overwrite } = await open();
    await weightSets.record(sampleDecision());
    await overwrite(table, damage);
    const failure = ledger.contentAt(360);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({
      code: 'store_unusable',
      details: { metadata: { table } },
    });
  });

  it.each([
    ['weight_allocation_history', { allocated_weight: 1 }],
    ['ledger_entries', { digest: 'ab'.repeat(32) }],
  ])('gives what was changed by hand as it is, for a replay to find: %s', async (table, change) => {
    const { weightSets, ledger, overwrite } = await open();
    await weightSets.record(await decidedIn({ profiles: MINERS }));
    await overwrite(table, change);
    const content = present(await ledger.contentAt(1_000), 'the content');
    const findings = replay(content, { digestOf: sha256Hex, previousDigest: GENESIS_DIGEST });
    expect(findings).not.toEqual([]);
  });
});

async function links(ledger: Stores['ledger']) {
  const all = [];
  for await (const batch of ledger.links()) all.push(...batch);
  return all;
}

function minersOf({ basis }: WeightDecision) {
  return basis.input.chunks.flatMap(({ content }) => unpackLines(content).map(minerOfLine));
}

function pairsOf({ allocation: { pairs } }: WeightDecision) {
  return Array.from(pairs.uid, (_, row) => pairAt(pairs, row, CATALOGUE));
}
