/**
 * Measures the journal against the ceiling of the same rows, in turns within one process, and single operations. Prints
 * one JSON line per figure.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MinerCommit } from '../src/actors/ports.ts';
import type { Allocation } from '../src/domain/allocation.ts';
import { minerUid } from '../src/domain/ids.ts';
import { Events, silentLogger } from '../src/events.ts';
import { systemClock } from '../src/lib/clock.ts';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { SqliteJournal } from '../src/store/sqlite-journal.ts';
import { SqliteProfileStore } from '../src/store/sqlite-profile-store.ts';
import { SqliteWeightSetStore } from '../src/store/sqlite-weight-set-store.ts';
import {
  sampleCommit,
  sampleExecutor,
  sampleHotkey,
  sampleProfile,
} from '../test/support/profile-samples.ts';
import { sampleAllocation, sampleWeightSet } from '../test/support/weight-set-samples.ts';
import { percentile, printFigure } from './figure.ts';
import { measureIngestCeiling } from './ingest-ceiling.ts';

const RUNS = 5;
const MINERS = 2_000;
const ROUNDS = 4;
const EXECUTORS = 8;
const RECORDS = 50;
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
  printPercentiles('store.record_1000_pairs', await recordMs(1_000));
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
      const executors = Array.from({ length: EXECUTORS }, (_, number) =>
        sampleExecutor({ executorId: `executor-${uid}-${number}` }),
      );
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

async function recordMs(pairCount: number): Promise<readonly number[]> {
  const { database } = await openStore();
  const store = new SqliteWeightSetStore({ database, netuid: 39, mecid: 0 });
  const allocation = allocationOf(pairCount);
  const { vector, categories } = allocation;
  const hotkeys = Array.from(vector.uids, (uid) => sampleHotkey(uid));
  const blocks = Array.from({ length: RECORDS }, (_, index) => 360 * (index + 1));
  const times = await timesMs(blocks, (block) =>
    store.record(sampleWeightSet({ block, vector, hotkeys, categories }), allocation),
  );
  await database.close();
  return times;
}

/** Every miner is paid in one category. */
function allocationOf(pairCount: number): Allocation {
  const sample = sampleAllocation();
  const index = sample.pairs.category[0] as number;
  const ones = new Array<number>(pairCount).fill(1);
  return {
    ...sample,
    pairs: {
      uid: Int32Array.from(ones, (_, uid) => uid),
      category: Uint16Array.from(ones, () => index),
      reason: new Uint8Array(pairCount),
      gpuCount: Int32Array.from(ones),
      scoreMicros: Int32Array.from(ones),
      basis: Float64Array.from(ones),
      weight: Float64Array.from(ones),
    },
    vector: { uids: Uint16Array.from(ones, (_, uid) => uid), weights: Uint16Array.from(ones) },
  };
}

function printPercentiles(name: string, times: readonly number[]): void {
  for (const percent of [50, 99]) {
    printFigure({ name: `${name}.p${percent}`, unit: 'ms', values: [percentile(times, percent)] });
  }
}
