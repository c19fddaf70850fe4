/**
 * PostgreSQL in SQLite's place: the rows of the same reports in batches of as many rows as a transaction of the journal has, by
 * one statement of `insert … select … from unnest(…)` for each table, over one connection and over two; in turns with the
 * journal of the service and with a plain prepared-statement insert, each on disk before it answers. The column `ceiling` has
 * PostgreSQL's rate.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import type { MinerCommit } from '../src/actors/ports.ts';
import { ROWS_PER_TRANSACTION_MAX, type SqliteJournal } from '../src/store/sqlite-journal.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../test/support/profile-samples.ts';
import { printFigure } from './figure.ts';
import { plainReports } from './ingest-ceiling.ts';
import { PlainInsert, type PlainReport } from './plain-insert.ts';
import { PostgresCluster, postgresPrograms } from './postgres-cluster.ts';
import { batchParameters, batchStatement, POSTGRES_SCHEMA } from './postgres-tables.ts';
import { openServiceStore } from './service-store.ts';

const RUNS = 3;
const MINERS = 2_000;
const EXECUTORS = 8;
/** Reports of each miner in a run. */
const ROUNDS = 3;
const REPORTS_PER_BATCH = Math.floor(ROWS_PER_TRANSACTION_MAX / (2 + 2 * EXECUTORS));
const CONNECTIONS = [1, 2];
/** One batch is written while the next lies ready, as with the journal. */
const BATCHES_PER_CONNECTION = 2;

/** Reports a second, run by run. */
interface Rates {
  readonly journal: number[];
  readonly plain: number[];
  /** One list for each of `CONNECTIONS`. */
  readonly peers: readonly number[][];
}

const programs = postgresPrograms();
if (programs === undefined) {
  process.stderr.write('peer-postgres: it is not installed; apt-get install postgresql\n');
} else {
  process.stderr.write(
    'peer-postgres: synchronous_commit=on, 512 MB of shared buffers, a socket of the file system. Not equal: PostgreSQL uses a ' +
      'process for each connection beside that of the client, gets its rows ready made and the identifiers of reports from the ' +
      'client, and checks no revision of a profile, which the journal does.\n',
  );
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const cluster = await PostgresCluster.start(programs);
  try {
    await measure(folder, cluster);
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, cluster: PostgresCluster): Promise<void> {
  const store = await openServiceStore(join(folder, 'journal.db'));
  const plain = await PlainInsert.open({ file: join(folder, 'plain.db'), synchronous: 'full' });
  const peers = await Promise.all(CONNECTIONS.map((count) => openPeer(cluster, count)));
  const rates: Rates = { journal: [], plain: [], peers: CONNECTIONS.map(() => []) };
  for (let run = 0; run <= RUNS; run += 1) {
    const commits = commitsOf(run);
    const reports = commits.flatMap(plainReports);
    const journal = await rateOf(() => writeJournal(store.journal, commits));
    const inserted = await rateOf(() => plain.insert(reports, REPORTS_PER_BATCH));
    for (const [index, sql] of peers.entries()) {
      const batches = { reports, firstId: 1 + run * reports.length };
      const rate = await rateOf(() => insertAll(sql, batches));
      if (run > 0) rates.peers[index]?.push(rate);
    }
    if (run === 0) continue;
    rates.journal.push(journal);
    rates.plain.push(inserted);
  }
  await store.journal.close();
  await store.close();
  plain.close();
  for (const sql of peers) await sql.end();
  print(rates);
}

function print({ journal, plain, peers }: Rates): void {
  const unit = 'reports/s';
  for (const [index, ceilings] of peers.entries()) {
    const name = `peer_postgres.${CONNECTIONS[index]}_connections`;
    printFigure({ name: `${name}.journal`, unit, values: journal, ceilings });
    printFigure({ name: `${name}.plain_sqlite`, unit, values: plain, ceilings });
  }
}

async function rateOf(run: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await run();
  return (MINERS * ROUNDS * 1_000) / (performance.now() - startedMs);
}

/** Tables of its own, so that no two measurements share them. */
async function openPeer(cluster: PostgresCluster, connections: number): Promise<Sql> {
  const schema = `assay_${connections}`;
  const sql = cluster.connect({ connections, schema });
  await sql.unsafe(`create schema ${schema}; ${POSTGRES_SCHEMA}`);
  return sql;
}

async function writeJournal(
  journal: SqliteJournal,
  commits: readonly MinerCommit[],
): Promise<void> {
  for (let from = 0; from < commits.length; from += MINERS) {
    await Promise.all(commits.slice(from, from + MINERS).map((commit) => journal.commit(commit)));
  }
}

interface Batches {
  readonly reports: readonly PlainReport[];
  readonly firstId: number;
}

async function insertAll(sql: Sql, { reports, firstId }: Batches): Promise<void> {
  const statement = batchStatement();
  let next = 0;
  const insertNext = async () => {
    while (next < reports.length) {
      const from = next;
      next += REPORTS_PER_BATCH;
      const batch = reports.slice(from, next);
      await sql.unsafe(statement, batchParameters(batch, firstId + from) as never, {
        prepare: true,
      });
    }
  };
  await Promise.all(Array.from({ length: BATCHES_PER_CONNECTION * sql.options.max }, insertNext));
}

function commitsOf(run: number): readonly MinerCommit[] {
  return Array.from({ length: ROUNDS * MINERS }, (_, index) => {
    const uid = index % MINERS;
    const revision = run * ROUNDS + Math.floor(index / MINERS) + 1;
    const executors = Array.from({ length: EXECUTORS }, (_unused, number) =>
      sampleExecutor({ executorId: `executor-${uid}-${number}` }),
    );
    return sampleCommit(sampleProfile({ uid, revision, executors }));
  });
}
