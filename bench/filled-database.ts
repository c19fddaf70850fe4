/**
 * A large database in seconds: one round of reports goes through the journal, and SQL repeats its rows. The rows, the schema and
 * the indexes are those of a service that has run for long.
 */
import Database from 'better-sqlite3';
import type { ExecutorProfile } from '../src/domain/profile.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../test/support/profile-samples.ts';
import { openServiceStore } from './service-store.ts';

/** How much to fill in. */
export interface Filling {
  readonly miners: number;
  readonly executorsPerMiner: number;
  /** Of each miner. */
  readonly reports: number;
}

const TABLES = ['verification_reports', 'miner_prover_results'];
const MINUTES_BETWEEN_REPORTS = 10;
const CACHE_MIB = 256;
const SORTING_THREADS = 2;

/** Fills a database that does not exist yet. */
export async function fillDatabase(file: string, filling: Filling): Promise<void> {
  const store = await openServiceStore(file);
  const { miners, executorsPerMiner } = filling;
  await Promise.all(
    Array.from({ length: miners }, (_, uid) => {
      const executors = sampleExecutors(uid, executorsPerMiner);
      return store.journal.commit(sampleCommit(sampleProfile({ uid, revision: 1, executors })));
    }),
  );
  await store.journal.close();
  await store.close();
  repeatReports(file, filling);
}

/** The executors of a miner, the same in every report. */
export function sampleExecutors(uid: number, count: number): readonly ExecutorProfile[] {
  return Array.from({ length: count }, (_, number) =>
    sampleExecutor({ executorId: `executor-${uid}-${number}` }),
  );
}

/** Indexes are made once all rows are there: sorting is faster than finding the place of each. */
function repeatReports(file: string, { miners, reports }: Filling): void {
  const database = new Database(file);
  database.pragma('journal_mode = off');
  database.pragma('synchronous = off');
  database.pragma(`threads = ${SORTING_THREADS}`);
  database.pragma(`cache_size = ${-CACHE_MIB * 2 ** 10}`);
  const indexes = indexesOf(database);
  for (const { name } of indexes) database.exec(`drop index ${name}`);
  database.exec('begin');
  database.exec(
    `create temporary table rounds as with recursive rounds (round) as (select 1 union all select round + 1 from rounds ` +
      `where round < ${reports - 1}) select round, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ` +
      `'-' || (round * ${MINUTES_BETWEEN_REPORTS}) || ' minutes') as time from rounds`,
  );
  const repeated = 'prover_id, digest, outcome, miner_uid, hotkey, registered_at_block';
  database.exec(
    `insert into verification_reports (id, report_id, ${repeated}, observed_time, received_time) ` +
      `select id + round * ${miners}, report_id || '-' || round, ${repeated}, time, time ` +
      `from rounds cross join verification_reports where id <= ${miners}`,
  );
  const results =
    'miner_uid, executor_id, gpu_model, gpu_category, gpu_count, gpu_memory_mib, is_valid, ' +
    'attestation_valid, hardware_score, network_bandwidth_mbps';
  const count = database.prepare('select max(id) from miner_prover_results').pluck().get();
  database.exec(
    `insert into miner_prover_results (verification_report_id, ${results}, verification_timestamp, created_at) ` +
      `select verification_report_id + round * ${miners}, ${results}, time, time ` +
      `from rounds cross join miner_prover_results where id <= ${count}`,
  );
  for (const { sql } of indexes) database.exec(sql);
  database.exec('commit');
  database.pragma('journal_mode = wal');
  database.close();
}

function indexesOf(database: Database.Database) {
  return TABLES.flatMap((table) =>
    database
      .prepare<[string], { name: string; sql: string }>(
        "select name, sql from sqlite_master where type = 'index' and tbl_name = ? and sql is not null",
      )
      .all(table),
  );
}
