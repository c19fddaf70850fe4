import type { Knex } from 'knex';
import { migrationNames } from '../../migrations/index.ts';
import { AssayError } from '../domain/errors.ts';
import { storeError } from './sqlite-errors.ts';

const LOCK_RETRY_AFTER_MS = 1_000;
export const MIGRATIONS_TABLE = 'knex_migrations';

/**
 * Brings the schema up to date; nothing happens when it is.
 *
 * @throws AssayError `store_unusable` when a newer version of Assay has written the database, `store_unavailable` when
 * another process is migrating it.
 */
export async function migrate(query: Knex): Promise<void> {
  await refuseNewerSchema(query);
  await changing(() => query.migrate.latest());
}

/**
 * Undoes migrations, in this order; what their tables held is lost.
 *
 * @throws AssayError as `migrate`.
 */
export async function undoMigrations(query: Knex, names: readonly string[]): Promise<void> {
  for (const name of names) await changing(() => query.migrate.down({ name }));
}

/**
 * For whoever only reads.
 *
 * @throws AssayError `store_unusable` when the schema is older or newer than this version's.
 */
export async function refuseOtherSchema(query: Knex): Promise<void> {
  const applied = await refuseNewerSchema(query);
  const missing = migrationNames.filter((name) => !applied.includes(name));
  if (missing.length > 0) {
    throw new AssayError(
      'store_unusable',
      `the database lacks ${missing.join(', ')}: \`assay db migrate\` brings it up to date`,
    );
  }
}

/** Names of the migrations that were applied, in their order. */
export async function appliedMigrations(query: Knex): Promise<readonly string[]> {
  if (!(await query.schema.hasTable(MIGRATIONS_TABLE))) return [];
  const rows: readonly { name: string }[] = await query(MIGRATIONS_TABLE)
    .select('name')
    .orderBy('id');
  return rows.map(({ name }) => name);
}

/** @returns as `appliedMigrations`. @throws AssayError `store_unusable`. */
export async function refuseNewerSchema(query: Knex): Promise<readonly string[]> {
  const applied = await appliedMigrations(query);
  const unknown = applied.filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) {
    throw new AssayError(
      'store_unusable',
      `the database was written by a newer version: this one does not know ${unknown.join(', ')}`,
    );
  }
  return applied;
}

async function changing(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    throw isLocked(error) ? migrationsLocked(error) : storeError(error);
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && /already locked/i.test(error.message);
}

function migrationsLocked(cause: unknown): AssayError {
  return new AssayError(
    'store_unavailable',
    'another process is migrating the database, or died while it did; when none runs, ' +
      'release the lock with: UPDATE knex_migrations_lock SET is_locked = 0',
    { retryAfterMs: LOCK_RETRY_AFTER_MS, cause },
  );
}
