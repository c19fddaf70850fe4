import type { Knex } from 'knex';

const TABLE = 'miner_gpu_profiles';
const COLUMNS = ['counted_gpus_json', 'oldest_verified_time'];

/**
 * What the machines of a profile come to, beside it, so that a weight set need not read every machine of the subnet. Null in
 * rows from before, and where a profile has many machines: then the machines tell.
 */
export async function up(knex: Knex): Promise<void> {
  for (const column of COLUMNS)
    await knex.raw('alter table ?? add column ?? text', [TABLE, column]);
}

export async function down(knex: Knex): Promise<void> {
  for (const column of COLUMNS.toReversed()) {
    await knex.raw('alter table ?? drop column ??', [TABLE, column]);
  }
}
