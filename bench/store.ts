/**
 * Measures the journal against the ceiling of the same rows, in turns within one process, and single operations. Prints
 * one JSON line per figure.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MinerCommit } from '../src/actors/ports.ts';
import { type MinerUid, minerUid } from '../src/domain/ids.ts';
import { ROWS_PER_TRANSACTION_MAX } from '../src/store/sqlite-journal.ts';
import type { SqliteStore } from '../src/store/sqlite-store.ts';
import { decidedIn, sampleMiners } from '../test/support/decision-samples.ts';
import { sampleCommit, sampleProfile } from '../test/support/profile-samples.ts';
import { printFigure, printPercentiles, timesMs } from './figure.ts';
import { fillDatabase, sampleExecutors } from './filled-database.ts';
import { measureIngestCeiling } from './ingest-ceiling.ts';
import { openServiceStore } from './service-store.ts';

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
const REPORT_ROWS = 2 + 2 * EXECUTORS;
const REPORTS_PER_TRANSACTION = Math.floor(ROWS_PER_TRANSACTION_MAX / REPORT_ROWS);

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
  await measureSingleOperations(commits.slice(0, MINERS));
  printPercentiles('store.record_of_1000_miners', await recordMs(1_000));
  await measureAtAMillion();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function nextFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

function sampleCommits(): readonly MinerCommit[] {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);
  return rounds.flatMap((revision) =>
    Array.from({ length: MINERS }, (_, uid) => {
      const executors = sampleExecutors(uid, EXECUTORS);
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
  const store = await openServiceStore(nextFile());
  const startedMs = performance.now();
  for (let from = 0; from < commits.length; from += MINERS) {
    await Promise.all(
      commits.slice(from, from + MINERS).map((commit) => store.journal.commit(commit)),
    );
  }
  const durationMs = performance.now() - startedMs;
  await closed(store);
  return (commits.length / durationMs) * 1_000;
}

async function measureSingleOperations(commits: readonly MinerCommit[]): Promise<void> {
  const store = await openServiceStore(nextFile());
  const { journal, profiles } = store;
  const committed = await timesMs(commits, (commit) => journal.commit(commit));
  const got = await timesMs(commits, (commit) => profiles.get(commit.minerUid));
  const paged = await timesMs(commits.slice(0, 200), () =>
    profiles.page({ afterUid: minerUid(500), limit: 100 }),
  );
  const read = await timesMs([1, 2, 3, 4, 5], () => everyProfile(store));
  await closed(store);
  printPercentiles('store.commit_alone', committed);
  printPercentiles('store.get_profile', got);
  printPercentiles('store.page_of_100_profiles', paged);
  printFigure({ name: `store.all_${MINERS}_profiles`, unit: 'ms', values: read });
}

async function everyProfile({ profiles }: SqliteStore): Promise<number> {
  let count = 0;
  for await (const batch of profiles.all()) count += batch.length;
  return count;
}

async function closed(store: SqliteStore): Promise<void> {
  await store.journal.close();
  await store.close();
}

/** Decisions about miners of whom most have two pairs. */
async function recordMs(miners: number): Promise<readonly number[]> {
  const store = await openServiceStore(nextFile());
  const times = await recordSets(store, { miners, sets: RECORDS });
  await closed(store);
  return times;
}

async function recordSets(
  { weightSets }: SqliteStore,
  { miners, sets }: { readonly miners: number; readonly sets: number },
): Promise<readonly number[]> {
  const decision = await decidedIn({ profiles: sampleMiners(miners) });
  const blocks = Array.from({ length: sets }, (_, index) => 360 * (index + 1));
  return timesMs(blocks, (block) =>
    weightSets.record({ ...decision, set: { ...decision.set, block } }),
  );
}

/** Single operations while a million results are stored. */
async function measureAtAMillion(): Promise<void> {
  const file = nextFile();
  await fillDatabase(file, { miners: MINERS, executorsPerMiner: EXECUTORS, reports: ROUNDS_MAX });
  const store = await openServiceStore(file);
  await recordSets(store, { miners: HISTORY_MINERS, sets: HISTORY_SETS });
  const some = Array.from({ length: OPERATIONS }, (_, index) => minerUid((index * 7) % MINERS));
  for (const [operation, run] of Object.entries(operationsOf(store))) {
    await timesMs(some.slice(0, WARM_UP), run);
    const name = `store.at_1000000_results.${operation}`;
    printPercentiles(name, await timesMs(some.slice(WARM_UP), run));
  }
  await closed(store);
}

/** Each miner is asked for once, since its commit leads from the one revision to the next. */
function operationsOf(store: SqliteStore) {
  const { journal, profiles, verificationResults: results, weightHistory: history } = store;
  return {
    commit_alone: (uid: MinerUid) => {
      const executors = sampleExecutors(uid, EXECUTORS);
      return journal.commit(sampleCommit(sampleProfile({ uid, revision: 2, executors })));
    },
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
}
