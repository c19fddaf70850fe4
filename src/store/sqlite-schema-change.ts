/** Takes the schema to another version, with the database to itself. */
import { existsSync, statSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import type { Knex } from 'knex';
import { AssayError } from '../domain/errors.ts';
import { fileError, withFileErrors } from './file-errors.ts';
import { isThere, nameAside, PendingFile, placeOf } from './pending-file.ts';
import { type CheckedCopy, copyDatabase } from './sqlite-copy.ts';
import { connect, SqliteDatabase } from './sqlite-database.ts';
import { keepToOneself, share } from './sqlite-exclusive.ts';
import { contentsOf, openForReading, requireOurs, schemaOf } from './sqlite-inspection.ts';
import {
  appliedMigrations,
  migrate,
  refuseNewerSchema,
  undoMigrations,
} from './sqlite-migrator.ts';

const PENDING_HISTORY = '0007-pending-weight-history';

interface Migrated {
  /** Whether the database was made. */
  readonly isNew: boolean;
  /** Migrations that were applied, in their order. */
  readonly applied: readonly string[];
}

/**
 * Brings the schema up to date; one that is missing or empty is made. One that is up to date may be in use.
 *
 * @throws AssayError `store_unusable` when a newer version has written the database or it is not Assay's,
 * `store_unavailable` when a process has it open.
 */
export async function migrateDatabase(file: string): Promise<Migrated> {
  if (!existsSync(file) || statSync(file).size === 0) {
    const database = await SqliteDatabase.open({ file });
    const applied = await appliedMigrations(database.query);
    await database.close();
    return { isNew: true, applied };
  }
  if (isUpToDate(file)) return { isNew: false, applied: [] };
  return alone(file, async ({ query }) => {
    const before = await appliedMigrations(query);
    await migrate(query);
    const after = await appliedMigrations(query);
    return { isNew: false, applied: after.filter((name) => !before.includes(name)) };
  });
}

interface RollbackOptions {
  /** The migration to go back to; without it, only the newest is undone. */
  readonly to?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface RolledBack {
  /** Migrations in the order in which they were undone. */
  readonly undone: readonly string[];
  /** A copy of the database as it was; undefined when nothing was undone. */
  readonly replaced: string | undefined;
  /** How many rows less there are, by table; those are in the copy only. */
  readonly lost: Readonly<Record<string, number>>;
}

/**
 * Undoes migrations from the newest on: one, or all that came after `to`. What only their tables held is kept in a copy
 * beside the database, which is complete before anything is undone.
 *
 * @throws AssayError `invalid_argument` when `to` is not applied, `store_unusable` when a newer version has written the
 * database, it has work for this version or it is missing, damaged or not Assay's, `store_unavailable` when a process has
 * it open or there is no room for the copy.
 */
export async function rollBackDatabase(
  file: string,
  { to, nowMs }: RollbackOptions,
): Promise<RolledBack> {
  requireOursAt(file);
  return alone(file, async ({ query, handle }) => {
    const undone = namesToUndo(await refuseNewerSchema(query), to);
    if (undone.length === 0) return { undone, replaced: undefined, lost: {} };
    if (undone.includes(PENDING_HISTORY)) refusePendingHistory(handle);
    const replaced = nameAside(placeOf(file), nowMs);
    const { rows } = keepCopy(handle, replaced);
    await undoMigrations(query, undone);
    return { undone, replaced, lost: fewerRows(rows, contentsOf(handle).rows) };
  });
}

/** The migration refuses this as well, but behind those that came after it and a copy that nobody needs. */
function refusePendingHistory(handle: BetterSqlite3.Database): void {
  const pending = handle
    .prepare(
      'select 1 from pending_weight_history where emission_metrics_id in ' +
        '(select id from emission_metrics where weight_submission_id is not null) limit 1',
    )
    .get();
  if (pending === undefined) return;
  throw new AssayError(
    'store_unusable',
    `${handle.name}: the history of a weight set is still to be written: start this version once`,
  );
}

function keepCopy(handle: BetterSqlite3.Database, replaced: string): CheckedCopy {
  if (isThere(replaced)) {
    throw new AssayError('invalid_argument', `${replaced} is there already and stays as it is`);
  }
  const copy = new PendingFile(replaced);
  try {
    const checked = copyDatabase(handle, copy);
    copy.moveIn();
    return checked;
  } finally {
    copy.discard();
  }
}

function fewerRows(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(before)
      .map(([table, rows]) => [table, rows - (after[table] ?? 0)] as const)
      .filter(([, rows]) => rows > 0),
  );
}

function namesToUndo(applied: readonly string[], to: string | undefined): readonly string[] {
  if (to === undefined) return applied.slice(-1);
  if (!applied.includes(to)) {
    throw new AssayError(
      'invalid_argument',
      `the database has no migration ${to}; it has ${applied.join(', ') || 'none'}`,
    );
  }
  return applied.slice(applied.indexOf(to) + 1).reverse();
}

/** @throws AssayError `store_unusable`, `store_unavailable`. */
function requireOursAt(file: string): void {
  reading(file, requireOurs);
}

/** @throws AssayError `store_unusable`, `store_unavailable`. */
function isUpToDate(file: string): boolean {
  return reading(file, (handle) => {
    requireOurs(handle);
    return schemaOf(handle).kind === 'current';
  });
}

function reading<T>(file: string, read: (handle: BetterSqlite3.Database) => T): T {
  const handle = openForReading(file);
  try {
    return withFileErrors(file, () => read(handle));
  } finally {
    handle.close();
  }
}

interface Owned {
  readonly query: Knex;
  readonly handle: BetterSqlite3.Database;
}

async function alone<T>(file: string, change: (owned: Owned) => Promise<T>): Promise<T> {
  const query = connect({ file });
  try {
    const handle: BetterSqlite3.Database = await query.client.acquireConnection();
    query.client.releaseConnection(handle);
    keepToOneself(handle);
    const result = await change({ query, handle });
    share(handle);
    return result;
  } catch (error) {
    throw fileError(error, file);
  } finally {
    await query.destroy();
  }
}
