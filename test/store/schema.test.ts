import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrationNames } from '../../migrations/index.ts';
import { migratedSchemaText, schemaText } from '../../scripts/schema-text.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { sampleCommit, sampleProfile } from '../support/profile-samples.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';
import { sampleDecision, sampleExtrinsic, sampleWeightSet } from '../support/weight-set-samples.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const PROFILE = {
  miner_uid: 1,
  hotkey: 'x',
  registered_at_block: 1,
  revision: 1,
  primary_gpu_model: 'H100',
  gpu_counts_json: '{}',
  total_score: 0.5,
  verification_count: 1,
  last_observed_time: TIME,
  last_updated: TIME,
  created_at: TIME,
};
const REPORT = {
  prover_id: 'p',
  report_id: 'r',
  digest: 'd',
  outcome: 'APPLIED',
  miner_uid: 1,
  hotkey: 'x',
  registered_at_block: 1,
  observed_time: TIME,
  received_time: TIME,
};
const RESULT = {
  verification_report_id: 1,
  miner_uid: 1,
  executor_id: 'e',
  gpu_model: 'm',
  gpu_category: 'H100',
  gpu_count: 1,
  gpu_memory_mib: 81_559,
  is_valid: 1,
  attestation_valid: 1,
  hardware_score: 1,
  verification_timestamp: TIME,
  created_at: TIME,
};
const METRICS = {
  timestamp: TIME,
  burn_amount: 1,
  burn_percentage: 1,
  category_distributions_json: '{}',
  total_miners: 1,
  weight_set_block: 1,
  created_at: TIME,
};
const SUBMISSION = {
  netuid: 39,
  mecid: 0,
  block: 1,
  block_hash: '0x1',
  state: 'computed',
  total_weight: 1,
  weights_json: '[]',
  burn_weight: 0,
  burn_unallocated_weight: 0,
  burn_percentage: 0,
  configured_burn_percentage: 0,
  categories_json: '[]',
  exclusions_json: '{}',
  miners_served: 0,
  emission_config_version: 1,
  version_key: 0,
  decided_time: TIME,
  updated_time: TIME,
  phases_json: '{}',
};
const DIGEST = 'ab'.repeat(32);
const ENTRY = {
  weight_submission_id: 1,
  netuid: 39,
  mecid: 0,
  block: 1,
  entry_json: '{}',
  digest: DIGEST,
  previous_digest: DIGEST,
};
const INPUT = {
  emission_metrics_id: 1,
  first_uid: 5,
  last_uid: 9,
  line_count: 3,
  lines: Buffer.from('x'),
};
const PENDING = {
  emission_metrics_id: 1,
  first_pair: 0,
  pair_count: 3,
  gpu_category: 'H100',
  first_uid: 5,
  last_uid: 9,
  line_count: 3,
  lines: 'x',
};
const EXTRINSIC = {
  weight_submission_id: 1,
  call: 'set_weights',
  weights_json: '[]',
  is_clipped: 0,
  last_block: 1,
  signed_time: TIME,
};
const COMMITTED = {
  ...EXTRINSIC,
  commit_ciphertext: Buffer.from('x'),
  commit_digest: `0x${DIGEST}`,
  reveal_round: 1,
  reveal_block: 1,
  commit_version: 4,
};
const ANCHOR = {
  netuid: 39,
  mecid: 0,
  block: 1,
  digest: DIGEST,
  deleted_count: 1,
  updated_time: TIME,
};
const HISTORY = {
  emission_metrics_id: 1,
  miner_uid: 1,
  gpu_category: 'H100',
  gpu_count: 1,
  basis: 1,
  allocated_weight: 1,
  miner_score: 1,
  category_total_score: 1,
  weight_set_block: 1,
  timestamp: TIME,
};

/** A table that each migration makes, where it makes one. */
const FIRST_TABLES: ReadonlyMap<string, string> = new Map([
  ['0002-verification-results', 'verification_reports'],
  ['0003-weight-sets', 'weight_submissions'],
  ['0004-ledger', 'ledger_entries'],
  ['0005-signed-extrinsics', 'signed_extrinsics'],
  ['0007-pending-weight-history', 'pending_weight_history'],
]);

describe('the schema', () => {
  it('is the one in migrations/schema.sql', async () => {
    const dumped = readFileSync(new URL('../../migrations/schema.sql', import.meta.url), 'utf8');
    expect(await migratedSchemaText(), 'run `npm run schema`').toBe(dumped);
  });

  it.each<[string, object, [object, string]]>([
    ['miner_gpu_profiles', PROFILE, [{ total_score: 1.000_001 }, 'valid_score']],
    ['miner_gpu_profiles', PROFILE, [{ total_score: -0.000_001 }, 'valid_score']],
    ['miner_gpu_profiles', PROFILE, [{ total_score: Number.NaN }, 'total_score']],
    ['miner_gpu_profiles', PROFILE, [{ verification_count: -1 }, 'valid_count']],
    ['miner_gpu_profiles', PROFILE, [{ revision: 0 }, 'valid_revision']],
    ['miner_gpu_profiles', PROFILE, [{ miner_uid: 65_536 }, 'valid_miner_uid']],
    [
      'deleted_profiles',
      { miner_uid: 1, revision: 1 },
      [{ revision: 0 }, 'valid_deleted_revision'],
    ],
    ['verification_reports', REPORT, [{ outcome: 'REFUSED' }, 'valid_outcome']],
    ['miner_prover_results', RESULT, [{ gpu_count: -1 }, 'valid_gpu_count']],
    ['miner_prover_results', RESULT, [{ gpu_memory_mib: -1 }, 'valid_gpu_memory']],
    ['miner_prover_results', RESULT, [{ verification_report_id: 2 }, 'FOREIGN KEY']],
    ['emission_metrics', METRICS, [{ burn_percentage: 100.1 }, 'valid_burn_percentage']],
    ['emission_metrics', METRICS, [{ burn_percentage: -0.1 }, 'valid_burn_percentage']],
    ['emission_metrics', METRICS, [{ total_miners: -1 }, 'valid_total_miners']],
    ['emission_metrics', METRICS, [{ weight_submission_id: 9 }, 'FOREIGN KEY']],
    ['weight_allocation_history', HISTORY, [{ allocated_weight: -1 }, 'valid_weight']],
    ['weight_allocation_history', HISTORY, [{ miner_score: -0.1 }, 'valid_scores']],
    ['weight_allocation_history', HISTORY, [{ category_total_score: -1 }, 'valid_scores']],
    ['weight_allocation_history', HISTORY, [{ emission_metrics_id: 9 }, 'FOREIGN KEY']],
    ['weight_allocation_history', HISTORY, [{ miner_hotkey: null }, 'NOT NULL']],
    ['ledger_entries', ENTRY, [{ digest: 'ab' }, 'valid_digest']],
    ['ledger_entries', ENTRY, [{ previous_digest: '' }, 'valid_previous_digest']],
    ['ledger_entries', ENTRY, [{ weight_submission_id: 9 }, 'FOREIGN KEY']],
    ['ledger_entries', ENTRY, [{ entry_json: null }, 'NOT NULL']],
    ['signed_extrinsics', EXTRINSIC, [{ is_clipped: 2 }, 'valid_is_clipped']],
    ['signed_extrinsics', EXTRINSIC, [{ last_block: -1 }, 'valid_last_block']],
    ['signed_extrinsics', EXTRINSIC, [{ weight_submission_id: 9 }, 'FOREIGN KEY']],
    ['signed_extrinsics', EXTRINSIC, [{ weights_json: null }, 'NOT NULL']],
    ['signed_extrinsics', EXTRINSIC, [{ reveal_round: 1 }, 'valid_commitment']],
    ['signed_extrinsics', COMMITTED, [{ commit_ciphertext: null }, 'valid_commitment']],
    ['signed_extrinsics', COMMITTED, [{ commit_digest: null }, 'valid_commitment']],
    ['signed_extrinsics', COMMITTED, [{ reveal_round: null }, 'valid_commitment']],
    ['signed_extrinsics', COMMITTED, [{ reveal_block: null }, 'valid_commitment']],
    ['signed_extrinsics', COMMITTED, [{ commit_version: null }, 'valid_commitment']],
    ['signed_extrinsics', COMMITTED, [{ commit_digest: DIGEST }, 'valid_commit_digest']],
    ['ledger_inputs', INPUT, [{ last_uid: 4 }, 'valid_uids']],
    ['ledger_inputs', INPUT, [{ first_uid: -1 }, 'valid_uids']],
    ['ledger_inputs', INPUT, [{ line_count: 0 }, 'valid_line_count']],
    ['ledger_inputs', INPUT, [{ emission_metrics_id: 9 }, 'FOREIGN KEY']],
    ['pending_weight_history', PENDING, [{ last_uid: 4 }, 'valid_pending_uids']],
    ['pending_weight_history', PENDING, [{ first_uid: -1 }, 'valid_pending_uids']],
    ['pending_weight_history', PENDING, [{ line_count: 0 }, 'valid_pending_line_count']],
    ['pending_weight_history', PENDING, [{ emission_metrics_id: 9 }, 'FOREIGN KEY']],
    ['pending_weight_history', PENDING, [{ lines: null }, 'NOT NULL']],
    ['ledger_anchors', ANCHOR, [{ digest: `${DIGEST}0` }, 'valid_anchor_digest']],
    ['ledger_anchors', ANCHOR, [{ deleted_count: 0 }, 'valid_deleted_count']],
  ])('refuses a row of %s that breaks its rules', async (table, row, [broken, rule]) => {
    const { query } = await temporaryDatabase();
    await query('verification_reports').insert({ ...REPORT, id: 1 });
    await query('weight_submissions').insert({ ...SUBMISSION, id: 1 });
    await query('emission_metrics').insert({ ...METRICS, id: 1 });
    const other = table === 'verification_reports' ? { report_id: 'other' } : {};
    await expect(query(table).insert({ ...row, ...other, ...broken })).rejects.toThrow(rule);
    await query(table).insert({ ...row, ...other });
  });

  it.each([
    ['ledger_entries.netuid', ENTRY, { weight_submission_id: 2 }],
    ['ledger_entries.weight_submission_id', ENTRY, { block: 2 }],
    ['signed_extrinsics.weight_submission_id', EXTRINSIC, { call: 'other' }],
    ['ledger_inputs.emission_metrics_id', INPUT, { last_uid: 10 }],
    ['pending_weight_history.emission_metrics_id', PENDING, { last_uid: 10 }],
    ['ledger_anchors.netuid', ANCHOR, { block: 2 }],
  ])('refuses a second row with the same key: %s', async (column, row, change) => {
    const [table = ''] = column.split('.');
    const { query } = await temporaryDatabase();
    for (const id of [1, 2]) {
      await query('weight_submissions').insert({ ...SUBMISSION, id, block: id });
    }
    await query('emission_metrics').insert({ ...METRICS, id: 1 });
    await query(table).insert(row);
    const second = query(table).insert({ ...row, ...change });
    await expect(second).rejects.toThrow(`UNIQUE constraint failed: ${column}`);
    await query(table).delete();
    await query(table).insert({ ...row, ...change });
  });

  it('deletes the children of a deleted parent', async () => {
    const database = await temporaryDatabase();
    const { journal, weightSets, rows } = sqliteStores(database);
    await journal.commit(sampleCommit(sampleProfile()));
    await weightSets.record(sampleDecision());
    await weightSets.update(sampleWeightSet({ extrinsic: sampleExtrinsic() }));
    await database.query('pending_weight_history').insert(PENDING);
    const children = [
      'miner_executors',
      'miner_prover_results',
      'emission_metrics',
      'weight_allocation_history',
      'ledger_entries',
      'ledger_inputs',
      'pending_weight_history',
      'signed_extrinsics',
    ];
    for (const child of children) expect(await rows(child)).not.toEqual([]);
    for (const parent of ['miner_gpu_profiles', 'verification_reports', 'weight_submissions']) {
      await database.query(parent).delete();
    }
    for (const child of children) expect(await rows(child)).toEqual([]);
  });

  it.each([
    [
      'idx_gpu_profiles_model',
      'miner_gpu_profiles',
      "primary_gpu_model = 'H100' and miner_uid > 5",
    ],
    ['idx_gpu_profiles_updated', 'miner_gpu_profiles', `last_updated < '${TIME}'`],
    ['idx_gpu_profiles_score', 'miner_gpu_profiles', 'total_score > 0.9'],
    ['unique_verification_report', 'verification_reports', "prover_id = 'p' and report_id = 'r'"],
    ['idx_verification_reports_received', 'verification_reports', `received_time < '${TIME}'`],
    ['idx_prover_results_report', 'miner_prover_results', 'verification_report_id = 1'],
    ['idx_prover_results_timestamp', 'miner_prover_results', `verification_timestamp < '${TIME}'`],
    ['idx_emission_metrics_timestamp', 'emission_metrics', `timestamp > '${TIME}'`],
    ['idx_emission_metrics_block', 'emission_metrics', 'weight_set_block between 1 and 9'],
    ['idx_emission_metrics_submission', 'emission_metrics', 'weight_submission_id = 1'],
    [
      'idx_weight_history_miner (miner_uid=? AND weight_set_block<?)',
      'weight_allocation_history',
      'miner_uid = 1 and weight_set_block < 9 order by weight_set_block desc, id desc',
    ],
    [
      'idx_weight_history_category (gpu_category=? AND weight_set_block<?)',
      'weight_allocation_history',
      "gpu_category = 'H100' and weight_set_block < 9 order by weight_set_block desc, id desc",
    ],
    [
      'unique_ledger_entry (netuid=? AND mecid=?)',
      'ledger_entries',
      'netuid = 39 and mecid = 0 order by block desc',
    ],
    ['sqlite_autoindex_signed_extrinsics_1', 'signed_extrinsics', 'weight_submission_id = 1'],
    ['sqlite_autoindex_ledger_entries_1', 'ledger_entries', 'weight_submission_id = 1'],
    [
      'sqlite_autoindex_ledger_inputs_1 (emission_metrics_id=? AND first_uid<?)',
      'ledger_inputs',
      'emission_metrics_id = 1 and first_uid <= 9 order by first_uid desc',
    ],
    [
      'sqlite_autoindex_pending_weight_history_1 (emission_metrics_id=? AND first_pair<?)',
      'pending_weight_history',
      'emission_metrics_id = 1 and first_pair < 9 order by first_pair desc',
    ],
    ['sqlite_autoindex_ledger_anchors_1', 'ledger_anchors', 'netuid = 39 and mecid = 0'],
    ['idx_weight_history_block', 'weight_allocation_history', 'weight_set_block = 1'],
    ['idx_weight_history_metrics', 'weight_allocation_history', 'emission_metrics_id = 1'],
    [
      'idx_prover_results_miner',
      'miner_prover_results',
      `miner_uid = 1 and verification_timestamp > '${TIME}'`,
    ],
    [
      'unique_weight_submission',
      'weight_submissions',
      'netuid = 1 and mecid = 0 order by block desc',
    ],
  ])('answers through %s', async (index, table, condition) => {
    const { query } = await temporaryDatabase();
    const plan: readonly { detail: string }[] = await query.raw(
      `explain query plan select * from ${table} where ${condition}`,
    );
    expect(plan.map(({ detail }) => detail).join('; ')).toContain(index);
    expect(plan.map(({ detail }) => detail).join('; ')).not.toContain('TEMP B-TREE');
  });
});

describe('the migrations', () => {
  it('go up, down and up to the same schema', async () => {
    const database = await temporaryDatabase();
    const before = await schemaText(database);
    await database.query.migrate.rollback(undefined, true);
    expect(await schemaText(database)).not.toContain('CREATE');
    await database.query.migrate.latest();
    expect(await schemaText(database)).toBe(before);
  });

  it('go down and up one at a time without touching what the others made', async () => {
    const database = await temporaryDatabase();
    const before = await schemaText(database);
    await sqliteStores(database).journal.commit(sampleCommit(sampleProfile()));
    await sqliteStores(database).weightSets.record(sampleDecision());
    const kept = await everyRow(database, ['miner_gpu_profiles', 'miner_executors']);
    for (const name of migrationNames.slice(1).toReversed()) {
      await database.query.migrate.down();
      const table = FIRST_TABLES.get(name);
      if (table === undefined) continue;
      expect(await database.query.schema.hasTable(table), table).toBe(false);
    }
    // Columns that came after the first migration are gone, and nothing else.
    const first = await everyRow(database, ['miner_gpu_profiles', 'miner_executors']);
    expect(kept).toMatchObject(first);
    await database.query.migrate.latest();
    expect(await schemaText(database)).toBe(before);
    const again = await everyRow(database, ['miner_gpu_profiles', 'miner_executors']);
    expect(again).toMatchObject(first);
    expect(await everyRow(database, ['weight_submissions'])).toEqual([[]]);
  });

  it('change nothing when they run again', async () => {
    const database = await temporaryDatabase();
    const stores = sqliteStores(database);
    await stores.journal.commit(sampleCommit(sampleProfile()));
    const before = await schemaText(database);
    const rows = await stores.rows('miner_gpu_profiles');
    const [, ran] = await database.query.migrate.latest();
    expect(ran).toEqual([]);
    expect(await schemaText(database)).toBe(before);
    expect(await stores.rows('miner_gpu_profiles')).toEqual(rows);
  });

  it('are remembered by names that the built files share', () => {
    expect(migrationNames).not.toEqual([]);
    expect(migrationNames.filter((name) => /\.[jt]s$/.test(name))).toEqual([]);
    expect(migrationNames.toSorted()).toEqual(migrationNames);
  });
});

async function everyRow({ query }: SqliteDatabase, tables: readonly string[]) {
  return Promise.all(tables.map((table) => query(table)));
}
