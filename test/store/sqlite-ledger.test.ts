import { describe, expect, it } from 'vitest';
import { present } from '../../src/lib/assert.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteLedger } from '../../src/store/sqlite-ledger.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import { queryPlans } from '../support/query-plans.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';
import { sampleDecision } from '../support/weight-set-samples.ts';

describe('the ledger in SQLite', () => {
  it('looks everything up through an index, and sorts nothing', async () => {
    const database = await temporaryDatabase();
    const plans = await queryPlans(database, () => ledgerOf(database));
    expect(plans.length).toBeGreaterThan(8);
    for (const plan of plans) expect(plan.join('; ')).not.toMatch(/SCAN|TEMP B-TREE/);
    const all = plans.flat().join('; ');
    expect(all).toContain('idx_weight_history_miner (miner_uid=? AND weight_set_block=?)');
    expect(all).toContain('idx_weight_history_shut (emission_metrics_id=? AND gpu_category=?)');
    expect(all).toContain('idx_weight_history_metrics (emission_metrics_id=? AND rowid<?)');
  });

  it.each([1, 3, 10_000])('reads the same with %d rows at a time', async (rowsPerBatch) => {
    const database = await temporaryDatabase();
    const { weightSets, ledger } = sqliteStores(database);
    for (const block of [100, 200, 300, 400]) await weightSets.record(sampleDecision({ block }));
    await weightSets.record(await decidedIn({ profiles: sampleMiners(20) }));
    const stepped = ledgerOf(database, rowsPerBatch);
    expect(await stepped.contentAt(1_000)).toEqual(await ledger.contentAt(1_000));
    const blocks: number[] = [];
    for await (const batch of stepped.links()) {
      expect(batch.length).toBeLessThanOrEqual(rowsPerBatch);
      blocks.push(...batch.map(({ block }) => block));
    }
    expect(blocks).toEqual([100, 200, 300, 400, 1_000]);
  });

  it('gives no half of an entry that is deleted while it is read', async () => {
    const database = await temporaryDatabase();
    const { weightSets, ledger } = sqliteStores(database);
    await weightSets.record(await decidedIn({ profiles: sampleMiners(60) }));
    const whole = present(await ledger.contentAt(1_000), 'the content');
    const reading = ledgerOf(database, 1).contentAt(1_000);
    await database.query('weight_submissions').delete();
    expect(whole.pairs.length).toBeGreaterThan(20);
    expect(await reading).toBeUndefined();
  });

  it('does not mix up decisions of one block for two subnets', async () => {
    const database = await temporaryDatabase();
    const { weightSets, ledger } = sqliteStores(database);
    const decision = await decidedIn({ profiles: sampleMiners(20) });
    await weightSets.record({ ...decision, set: { ...decision.set, netuid: 40 } });
    expect(await ledger.entryAt(1_000)).toBeUndefined();
    await weightSets.record(decision);
    const content = present(await ledger.contentAt(1_000), 'the content');
    expect(content.pairs).toHaveLength(decision.allocation.pairs.uid.length);
    const { uid } = present(content.pairs[0], 'a pair');
    expect(await ledger.pairsAt(1_000, uid)).toEqual(
      content.pairs.filter((pair) => pair.uid === uid),
    );
  });
});

function ledgerOf(database: SqliteDatabase, rowsPerBatch?: number): SqliteLedger {
  const options = rowsPerBatch === undefined ? {} : { rowsPerBatch };
  return new SqliteLedger({ database, netuid: 39, mecid: 0, ...options });
}
