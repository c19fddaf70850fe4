import type { Knex } from 'knex';

/** What is known of each miner and of its machines. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('miner_gpu_profiles', (table) => {
    table.integer('miner_uid').notNullable().primary();
    table.text('hotkey').notNullable();
    table.bigInteger('registered_at_block').notNullable();
    table.bigInteger('revision').notNullable();
    table.text('primary_gpu_model').notNullable();
    table.text('gpu_counts_json').notNullable();
    table.double('total_score').notNullable();
    table.bigInteger('verification_count').notNullable();
    table.text('last_observed_time').notNullable();
    table.text('last_updated').notNullable();
    table.text('created_at').notNullable();
    table.check('miner_uid >= 0 and miner_uid <= 65535', {}, 'valid_miner_uid');
    table.check('revision >= 1', {}, 'valid_revision');
    table.check('total_score >= 0.0 and total_score <= 1.0', {}, 'valid_score');
    table.check('verification_count >= 0', {}, 'valid_count');
    table.index('primary_gpu_model', 'idx_gpu_profiles_model');
    table.index('last_updated', 'idx_gpu_profiles_updated');
  });
  await knex.schema.raw(
    'create index idx_gpu_profiles_score on miner_gpu_profiles (total_score desc)',
  );
  await knex.schema.createTable('miner_executors', (table) => {
    table.integer('miner_uid').notNullable();
    table.text('executor_id').notNullable();
    table.integer('is_valid').notNullable();
    table.integer('attestation_valid').notNullable();
    table.double('hardware_score').notNullable();
    table.double('network_bandwidth_mbps');
    table.text('verified_time').notNullable();
    table.text('gpus_json').notNullable();
    table.primary(['miner_uid', 'executor_id']);
    table
      .foreign('miner_uid', 'fk_executors_profile')
      .references('miner_uid')
      .inTable('miner_gpu_profiles')
      .onDelete('CASCADE');
    table.check('hardware_score >= 0.0 and hardware_score <= 1.0', {}, 'valid_hardware_score');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('miner_executors');
  await knex.schema.dropTable('miner_gpu_profiles');
}
