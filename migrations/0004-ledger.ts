import type { Knex } from 'knex';

/**
 * The decision ledger: one entry per weight set, chained by digests, with the lines of its miners; the anchor that stays
 * when old entries are deleted; every pair in the history, and whose it was; which configuration a version brought back;
 * and the last revision of a deleted profile, so that the next one at its UID never repeats it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('ledger_entries', (table) => {
    table.bigInteger('weight_submission_id').notNullable().primary();
    table.integer('netuid').notNullable();
    table.integer('mecid').notNullable();
    table.bigInteger('block').notNullable();
    table.text('entry_json').notNullable();
    table.text('digest').notNullable();
    table.text('previous_digest').notNullable();
    table
      .foreign('weight_submission_id', 'fk_ledger_entries_submission')
      .references('id')
      .inTable('weight_submissions')
      .onDelete('CASCADE');
    table.check('length(digest) = 64', {}, 'valid_digest');
    table.check('length(previous_digest) = 64', {}, 'valid_previous_digest');
    table.unique(['netuid', 'mecid', 'block'], { indexName: 'unique_ledger_entry' });
  });
  await knex.schema.createTable('ledger_inputs', (table) => {
    table.bigInteger('emission_metrics_id').notNullable();
    table.integer('first_uid').notNullable();
    table.integer('last_uid').notNullable();
    table.integer('line_count').notNullable();
    table.binary('lines').notNullable();
    table.primary(['emission_metrics_id', 'first_uid']);
    table
      .foreign('emission_metrics_id', 'fk_ledger_inputs_metrics')
      .references('id')
      .inTable('emission_metrics')
      .onDelete('CASCADE');
    table.check('first_uid >= 0 and last_uid >= first_uid', {}, 'valid_uids');
    table.check('line_count >= 1', {}, 'valid_line_count');
  });
  await knex.schema.createTable('ledger_anchors', (table) => {
    table.integer('netuid').notNullable();
    table.integer('mecid').notNullable();
    table.bigInteger('block').notNullable();
    table.text('digest').notNullable();
    table.bigInteger('deleted_count').notNullable();
    table.text('updated_time').notNullable();
    table.primary(['netuid', 'mecid']);
    table.check('length(digest) = 64', {}, 'valid_anchor_digest');
    table.check('deleted_count >= 1', {}, 'valid_deleted_count');
  });
  await knex.schema.createTable('deleted_profiles', (table) => {
    table.integer('miner_uid').notNullable().primary();
    table.bigInteger('revision').notNullable();
    table.check('revision >= 1', {}, 'valid_deleted_revision');
  });
  await addColumns(knex);
  await knex.schema.alterTable('weight_allocation_history', (table) => {
    table.dropIndex([], 'idx_weight_history_miner');
    table.dropIndex([], 'idx_weight_history_category');
    table.index(['miner_uid', 'weight_set_block'], 'idx_weight_history_miner');
    table.index(['gpu_category', 'weight_set_block'], 'idx_weight_history_category');
  });
  await knex.raw(
    'create index idx_weight_history_shut on weight_allocation_history ' +
      "(emission_metrics_id, gpu_category) where exclusion_reason = 'CATEGORY_BELOW_MIN_MINERS'",
  );
}

export async function down(knex: Knex): Promise<void> {
  await deleteUnknownToOlderVersions(knex);
  await knex.schema.alterTable('weight_allocation_history', (table) => {
    table.dropIndex([], 'idx_weight_history_shut');
    table.dropIndex([], 'idx_weight_history_miner');
    table.dropIndex([], 'idx_weight_history_category');
    table.index('miner_uid', 'idx_weight_history_miner');
    table.index('gpu_category', 'idx_weight_history_category');
  });
  await dropColumns(knex);
  await knex.schema.dropTable('deleted_profiles');
  await knex.schema.dropTable('ledger_anchors');
  await knex.schema.dropTable('ledger_inputs');
  await knex.schema.dropTable('ledger_entries');
}

/** An older version has no rows of decisions that were never finished or are deleted, and no pairs that are not paid. */
async function deleteUnknownToOlderVersions(knex: Knex): Promise<void> {
  const unlinked = () => knex('emission_metrics').whereNull('weight_submission_id');
  const history = () => knex('weight_allocation_history');
  await history().whereIn('emission_metrics_id', unlinked().select('id')).delete();
  await knex('ledger_inputs').whereIn('emission_metrics_id', unlinked().select('id')).delete();
  await unlinked().delete();
  await history().whereNotNull('exclusion_reason').delete();
}

async function addColumns(knex: Knex): Promise<void> {
  const statements = [
    "alter table weight_allocation_history add column miner_hotkey text not null default ''",
    'alter table weight_allocation_history add column exclusion_reason text',
    'alter table weight_submissions add column burn_configured_weight bigint not null default 0',
    'alter table weight_submissions add column burn_below_minimum_weight bigint not null default 0',
    'alter table weight_submissions add column burn_rounding_weight bigint not null default 0',
    'update weight_submissions set burn_configured_weight = burn_weight - burn_unallocated_weight',
    'alter table emission_configs add column restored_from integer',
  ];
  for (const statement of statements) await knex.raw(statement);
}

async function dropColumns(knex: Knex): Promise<void> {
  const columns = [
    ['emission_configs', 'restored_from'],
    ['weight_submissions', 'burn_rounding_weight'],
    ['weight_submissions', 'burn_below_minimum_weight'],
    ['weight_submissions', 'burn_configured_weight'],
    ['weight_allocation_history', 'exclusion_reason'],
    ['weight_allocation_history', 'miner_hotkey'],
  ];
  for (const [table, column] of columns) {
    await knex.raw('alter table ?? drop column ??', [table ?? '', column ?? '']);
  }
}
