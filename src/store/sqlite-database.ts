/**
 * One handle on the file. Knex owns the connection, the schema and the text of every statement; the stores prepare that text
 * once on Knex's own handle and run it synchronously, so that a transaction begins and ends within one turn of its thread's
 * event loop. In a service one handle writes, on a thread of its own, and the others refuse to: it may commit between any two
 * statements, so whatever is read together is read in one transaction. Nobody may await a Knex transaction at run time: it would
 * hold the handle across turns.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import knex, { type Knex } from 'knex';
import { migrationSource } from '../../migrations/index.ts';
import { AssayError } from '../domain/errors.ts';
import { assert } from '../lib/assert.ts';
import { storeClosed, storeError } from './sqlite-errors.ts';
import { migrate, refuseOtherSchema } from './sqlite-migrator.ts';

/** A prepared statement with its parameters by position. */
type Statement<Parameters extends unknown[], Row = never> = BetterSqlite3.Statement<
  Parameters,
  Row
>;

interface SqliteDatabaseOptions {
  readonly file: string;
  /** How long a write waits, blocking, for another process that holds the lock. */
  readonly busyTimeoutMs?: number;
  /**
   * Whether a commit waits until it is on disk (`full`, the default): what was acknowledged then survives a loss of power,
   * and not only a crash of the process.
   */
  readonly synchronous?: 'full' | 'normal';
}

const BUSY_TIMEOUT_MS = 1_000;
const ACQUIRE_TIMEOUT_MS = 5_000;
/** Of a handle that reads only what is asked for now and then. */
const READING_CACHE_KIB = 4_096;
/** Of the handle that writes: the pages of the indexes that every commit comes to; eight times as much gained nothing. */
const WRITING_CACHE_KIB = 8_192;
/**
 * Pages of the log that a commit moves into the file. Half of SQLite's own number: a twentieth less throughput, and the
 * longest waits of an acknowledgement, which are those behind a checkpoint, a fifth shorter.
 */
const CHECKPOINT_PAGES = 500;

/** See the top of this file. */
export class SqliteDatabase {
  /** Builds the text of statements; runs admin queries. */
  readonly query: Knex;
  readonly file: string;
  readonly #handle: BetterSqlite3.Database;
  readonly #begin: Statement<[]>;
  readonly #beginReading: Statement<[]>;
  readonly #commit: Statement<[]>;
  readonly #rollback: Statement<[]>;
  #isClosed = false;

  private constructor(query: Knex, handle: BetterSqlite3.Database) {
    this.query = query;
    this.file = handle.name;
    this.#handle = handle;
    this.#begin = handle.prepare('begin immediate');
    this.#beginReading = handle.prepare('begin');
    this.#commit = handle.prepare('commit');
    this.#rollback = handle.prepare('rollback');
  }

  /**
   * Opens the file, creating it and its folder when they are missing, and migrates it.
   *
   * @throws AssayError `store_unavailable`, `store_unusable`.
   */
  static async open(options: SqliteDatabaseOptions): Promise<SqliteDatabase> {
    createFolder(dirname(options.file));
    return SqliteDatabase.#open(connect(options), migrate);
  }

  /**
   * Opens a file that `open` has migrated.
   *
   * @throws AssayError `store_unavailable`, `store_unusable` when its schema is not that of this version.
   */
  static async openMigrated(options: SqliteDatabaseOptions): Promise<SqliteDatabase> {
    return SqliteDatabase.#open(connect(options), refuseOtherSchema);
  }

  /**
   * Opens an existing file to read it, while a service may be writing it. Nothing is created or migrated.
   *
   * @throws AssayError `store_unusable` when there is no such file or its schema is not that of this version,
   * `store_unavailable`.
   */
  static async openReadOnly(options: SqliteDatabaseOptions): Promise<SqliteDatabase> {
    if (!existsSync(options.file)) {
      throw new AssayError('store_unusable', `there is no database ${options.file}`);
    }
    return SqliteDatabase.#open(connect(options, { isReadOnly: true }), refuseOtherSchema);
  }

  static async #open(
    query: Knex,
    prepare: (query: Knex) => Promise<void>,
  ): Promise<SqliteDatabase> {
    try {
      const handle: BetterSqlite3.Database = await query.client.acquireConnection();
      query.client.releaseConnection(handle);
      await prepare(query);
      return new SqliteDatabase(query, handle);
    } catch (error) {
      await query.destroy();
      throw storeError(error);
    }
  }

  /**
   * Prepares a query. In its place each value is named after itself, `where('miner_uid', 'miner_uid')`, except a limit,
   * which is any number; `parameters` states the order in which the compiled text takes them.
   */
  statement<Parameters extends unknown[], Row = never>(
    query: Knex.QueryBuilder,
    parameters: readonly string[],
  ): Statement<Parameters, Row> {
    const { sql, bindings } = query.toSQL().toNative();
    const names = bindings.map((value) => (typeof value === 'number' ? 'limit' : String(value)));
    assert(
      names.join() === parameters.join(),
      `the statement takes (${names.join(', ')}), not (${parameters.join(', ')}): ${sql}`,
    );
    return this.#handle.prepare<Parameters, Row>(sql);
  }

  /** Reads from one state of the file, whatever is committed meanwhile; `run` must not await. */
  read<T>(run: () => T): T {
    if (this.#handle.inTransaction) return this.#guarded(run);
    return this.#within(this.#beginReading, run);
  }

  /** Runs all of it or nothing, durably; `run` must not await. */
  transaction<T>(run: () => T): T {
    return this.#within(this.#begin, run);
  }

  #within<T>(begin: Statement<[]>, run: () => T): T {
    return this.#guarded(() => {
      begin.run();
      try {
        const result = run();
        this.#commit.run();
        return result;
      } catch (error) {
        // A full disk has rolled back by itself.
        if (this.#handle.inTransaction) this.#rollback.run();
        throw error;
      }
    });
  }

  /** With SQLite's errors as ours. */
  #guarded<T>(run: () => T): T {
    if (this.#isClosed) throw storeClosed();
    try {
      return run();
    } catch (error) {
      throw storeError(error);
    }
  }

  /** Refuses writes on this handle from now on: another thread has the one that writes, and a second would wait for it. */
  refuseWrites(): void {
    this.#guarded(() => {
      this.#handle.pragma('query_only = ON');
      this.#handle.pragma(`cache_size = -${READING_CACHE_KIB}`);
    });
  }

  /** Moves the write-ahead log into the file and closes it. Later calls do nothing. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (!this.#handle.readonly) this.#handle.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      throw storeError(error);
    } finally {
      await this.query.destroy();
    }
  }
}

/** Each column with its own name for a value, as `statement` wants it. */
export function named(columns: readonly string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column, column]));
}

/**
 * A row for each of `count` rows of one insert, and the order of its parameters. An insert of four rows costs a quarter less
 * than four inserts; more rows to a statement gain nothing more.
 */
export function namedRows(columns: readonly string[], count: number) {
  const rows = Array.from({ length: count }, () => named(columns));
  return { rows, parameters: rows.flatMap((row) => Object.keys(row)) };
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new AssayError('store_unavailable', `the folder ${folder} cannot be made`, {
      cause: error,
    });
  }
}

export function connect(
  { file, busyTimeoutMs = BUSY_TIMEOUT_MS, synchronous = 'full' }: SqliteDatabaseOptions,
  { isReadOnly = false } = {},
): Knex {
  return knex({
    client: 'better-sqlite3',
    connection: { filename: file, options: { readonly: isReadOnly } },
    useNullAsDefault: true,
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    migrations: { migrationSource },
    log: SILENT,
    pool: {
      min: 1,
      max: 1,
      afterCreate(handle: BetterSqlite3.Database, done: (error: unknown) => void) {
        done(configured(handle, { busyTimeoutMs, synchronous, isReadOnly }));
      },
    },
  });
}

interface HandleSettings
  extends Required<Pick<SqliteDatabaseOptions, 'busyTimeoutMs' | 'synchronous'>> {
  readonly isReadOnly: boolean;
}

/** Errors reach the caller; Knex would print them on stdout as well. */
const ignore = () => undefined;
const SILENT = { debug: ignore, warn: ignore, error: ignore, deprecate: ignore };

function configured(
  handle: BetterSqlite3.Database,
  { busyTimeoutMs, synchronous, isReadOnly }: HandleSettings,
): unknown {
  try {
    handle.pragma(`busy_timeout = ${busyTimeoutMs}`);
    if (isReadOnly) return null;
    handle.pragma('journal_mode = WAL');
    handle.pragma(`synchronous = ${synchronous}`);
    handle.pragma('foreign_keys = ON');
    // A statement that inserts several rows keeps what it would have to undo; in a file that takes longer than the rows.
    handle.pragma('temp_store = MEMORY');
    handle.pragma(`cache_size = -${WRITING_CACHE_KIB}`);
    handle.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    return null;
  } catch (error) {
    return error;
  }
}
