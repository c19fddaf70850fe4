/** Looks at a database without knowing whether this version of Assay can use it. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { migrationNames } from '../../migrations/index.ts';
import { AssayError } from '../domain/errors.ts';
import { withFileErrors } from './file-errors.ts';
import { MIGRATIONS_TABLE } from './sqlite-migrator.ts';

/** How the schema of a database compares with this version's. */
export type SchemaState =
  | { readonly kind: 'current' }
  /** `missing`: migrations that are still to be done. */
  | { readonly kind: 'older'; readonly missing: readonly string[] }
  /** `unknown`: migrations that this version does not know. */
  | { readonly kind: 'newer'; readonly unknown: readonly string[] }
  /** Not a database of Assay. */
  | { readonly kind: 'unknown' };

/** How much is in a database. */
export interface DatabaseContents {
  readonly schema: SchemaState;
  /** Block of the newest weight set; undefined when there is none, or when a newer version wrote them. */
  readonly newestBlock: number | undefined;
  /** Rows by table; a table that the schema does not have is left out. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Problems that one look lists; more of them say nothing new. */
export const PROBLEMS_MAX = 20;

const BUSY_TIMEOUT_MS = 1_000;
const LOCK_TABLE = `${MIGRATIONS_TABLE}_lock`;
const MAIN_TABLES = [
  'miner_gpu_profiles',
  'miner_executors',
  'verification_reports',
  'miner_prover_results',
  'emission_configs',
  'weight_submissions',
  'signed_extrinsics',
  'emission_metrics',
  'weight_allocation_history',
  'pending_weight_history',
  'ledger_entries',
] as const;

/**
 * Opens a database to read it, whatever its schema, also while a service writes it.
 *
 * @throws AssayError `store_unusable` when there is no such file or it is not a database, `store_unavailable`.
 */
export function openForReading(file: string): Database.Database {
  if (!existsSync(file)) throw new AssayError('store_unusable', `there is no database ${file}`);
  return withFileErrors(file, () => {
    const handle = new Database(file, {
      readonly: true,
      fileMustExist: true,
      timeout: BUSY_TIMEOUT_MS,
    });
    try {
      handle.pragma('schema_version');
      return handle;
    } catch (error) {
      handle.close();
      throw error;
    }
  });
}

/** Everything that SQLite itself finds wrong with the file and its indexes. */
export function integrityProblems(handle: Database.Database): readonly string[] {
  const rows = handle.pragma(`integrity_check(${PROBLEMS_MAX})`) as readonly {
    readonly integrity_check: string;
  }[];
  return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
}

/** Rows whose parent does not exist. */
export function foreignKeyProblems(handle: Database.Database): readonly string[] {
  const problems: string[] = [];
  const orphans = handle.prepare<[], { table: string; rowid: number; parent: string }>(
    'pragma foreign_key_check',
  );
  for (const { table, rowid, parent } of orphans.iterate()) {
    problems.push(`row ${rowid} of ${table} has no row in ${parent}`);
    if (problems.length === PROBLEMS_MAX) break;
  }
  return problems;
}

/** @throws AssayError `store_unusable` when the file is a database of something else, or empty. */
export function requireOurs(handle: Database.Database): void {
  if (withFileErrors(handle.name, () => schemaOf(handle)).kind === 'unknown') {
    throw new AssayError('store_unusable', `${handle.name} is not a database of Assay`);
  }
}

export function schemaOf(handle: Database.Database): SchemaState {
  if (!hasTable(handle, MIGRATIONS_TABLE)) return { kind: 'unknown' };
  const applied = handle
    .prepare<[], string>(`select name from ${MIGRATIONS_TABLE} order by id`)
    .pluck()
    .all();
  const unknown = applied.filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) return { kind: 'newer', unknown };
  const missing = migrationNames.filter((name) => !applied.includes(name));
  return missing.length > 0 ? { kind: 'older', missing } : { kind: 'current' };
}

/** Whether a migration is under way, or was broken off. */
export function isMigrating(handle: Database.Database): boolean {
  return (
    hasTable(handle, LOCK_TABLE) &&
    numberFrom(handle, `select max(is_locked) from ${LOCK_TABLE}`) === 1
  );
}

export function contentsOf(handle: Database.Database): DatabaseContents {
  const schema = schemaOf(handle);
  const tables = MAIN_TABLES.filter((table) => hasTable(handle, table));
  // A newer version may have named its columns otherwise.
  const hasBlock = schema.kind !== 'newer' && tables.includes('weight_submissions');
  return {
    schema,
    newestBlock: hasBlock
      ? (numberFrom(handle, 'select max(block) from weight_submissions') ?? undefined)
      : undefined,
    rows: Object.fromEntries(
      tables.map((table) => [table, numberFrom(handle, `select count(*) from ${table}`) ?? 0]),
    ),
  };
}

export function hasTable(handle: Database.Database, table: string): boolean {
  return (
    handle.prepare("select 1 from sqlite_master where type = 'table' and name = ?").get(table) !==
    undefined
  );
}

function numberFrom(handle: Database.Database, sql: string): number | null {
  return handle.prepare<[], number | null>(sql).pluck().get() ?? null;
}
