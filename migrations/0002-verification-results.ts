import type { Knex } from 'knex';

/** Every stored report, which makes reports idempotent, and what it found on each machine. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('verification_reports', (table) => {
    table.bigIncrements('id');
    table.text('prover_id').notNullable();
    table.text('report_id').notNullable();
    table.text('digest').notNullable();
    table.text('outcome').notNullable();
    table.integer('miner_uid').notNullable();
    table.text('hotkey').notNullable();
    table.bigInteger('registered_at_block').notNullable();
    table.text('observed_time').notNullable();
    table.text('received_time').notNullable();
    table.unique(['prover_id', 'report_id'], { indexName: 'unique_verification_report' });
    table.index('received_time', 'idx_verification_reports_received');
    table.check("outcome in ('APPLIED', 'STALE')", {}, 'valid_outcome');
  });
  await knex.schema.createTable('miner_prover_results', (table) => {
    table.bigIncrements('id');
    table.bigInteger('verification_report_id').notNullable();
    table.integer('miner_uid').notNullable();
    table.text('executor_id').notNullable();
    table.text('gpu_model').notNullable();
    table.text('gpu_category').notNullable();
    table.integer('gpu_count').notNullable();
    table.integer('gpu_memory_mib').notNullable();
    // Drivers report a little less than the nominal size: rounding gives 80 for the 81,559 MiB of an 80 GB card.
    table.specificType(
      'gpu_memory_gb',
      'integer generated always as ((gpu_memory_mib + 512) / 1024) stored',
    );
    table.integer('is_valid').notNullable();
    table.integer('attestation_valid').notNullable();
    table.double('hardware_score').notNullable();
    table.double('network_bandwidth_mbps');
    table.text('verification_timestamp').notNullable();
    table.text('created_at').notNullable();
    table
      .foreign('verification_report_id', 'fk_prover_results_report')
      .references('id')
      .inTable('verification_reports')
      .onDelete('CASCADE');
    table.check('gpu_count >= 0', {}, 'valid_gpu_count');
    table.check('gpu_memory_mib >= 0', {}, 'valid_gpu_memory');
    table.index('verification_report_id', 'idx_prover_results_report');
    table.index(['miner_uid', 'verification_timestamp'], 'idx_prover_results_miner');
    table.index('verification_timestamp', 'idx_prover_results_timestamp');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('miner_prover_results');
  await knex.schema.dropTable('verification_reports');
}
