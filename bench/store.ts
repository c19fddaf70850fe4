/**
 * Measures the journal against the ceiling of the same rows, in turns within one process, and single operations. Prints
 * one JSON line per figure.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MinerCommit } from '../src/actors/ports.ts';
import { type MinerUid, minerUid } from '../src/domain/ids.ts';
import type { ExecutorProfile } from '../src/domain/profile.ts';
import { Events, silentLogger } from '../src/events.ts';
import { systemClock } from '../src/lib/clock.ts';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { SqliteJournal } from '../src/store/sqlite-journal.ts';
import { SqliteProfileStore } from '../src/store/sqlite-profile-store.ts';
import { SqliteVerificationResults } from '../src/store/sqlite-verification-results.ts';
import { SqliteWeightHistory } from '../src/store/sqlite-weight-history.ts';
import { SqliteWeightSetStore } from '../src/store/sqlite-weight-set-store.ts';
import { decidedIn, sampleMiners } from '../test/support/decision-samples.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../test/support/profile-samples.ts';
import { percentile, printFigure } from './figure.ts';
import { measureIngestCeiling } from './ingest-ceiling.ts';

const RUNS = 5;
const MINERS = 2_000;
const ROUNDS = 4;
const EXECUTORS = 8;
const RECORDS = 50;
const OPERATIONS = 1_000;
/** The first calls of an operation measure the compiler. */
const WARM_UP = 50;
/** Reports of each miner that make a million results. */
const ROUNDS_MAX = Math.ceil(1_000_000 / (MINERS * EXECUTORS));
const HISTORY_SETS = 500;
const HISTORY_MINERS = 256;
const SUBNET = { netuid: 39, mecid: 0 };
const REPORT_ROWS = 2 + 2 * EXECUTORS;
/** What the journal puts into one transaction: 2,000 rows. */
const REPORTS_PER_TRANSACTION = Math.floor(2_000 / REPORT_ROWS);

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
let files = 0;

try {
  const commits = sampleCommits();
  const ceilings: number[] = [];
  const journals: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    ceilings.push(await ceilingReportsPerSecond(commits));
    journals.push(await journalReportsPerSecond(commits));
  }
  printFigure({ name: 'store.journal', unit: 'reports/s', values: journals, ceilings });
  await measureSingleOperations(commits);
  printPercentiles('store.record_of_1000_miners', await recordMs(1_000));
  await measureAtAMillion();
} finally {
  rmSync(folder, { recursive: true });
}

function nextFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

function sampleCommits(): readonly MinerCommit[] {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);
  return rounds.flatMap((revision) =>
    Array.from({ length: MINERS }, (_, uid) => {
      const executors = executorsOf(uid);
      return sampleCommit(sampleProfile({ uid, revision, executors, score: 1 / (1 + uid) }));
    }),
  );
}

async function ceilingReportsPerSecond(commits: readonly MinerCommit[]): Promise<number> {
  const { reportsPerSecond } = await measureIngestCeiling({
    file: nextFile(),
    commits,
    reportsPerTransaction: REPORTS_PER_TRANSACTION,
  });
  return reportsPerSecond;
}

async function journalReportsPerSecond(commits: readonly MinerCommit[]): Promise<number> {
  const { database, journal } = await openStore();
  const startedMs = performance.now();
  for (let from = 0; from < commits.length; from += MINERS) {
    await Promise.all(commits.slice(from, from + MINERS).map((commit) => journal.commit(commit)));
  }
  const durationMs = performance.now() - startedMs;
  await database.close();
  return (commits.length / durationMs) * 1_000;
}

async function measureSingleOperations(commits: readonly MinerCommit[]): Promise<void> {
  const { database, journal } = await openStore();
  const profiles = new SqliteProfileStore(database);
  const chosen = commits.slice(0, MINERS);
  const committed = await timesMs(chosen, (commit) => journal.commit(commit));
  const got = await timesMs(chosen, (commit) => profiles.get(commit.minerUid));
  const paged = await timesMs(chosen.slice(0, 200), () =>
    profiles.page({ afterUid: minerUid(500), limit: 100 }),
  );
  const read = await timesMs([1, 2, 3, 4, 5], () => everyProfile(profiles));
  await database.close();
  printPercentiles('store.commit_alone', committed);
  printPercentiles('store.get_profile', got);
  printPercentiles('store.page_of_100_profiles', paged);
  printFigure({ name: `store.all_${MINERS}_profiles`, unit: 'ms', values: read });
}

async function everyProfile(profiles: SqliteProfileStore): Promise<number> {
  let count = 0;
  for await (const batch of profiles.all()) count += batch.length;
  return count;
}

async function openStore() {
  const database = await SqliteDatabase.open({ file: nextFile() });
  const events = new Events({ logger: silentLogger });
  return { database, journal: new SqliteJournal({ database, events, clock: systemClock }) };
}

async function timesMs<T>(items: readonly T[], run: (item: T) => Promise<unknown>) {
  const times: number[] = [];
  for (const item of items) {
    const startedMs = performance.now();
    await run(item);
    times.push(performance.now() - startedMs);
  }
  return times;
}

/** Decisions about miners of whom most have two pairs. */
async function recordMs(miners: number): Promise<readonly number[]> {
  const { database } = await openStore();
  const store = new SqliteWeightSetStore({ database, ...SUBNET });
  const decision = await decidedIn({ profiles: sampleMiners(miners) });
  const blocks = Array.from({ length: RECORDS }, (_, index) => 360 * (index + 1));
  const times = await timesMs(blocks, (block) =>
    store.record({ ...decision, set: { ...decision.set, block } }),
  );
  await database.close();
  return times;
}

/** Single operations while a million results are stored. */
async function measureAtAMillion(): Promise<void> {
  const { database, journal } = await openStore();
  await fill(journal);
  const profiles = new SqliteProfileStore(database);
  const results = new SqliteVerificationResults(database);
  const history = new SqliteWeightHistory({ database, ...SUBNET });
  await fillHistory(new SqliteWeightSetStore({ database, ...SUBNET }));
  const some = Array.from({ length: OPERATIONS }, (_, index) => minerUid((index * 7) % MINERS));
  const commit = (uid: MinerUid) => {
    const executors = executorsOf(uid);
    return journal.commit(
      sampleCommit(sampleProfile({ uid, revision: ROUNDS_MAX + 1, executors })),
    );
  };
  const name = 'store.at_1000000_results';
  const operations = {
    commit_alone: commit,
    get_profile: (uid: MinerUid) => profiles.get(uid),
    page_of_100_profiles: (uid: MinerUid) => profiles.page({ afterUid: uid, limit: 100 }),
    statistics: () => profiles.statistics(),
    page_of_100_results: () => results.page({ limit: 100 }),
    page_of_100_results_of_a_miner: (minerUid: MinerUid) => results.page({ minerUid, limit: 100 }),
    page_of_100_pairs: () => history.pairs({ limit: 100 }),
    page_of_100_pairs_of_a_miner: (uid: MinerUid) =>
      history.pairs({ minerUid: minerUid(2 + (uid % HISTORY_MINERS)), limit: 100 }),
    page_of_100_metrics: () => history.metrics({ limit: 100 }),
  };
  for (const [operation, run] of Object.entries(operations)) {
    await timesMs(some.slice(0, WARM_UP), run);
    printPercentiles(`${name}.${operation}`, await timesMs(some.slice(WARM_UP), run));
  }
  await database.close();
}

async function fill(journal: SqliteJournal): Promise<void> {
  for (let revision = 1; revision <= ROUNDS_MAX; revision += 1) {
    await Promise.all(
      Array.from({ length: MINERS }, (_, uid) =>
        journal.commit(sampleCommit(sampleProfile({ uid, revision, executors: executorsOf(uid) }))),
      ),
    );
  }
}

async function fillHistory(store: SqliteWeightSetStore): Promise<void> {
  const decision = await decidedIn({ profiles: sampleMiners(HISTORY_MINERS) });
  for (let number = 1; number <= HISTORY_SETS; number += 1) {
    await store.record({ ...decision, set: { ...decision.set, block: 360 * number } });
  }
}

function executorsOf(uid: number): readonly ExecutorProfile[] {
  return Array.from({ length: EXECUTORS }, (_, number) =>
    sampleExecutor({ executorId: `executor-${uid}-${number}` }),
  );
}

function printPercentiles(name: string, times: readonly number[]): void {
  for (const percent of [50, 99]) {
    printFigure({ name: `${name}.p${percent}`, unit: 'ms', values: [percentile(times, percent)] });
  }
}
