/**
 * One file, one handle, one writer. Knex owns the connection, the schema and the text of every statement; the stores
 * prepare that text once on Knex's own handle and run it synchronously. A transaction therefore begins and ends within
 * one turn of the event loop: nothing can come between, and no other query waits for it inside this process. Nobody may
 * await a Knex transaction at run time: it would hold the handle across turns.
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
}

const BUSY_TIMEOUT_MS = 1_000;
const ACQUIRE_TIMEOUT_MS = 5_000;
const CACHE_KIB = 65_536;

/** See `checkpointEvery`; SQLite's own default. */
export const CHECKPOINT_PAGES = 1_000;

/** See the top of this file. */
export class SqliteDatabase {
  /** Builds the text of statements; runs admin queries. */
  readonly query: Knex;
  readonly file: string;
  readonly #handle: BetterSqlite3.Database;
  readonly #begin: Statement<[]>;
  readonly #commit: Statement<[]>;
  readonly #rollback: Statement<[]>;
  #isClosed = false;

  private constructor(query: Knex, handle: BetterSqlite3.Database) {
    this.query = query;
    this.file = handle.name;
    this.#handle = handle;
    this.#begin = handle.prepare('begin immediate');
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
    const query = connect(options);
    try {
      const handle: BetterSqlite3.Database = await query.client.acquireConnection();
      query.client.releaseConnection(handle);
      await migrate(query);
      return new SqliteDatabase(query, handle);
    } catch (error) {
      await query.destroy();
      throw storeError(error);
    }
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
    const query = connect(options, { isReadOnly: true });
    try {
      const handle: BetterSqlite3.Database = await query.client.acquireConnection();
      query.client.releaseConnection(handle);
      await refuseOtherSchema(query);
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

  /** Reads, with SQLite's errors as ours. */
  read<T>(run: () => T): T {
    if (this.#isClosed) throw storeClosed();
    try {
      return run();
    } catch (error) {
      throw storeError(error);
    }
  }

  /** Runs all of it or nothing, durably; `run` must not await. */
  transaction<T>(run: () => T): T {
    return this.read(() => {
      this.#begin.run();
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

  /**
   * A commit that leaves so many pages in the write-ahead log copies them into the file, within the commit and on this
   * thread; 0 for never. Whoever writes much in a row wants that often and little.
   */
  checkpointEvery(pages: number): void {
    this.read(() => this.#handle.pragma(`wal_autocheckpoint = ${pages}`));
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
  { file, busyTimeoutMs = BUSY_TIMEOUT_MS }: SqliteDatabaseOptions,
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
        done(configured(handle, { busyTimeoutMs, isReadOnly }));
      },
    },
  });
}

/** Errors reach the caller; Knex would print them on stdout as well. */
const ignore = () => undefined;
const SILENT = { debug: ignore, warn: ignore, error: ignore, deprecate: ignore };

function configured(
  handle: BetterSqlite3.Database,
  { busyTimeoutMs, isReadOnly }: { busyTimeoutMs: number; isReadOnly: boolean },
): unknown {
  try {
    handle.pragma(`busy_timeout = ${busyTimeoutMs}`);
    if (isReadOnly) return null;
    handle.pragma('journal_mode = WAL');
    // What was acknowledged survives a loss of power, not only a crash of the process.
    handle.pragma('synchronous = FULL');
    handle.pragma('foreign_keys = ON');
    handle.pragma(`cache_size = -${CACHE_KIB}`);
    return null;
  } catch (error) {
    return error;
  }
}
