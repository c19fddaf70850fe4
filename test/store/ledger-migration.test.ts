import { describe, expect, it } from 'vitest';
import { GENESIS_DIGEST } from '../../src/domain/ledger/ledger-entry.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';
import { sampleDecision } from '../support/weight-set-samples.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const LEFT_BEHIND = {
  timestamp: TIME,
  burn_amount: 1,
  burn_percentage: 1,
  category_distributions_json: '{}',
  total_miners: 1,
  weight_set_block: 1_080,
  created_at: TIME,
};
const PAIR = {
  miner_uid: 1,
  gpu_category: 'H100',
  gpu_count: 1,
  basis: 1,
  allocated_weight: 1,
  miner_score: 1,
  category_total_score: 1,
  weight_set_block: 1_080,
  timestamp: TIME,
};
const CHUNK = { first_uid: 1, last_uid: 1, line_count: 1, lines: Buffer.from('x') };

describe('the migration to the ledger and back', () => {
  it('takes the ledger away and keeps what was there before it', async () => {
    const { database, weightSets } = await withLedger();
    const decided = [await weightSets.at(360), await weightSets.at(720)];
    const { weight_submissions: submissions, emission_metrics: metrics } = await dumped(database);
    await beforeLedger(database);
    const before = await dumped(database);
    expect(before.weight_submissions).toEqual(submissions?.map(withoutLedgerColumns));
    expect(before.emission_metrics).toEqual(metrics);
    expect(before.weight_allocation_history).toMatchObject(
      [360, 720].flatMap((block) => [
        { weight_set_block: block, miner_uid: 9, gpu_category: 'H100', allocated_weight: 100 },
        { weight_set_block: block, miner_uid: 7, gpu_category: 'H100', allocated_weight: 800 },
      ]),
    );
    expect(before.weight_allocation_history?.[0]).not.toHaveProperty('miner_hotkey');
    await database.query.migrate.latest();
    const after = await dumped(database);
    expect(after.weight_submissions?.map(withoutLedgerColumns)).toEqual(before.weight_submissions);
    expect(after.weight_allocation_history).toMatchObject(before.weight_allocation_history ?? []);
    expect([await weightSets.at(360), await weightSets.at(720)]).toEqual(decided);
  });

  it('leaves no rows of unfinished or deleted decisions to a version that does not know them', async () => {
    const { database } = await withLedger();
    const [{ id }] = await database.query('emission_metrics').insert(LEFT_BEHIND, ['id']);
    await database.query('weight_allocation_history').insert({ ...PAIR, emission_metrics_id: id });
    await database.query('ledger_inputs').insert({ ...CHUNK, emission_metrics_id: id });
    await beforeLedger(database);
    const rows = await dumped(database);
    expect(rows.emission_metrics).toHaveLength(2);
    expect(rows.weight_allocation_history).toHaveLength(4);
  });

  it('begins a ledger behind the weight sets that have none', async () => {
    const { database, ledger, weightSets } = await withLedger();
    await beforeLedger(database);
    await database.query.migrate.latest();
    expect(await ledger.entryAt()).toBeUndefined();
    expect((await weightSets.at(720))?.burn).toMatchObject({
      weight: 100,
      configuredWeight: 100,
      emptyCategoryWeight: 0,
    });
    // The set of block 720 has no entry, and is not decided a second time.
    await expect(weightSets.record(sampleDecision({ block: 720 }))).rejects.toMatchObject({
      code: 'weight_set_in_progress',
    });
    await weightSets.record(sampleDecision({ block: 1_080 }));
    expect((await ledger.entryAt())?.entry.previousDigest).toBe(GENESIS_DIGEST);
  });

  it('says of a burn from before the ledger what was configured', async () => {
    const database = await temporaryDatabase();
    const { weightSets, overwrite } = sqliteStores(database);
    await weightSets.record(sampleDecision());
    await overwrite('weight_submissions', { burn_weight: 100, burn_unallocated_weight: 30 });
    await beforeLedger(database);
    await database.query.migrate.latest();
    expect((await weightSets.at(360))?.burn).toEqual({
      uid: 0,
      weight: 100,
      percentage: 10,
      configuredWeight: 70,
      emptyCategoryWeight: 30,
      belowMinimumWeight: 0,
      roundingWeight: 0,
    });
  });
});

/** Two decisions with their entries. */
async function withLedger() {
  const database = await temporaryDatabase();
  const stores = sqliteStores(database);
  for (const block of [360, 720]) await stores.weightSets.record(sampleDecision({ block }));
  return { database, ...stores };
}

/** Undoes the migration to the ledger, and those behind it. */
async function beforeLedger({ query }: SqliteDatabase): Promise<void> {
  while (await query.schema.hasTable('ledger_entries')) await query.migrate.down();
}

const LEDGER_COLUMNS = [
  'burn_configured_weight',
  'burn_below_minimum_weight',
  'burn_rounding_weight',
];

function withoutLedgerColumns(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !LEDGER_COLUMNS.includes(key)));
}

async function dumped({ query }: SqliteDatabase) {
  const tables = ['weight_submissions', 'emission_metrics', 'weight_allocation_history'];
  const dumps: Record<string, Record<string, unknown>[]> = {};
  for (const table of tables) dumps[table] = await query(table).orderBy('id');
  return dumps;
}
