import type { Knex } from 'knex';

const TABLE = 'miner_executors';
const BEFORE = 'miner_executors_before';
const BY_KEY = ' without rowid';

/** Executors stand in the order of their key, in one tree: written once instead of twice, and a miner's lie together. */
export async function up(knex: Knex): Promise<void> {
  await replaceTable(knex, (definition) => definition + BY_KEY);
}

export async function down(knex: Knex): Promise<void> {
  await replaceTable(knex, (definition) => definition.slice(0, -BY_KEY.length));
}

/** Nothing refers to the table, so that it can be dropped while foreign keys are enforced. */
async function replaceTable(knex: Knex, change: (definition: string) => string): Promise<void> {
  const { sql } = await knex('sqlite_schema').where({ name: TABLE }).first('sql');
  await knex.schema.renameTable(TABLE, BEFORE);
  await knex.raw(change(sql));
  // Machines without a profile, which only damage brings about, belong to nobody and would be refused.
  await knex.raw(
    'insert into ?? select * from ?? where ?? in (select ?? from ??) order by ??, ??',
    [TABLE, BEFORE, 'miner_uid', 'miner_uid', 'miner_gpu_profiles', 'miner_uid', 'executor_id'],
  );
  await knex.schema.dropTable(BEFORE);
}
