/**
 * A whole weight set up to the ledger commit, for 1,000 and for 65,534 miners with 8 executors each in one and in two
 * categories: the time of its phases and how long the event loop stood still at most until the commit, alone and while
 * another process streams 2,000 reports a second. Its ceiling is plain prepared statements that read the same profiles and executors and insert as many history
 * rows into the same database, in the same run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { createApp } from '../src/app.ts';
import { DevChain } from '../src/chain/dev/dev-chain.ts';
import { devMiners } from '../src/chain/dev/dev-genesis.ts';
import { loadConfig } from '../src/config/load-config.ts';
import type { CategoryKey } from '../src/domain/gpu/catalogue.ts';
import type { WeightSet } from '../src/domain/weight-set.ts';
import { Events, silentLogger } from '../src/events.ts';
import { systemClock } from '../src/lib/clock.ts';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { SqliteJournal } from '../src/store/sqlite-journal.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../test/support/profile-samples.ts';
import { printFigure } from './figure.ts';
import type { IngestLoad } from './ingest-load.ts';

const SEED = 1;
const EXECUTORS = 8;
const CATEGORIES = { one: ['H100'], two: ['H100', 'A100'] };
const INTERVAL_BLOCKS = 2;
const BLOCK_MS = 200;
const RUNS = { 1000: 5, 65534: 3 };
const OWN_PHASES = ['snapshot', 'score', 'apportion', 'ledger'] as const;
const REPORTS_PER_MESSAGE = 16;
const REPORTS_PER_SECOND = 2_000;
const LOAD_STREAMS = 8;
const LOAD_SECONDS = 40;
/** The load's first messages wake actors that nobody has asked yet. */
const LOAD_WARM_UP_MS = 5_000;

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));

try {
  for (const [miners, runs] of Object.entries(RUNS)) {
    for (const [count, categories] of Object.entries(CATEGORIES)) {
      const name = `weight_set.${miners}_miners.${count}_category`;
      await measure({ name, miners: Number(miners), runs, categories });
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Everything measured of some sets. */
interface Measured {
  readonly ownMs: number[];
  readonly snapshotMs: number[];
  readonly ledgerMs: number[];
  readonly delayMs: number[];
  readonly ceilingMs: number[];
}

interface Case {
  readonly name: string;
  readonly miners: number;
  readonly runs: number;
  readonly categories: readonly string[];
}

/** The next weight set once it is verified; `decided` is called when its ledger entry is committed. */
type NextSet = (decided?: () => void) => Promise<WeightSet>;

async function measure({ name, miners, runs, categories }: Case): Promise<void> {
  const file = join(folder, `${name}.db`);
  await populate(file, miners, categories);
  await withWeightSets(file, miners, async (nextSet, address) => {
    await nextSet();
    printSets(name, await measureSets(file, runs, nextSet));
    const load = startLoad(address, miners);
    await new Promise((resolve) => setTimeout(resolve, LOAD_WARM_UP_MS));
    printSets(`${name}.under_load`, await measureSets(file, runs, nextSet));
    load.kill();
  });
}

async function measureSets(file: string, runs: number, nextSet: NextSet): Promise<Measured> {
  const measured: Measured = {
    ...{ ownMs: [], snapshotMs: [], ledgerMs: [], delayMs: [], ceilingMs: [] },
  };
  for (let run = 0; run < runs; run += 1) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const set = await nextSet(() => delay.disable());
    const { phasesMs } = set;
    measured.ownMs.push(OWN_PHASES.reduce((sum, phase) => sum + (phasesMs.get(phase) ?? 0), 0));
    measured.snapshotMs.push(phasesMs.get('snapshot') ?? Number.NaN);
    measured.ledgerMs.push(phasesMs.get('ledger') ?? Number.NaN);
    measured.delayMs.push(delay.max / 1e6);
    const pairs = set.categories.reduce((sum, { minerCount }) => sum + minerCount, 0);
    measured.ceilingMs.push(plainReadAndWriteMs(file, pairs));
  }
  return measured;
}

function printSets(name: string, { ownMs, snapshotMs, ledgerMs, delayMs, ceilingMs }: Measured) {
  printFigure({ name: `${name}.to_ledger`, unit: 'ms', values: ownMs, ceilings: ceilingMs });
  printFigure({ name: `${name}.snapshot`, unit: 'ms', values: snapshotMs });
  printFigure({ name: `${name}.ledger`, unit: 'ms', values: ledgerMs });
  printFigure({ name: `${name}.event_loop_delay_max`, unit: 'ms', values: delayMs });
}

function startLoad(address: string, miners: number): ChildProcess {
  const messages = (REPORTS_PER_SECOND / REPORTS_PER_MESSAGE) * LOAD_SECONDS;
  const load: IngestLoad = {
    address,
    miners,
    seed: SEED,
    streams: LOAD_STREAMS,
    messagesPerStream: Math.ceil(messages / LOAD_STREAMS),
    reportsPerMessage: REPORTS_PER_MESSAGE,
    executorsPerReport: EXECUTORS,
    messagesPerSecond: REPORTS_PER_SECOND / REPORTS_PER_MESSAGE,
  };
  const script = fileURLToPath(new URL('ingest-load.js', import.meta.url));
  return spawn(process.execPath, [script, JSON.stringify(load)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function populate(
  file: string,
  miners: number,
  categories: readonly string[],
): Promise<void> {
  const database = await SqliteDatabase.open({ file });
  const events = new Events({ logger: silentLogger });
  const journal = new SqliteJournal({ database, events, clock: systemClock });
  const nowMs = Date.now();
  const all = devMiners({ seed: SEED, miners });
  for (let from = 0; from < all.length; from += 1_000) {
    const commits = all.slice(from, from + 1_000).map(({ uid, hotkey }) => {
      const executors = Array.from({ length: EXECUTORS }, (_, executor) =>
        sampleExecutor({
          executorId: `executor-${uid}-${executor}`,
          verifiedAtMs: nowMs,
          gpus: [gpusOf(categories[executor % categories.length] ?? '')],
        }),
      );
      const score = 0.5 + (uid % 1_000) / 2_000;
      const profile = sampleProfile({
        ...{ uid, hotkey, executors, score, registeredAtBlock: 0 },
        // Older than what the load observes, so that its reports are applied.
        ...{ lastObservedAtMs: nowMs - 3_600_000, updatedAtMs: nowMs },
      });
      return journal.commit(sampleCommit(profile));
    });
    await Promise.all(commits);
  }
  await database.close();
}

function gpusOf(category: string) {
  return {
    ...{ model: `NVIDIA ${category} 80GB HBM3`, category: category as CategoryKey },
    ...{ count: 8, memoryMib: 81_559, uuids: [] },
  };
}

async function withWeightSets(
  file: string,
  miners: number,
  use: (nextSet: NextSet, address: string) => Promise<void>,
): Promise<void> {
  const config = loadConfig({
    env: {},
    flags: {
      'server.listen': '127.0.0.1:0',
      'store.database': file,
      'emission.weight_set_interval_blocks': INTERVAL_BLOCKS,
      'emission.gpu_allocations': { H100: 60, A100: 40 },
    },
  });
  const options = { seed: SEED, miners, weightsRateLimitBlocks: 1 };
  const chain = DevChain.create({ clock: systemClock, options });
  const app = await createApp(config, { logger: silentLogger, chain, isChainHeld: true });
  const stop = new AbortController();
  const running = app.run(stop.signal);
  const verified = app.weightSetting.watch(stop.signal)[Symbol.asyncIterator]();
  await use(async (decided) => {
    for (;;) {
      const change = verified.next();
      const made = setInterval(() => chain.produceBlock(), BLOCK_MS);
      const { value } = await change;
      clearInterval(made);
      if (value?.state === 'computed') decided?.();
      if (value?.failure !== undefined) throw new Error(value.failure.message);
      if (value?.state === 'verified') return value;
    }
  }, app.address);
  stop.abort();
  await running;
}

function plainReadAndWriteMs(file: string, rows: number): number {
  const database = new Database(file);
  const startedMs = performance.now();
  database.prepare('select * from miner_gpu_profiles order by miner_uid').raw().all();
  database.prepare('select * from miner_executors order by miner_uid').raw().all();
  const insert = database.prepare(
    'insert into weight_allocation_history (miner_uid, gpu_category, allocated_weight, miner_score, ' +
      'category_total_score, weight_set_block, timestamp, emission_metrics_id, gpu_count, basis) ' +
      "values (?, 'H100', 1, 0.5, 1, 1, '2026-01-01T00:00:00.000Z', null, 8, 1)",
  );
  database.exec('begin immediate');
  for (let row = 0; row < rows; row += 1) insert.run(row);
  database.exec('rollback');
  const durationMs = performance.now() - startedMs;
  database.close();
  return durationMs;
}
