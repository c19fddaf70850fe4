/**
 * The ceiling of everything that stores reports: their rows, made ready beforehand, through plain prepared statements into the
 * same migrated schema with the same settings, one `run` a row, so many reports to a transaction. Nothing is checked,
 * decided or awaited: what a loop around `run` could do at best.
 */
import Database from 'better-sqlite3';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';

/** The values of a row, in the order of its columns below. */
export type Row = readonly unknown[];

/** The rows of one report. */
export interface PlainReport {
  readonly report: Row;
  readonly results: readonly Row[];
  readonly profile: Row | undefined;
  readonly executors: readonly Row[];
}

/** Rows that were written, and how long it took. */
export interface PlainInserted {
  readonly rows: number;
  readonly durationMs: number;
  readonly processorMs: number;
}

interface PlainInsertOptions {
  /** Where to write; must not exist yet. */
  readonly file: string;
  readonly synchronous: 'full' | 'normal';
}

export const REPORT_FIELDS = [
  ...['prover_id', 'report_id', 'digest', 'outcome', 'miner_uid', 'hotkey'],
  ...['registered_at_block', 'observed_time', 'received_time'],
];
/** Those of a result, besides its report. */
export const RESULT_FIELDS = [
  ...['miner_uid', 'executor_id', 'gpu_model', 'gpu_category', 'gpu_count', 'gpu_memory_mib'],
  ...['is_valid', 'attestation_valid', 'hardware_score', 'network_bandwidth_mbps'],
  ...['verification_timestamp', 'created_at'],
];
export const PROFILE_FIELDS = [
  ...['miner_uid', 'hotkey', 'registered_at_block', 'revision', 'primary_gpu_model'],
  ...['gpu_counts_json', 'total_score', 'verification_count', 'last_observed_time'],
  ...['last_updated', 'created_at'],
];
export const EXECUTOR_FIELDS = [
  ...['miner_uid', 'executor_id', 'is_valid', 'attestation_valid', 'hardware_score'],
  ...['network_bandwidth_mbps', 'verified_time', 'gpus_json'],
];

const SETTINGS = ['journal_mode = WAL', 'foreign_keys = ON', 'cache_size = -65536'];

/** See the top of this file. */
export class PlainInsert {
  readonly #database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;

  static async open({ file, synchronous }: PlainInsertOptions): Promise<PlainInsert> {
    const migrated = await SqliteDatabase.open({ file });
    await migrated.close();
    const database = new Database(file);
    for (const setting of [...SETTINGS, `synchronous = ${synchronous}`]) database.pragma(setting);
    return new PlainInsert(database);
  }

  private constructor(database: Database.Database) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  insert(reports: readonly PlainReport[], reportsPerTransaction: number): PlainInserted {
    const startedMs = performance.now();
    const started = process.cpuUsage();
    let rows = 0;
    for (let from = 0; from < reports.length; from += reportsPerTransaction) {
      this.#database.exec('begin immediate');
      for (let at = from; at < Math.min(from + reportsPerTransaction, reports.length); at += 1) {
        rows += this.#insertReport(reports[at] as PlainReport);
      }
      this.#database.exec('commit');
    }
    const { user, system } = process.cpuUsage(started);
    return {
      rows,
      durationMs: performance.now() - startedMs,
      processorMs: (user + system) / 1_000,
    };
  }

  close(): void {
    this.#database.close();
  }

  #insertReport({ report, results, profile, executors }: PlainReport): number {
    const { insertReport, insertResult, upsertProfile, upsertExecutor } = this.#statements;
    const id = insertReport.run(...report).lastInsertRowid;
    for (const row of results) insertResult.run(id, ...row);
    if (profile !== undefined) upsertProfile.run(...profile);
    for (const row of executors) upsertExecutor.run(...row);
    return 1 + results.length + executors.length + (profile === undefined ? 0 : 1);
  }
}

function prepare(database: Database.Database) {
  const insert = (table: string, columns: readonly string[]) =>
    `insert into ${table} (${columns.join()}) values (${columns.map(() => '?').join()})`;
  const upsert = (table: string, columns: readonly string[], key: readonly string[]) =>
    `${insert(table, columns)} ${onConflictUpdate(columns, key)}`;
  const key = ['miner_uid', 'executor_id'];
  return {
    insertReport: database.prepare(insert('verification_reports', REPORT_FIELDS)),
    insertResult: database.prepare(
      insert('miner_prover_results', ['verification_report_id', ...RESULT_FIELDS]),
    ),
    upsertProfile: database.prepare(upsert('miner_gpu_profiles', PROFILE_FIELDS, ['miner_uid'])),
    upsertExecutor: database.prepare(upsert('miner_executors', EXECUTOR_FIELDS, key)),
  };
}

/** Writes all but the key and the time of the first insert over what stands there. */
export function onConflictUpdate(columns: readonly string[], key: readonly string[]): string {
  const changes = columns
    .filter((column) => !key.includes(column) && column !== 'created_at')
    .map((column) => `${column} = excluded.${column}`);
  return `on conflict (${key.join()}) do update set ${changes.join()}`;
}
