import type { Knex } from 'knex';

const STATES = [
  'computed',
  'submitted',
  'in_block',
  'finalized',
  'committed',
  'revealed',
  'verified',
  'failed',
];
const COMMITMENT = [
  'commit_ciphertext',
  'commit_digest',
  'reveal_round',
  'reveal_block',
  'commit_version',
];

/** What was signed for the chain, stored before it is sent; and a set whose commitment the chain dropped is lost. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('signed_extrinsics', (table) => {
    table.bigInteger('weight_submission_id').notNullable().primary();
    table.text('call').notNullable();
    table.text('weights_json').notNullable();
    table.integer('is_clipped').notNullable();
    table.bigInteger('last_block').notNullable();
    table.binary('commit_ciphertext');
    table.text('commit_digest');
    table.bigInteger('reveal_round');
    table.bigInteger('reveal_block');
    table.integer('commit_version');
    table.text('signed_time').notNullable();
    table
      .foreign('weight_submission_id', 'fk_signed_extrinsics_submission')
      .references('id')
      .inTable('weight_submissions')
      .onDelete('CASCADE');
    table.check('is_clipped in (0, 1)', {}, 'valid_is_clipped');
    table.check('last_block >= 0', {}, 'valid_last_block');
    table.check(wholeOrNone(COMMITMENT), {}, 'valid_commitment');
    table.check('commit_digest is null or length(commit_digest) = 66', {}, 'valid_commit_digest');
  });
  await replaceChecks(knex, [...STATES, 'lost'], "state in ('failed', 'lost')");
}

export async function down(knex: Knex): Promise<void> {
  await knex('weight_submissions').where({ state: 'lost' }).update({ state: 'failed' });
  await replaceChecks(knex, STATES, "state = 'failed'");
  await knex.schema.dropTable('signed_extrinsics');
}

async function replaceChecks(
  knex: Knex,
  states: readonly string[],
  hasFailure: string,
): Promise<void> {
  const listed = states.map((state) => `'${state}'`).join(', ');
  await replaceCheck(knex, 'valid_state', `state in (${listed})`);
  await replaceCheck(knex, 'valid_failure', `(${hasFailure}) = (failure_reason is not null)`);
}

async function replaceCheck(knex: Knex, name: string, rule: string): Promise<void> {
  await knex.raw(`alter table weight_submissions drop constraint ${name}`);
  await knex.raw(`alter table weight_submissions add constraint ${name} check (${rule})`);
}

/** Either all of the columns have a value or none has. */
function wholeOrNone([first, ...others]: readonly string[]): string {
  return others.map((other) => `(${first} is null) = (${other} is null)`).join(' and ');
}
