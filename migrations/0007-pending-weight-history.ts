import type { Knex } from 'knex';

/**
 * Pairs of a large decision between its commit and the last of their rows in `weight_allocation_history`. A decision is one
 * transaction however many pairs it has; a hundred thousand rows with their indexes would make it a long one.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('pending_weight_history', (table) => {
    table.bigInteger('emission_metrics_id').notNullable();
    table.integer('first_pair').notNullable();
    table.integer('pair_count').notNullable();
    table.text('gpu_category').notNullable();
    table.integer('first_uid').notNullable();
    table.integer('last_uid').notNullable();
    table.integer('line_count').notNullable();
    table.binary('lines').notNullable();
    table.primary(['emission_metrics_id', 'first_pair']);
    table
      .foreign('emission_metrics_id', 'fk_pending_weight_history_metrics')
      .references('id')
      .inTable('emission_metrics')
      .onDelete('CASCADE');
    table.check('first_uid >= 0 and last_uid >= first_uid', {}, 'valid_pending_uids');
    table.check('line_count >= 1', {}, 'valid_pending_line_count');
    table.check('pair_count >= first_pair + line_count', {}, 'valid_pending_pair_count');
  });
}

/** An older version expects the rows: what is still pending would be lost. */
export async function down(knex: Knex): Promise<void> {
  const linked = knex('emission_metrics').select('id').whereNotNull('weight_submission_id');
  const pending = knex('pending_weight_history').whereIn('emission_metrics_id', linked);
  if ((await pending.first('first_pair')) !== undefined) {
    throw new Error('the history of a weight set is still to be written: start this version once');
  }
  await knex.schema.dropTable('pending_weight_history');
}
