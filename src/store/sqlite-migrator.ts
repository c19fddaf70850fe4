import type { Knex } from 'knex';
import { migrationNames } from '../../migrations/index.ts';
import { AssayError } from '../domain/errors.ts';
import { storeError } from './sqlite-errors.ts';

const LOCK_RETRY_AFTER_MS = 1_000;
const MIGRATIONS_TABLE = 'knex_migrations';

/**
 * Brings the schema up to date; nothing happens when it is.
 *
 * @throws AssayError `store_unusable` when a newer version of Assay has written the database, `store_unavailable` when
 * another process is migrating it.
 */
export async function migrate(query: Knex): Promise<void> {
  await refuseNewerSchema(query);
  try {
    await query.migrate.latest();
  } catch (error) {
    throw isLocked(error) ? migrationsLocked(error) : storeError(error);
  }
}

async function refuseNewerSchema(query: Knex): Promise<void> {
  if (!(await query.schema.hasTable(MIGRATIONS_TABLE))) return;
  const rows: readonly { name: string }[] = await query(MIGRATIONS_TABLE).select('name');
  const unknown = rows.map(({ name }) => name).filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) {
    throw new AssayError(
      'store_unusable',
      `the database was written by a newer version: this one does not know ${unknown.join(', ')}`,
    );
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
