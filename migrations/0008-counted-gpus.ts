import type { Knex } from 'knex';

const TABLE = 'miner_gpu_profiles';
const COLUMNS = [
  ['counted_gpus_json', 'text'],
  ['counted_revision', 'bigint'],
  ['oldest_verified_time', 'text'],
] as const;

/**
 * What the machines of a profile come to, beside it, so that a weight set need not read every machine of the subnet, and the
 * revision that it was worked out for: a process of an older version changes the profile without it. Null in rows from
 * before, and where a profile has many machines: then the machines tell.
 */
export async function up(knex: Knex): Promise<void> {
  for (const [column, type] of COLUMNS) {
    await knex.raw(`alter table ?? add column ?? ${type}`, [TABLE, column]);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const [column] of COLUMNS.toReversed()) {
    await knex.raw('alter table ?? drop column ??', [TABLE, column]);
  }
}
