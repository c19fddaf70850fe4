import type { Knex } from 'knex';

/** How emission is divided, what was decided at which block, and what came of it. */
export async function up(knex: Knex): Promise<void> {
  await createEmissionConfigs(knex);
  await createWeightSubmissions(knex);
  await createEmissionMetrics(knex);
  await createWeightAllocationHistory(knex);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('weight_allocation_history');
  await knex.schema.dropTable('emission_metrics');
  await knex.schema.dropTable('weight_submissions');
  await knex.schema.dropTable('emission_configs');
}

async function createEmissionConfigs(knex: Knex): Promise<void> {
  await knex.schema.createTable('emission_configs', (table) => {
    table.integer('version').notNullable().primary();
    table.text('digest').notNullable();
    table.text('source').notNullable();
    table.text('config_json').notNullable();
    table.text('created_at').notNullable();
    table.check('version >= 1', {}, 'valid_version');
    table.check("source in ('default', 'file', 'api')", {}, 'valid_source');
  });
}

async function createWeightSubmissions(knex: Knex): Promise<void> {
  await knex.schema.createTable('weight_submissions', (table) => {
    table.bigIncrements('id');
    table.integer('netuid').notNullable();
    table.integer('mecid').notNullable();
    table.bigInteger('block').notNullable();
    table.text('block_hash').notNullable();
    table.text('state').notNullable();
    table.bigInteger('total_weight').notNullable();
    table.text('weights_json').notNullable();
    table.integer('burn_uid');
    table.bigInteger('burn_weight').notNullable();
    table.bigInteger('burn_unallocated_weight').notNullable();
    table.double('burn_percentage').notNullable();
    table.double('configured_burn_percentage').notNullable();
    table.text('categories_json').notNullable();
    table.text('exclusions_json').notNullable();
    table.integer('miners_served').notNullable();
    table.integer('emission_config_version').notNullable();
    table.bigInteger('version_key').notNullable();
    table.text('decided_time').notNullable();
    table.text('updated_time').notNullable();
    table.text('extrinsic_hash');
    table.text('failure_reason');
    table.text('failure_message');
    table.text('failure_action');
    table.bigInteger('failure_retry_block');
    table.text('phases_json').notNullable();
    table.unique(['netuid', 'mecid', 'block'], { indexName: 'unique_weight_submission' });
    table.check(
      "state in ('computed', 'submitted', 'in_block', 'finalized', 'committed', 'revealed', 'verified', 'failed')",
      {},
      'valid_state',
    );
    table.check(
      "failure_action is null or failure_action in ('retry_now', 'retry_at_block', 'stop')",
      {},
      'valid_failure_action',
    );
    table.check("(state = 'failed') = (failure_reason is not null)", {}, 'valid_failure');
  });
}

async function createEmissionMetrics(knex: Knex): Promise<void> {
  await knex.schema.createTable('emission_metrics', (table) => {
    table.bigIncrements('id');
    table.bigInteger('weight_submission_id');
    table.text('timestamp').notNullable();
    table.bigInteger('burn_amount').notNullable();
    table.double('burn_percentage').notNullable();
    table.text('category_distributions_json').notNullable();
    table.integer('total_miners').notNullable();
    table.bigInteger('weight_set_block').notNullable();
    table.text('created_at').notNullable();
    table
      .foreign('weight_submission_id', 'fk_emission_metrics_submission')
      .references('id')
      .inTable('weight_submissions')
      .onDelete('CASCADE');
    table.check('burn_percentage >= 0.0 and burn_percentage <= 100.0', {}, 'valid_burn_percentage');
    table.check('total_miners >= 0', {}, 'valid_total_miners');
    table.index('weight_submission_id', 'idx_emission_metrics_submission');
    table.index('timestamp', 'idx_emission_metrics_timestamp');
    table.index('weight_set_block', 'idx_emission_metrics_block');
  });
}

async function createWeightAllocationHistory(knex: Knex): Promise<void> {
  await knex.schema.createTable('weight_allocation_history', (table) => {
    table.bigIncrements('id');
    table.bigInteger('emission_metrics_id');
    table.integer('miner_uid').notNullable();
    table.text('gpu_category').notNullable();
    table.integer('gpu_count').notNullable();
    table.bigInteger('basis').notNullable();
    table.bigInteger('allocated_weight').notNullable();
    table.double('miner_score').notNullable();
    table.double('category_total_score').notNullable();
    table.bigInteger('weight_set_block').notNullable();
    table.text('timestamp').notNullable();
    table
      .foreign('emission_metrics_id', 'fk_weight_history_metrics')
      .references('id')
      .inTable('emission_metrics')
      .onDelete('CASCADE');
    table.check('allocated_weight >= 0', {}, 'valid_weight');
    table.check('miner_score >= 0.0 and category_total_score >= 0.0', {}, 'valid_scores');
    table.index('emission_metrics_id', 'idx_weight_history_metrics');
    table.index('miner_uid', 'idx_weight_history_miner');
    table.index('gpu_category', 'idx_weight_history_category');
    table.index('weight_set_block', 'idx_weight_history_block');
  });
}
