/**
 * A whole weight set up to the ledger commit, for 1,000 and for 65,534 miners with 8 executors each: the time of its phases
 * and how long the event loop stood still at most. Its ceiling is plain prepared statements that read the same profiles and
 * executors and insert as many history rows into the same database, in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { createApp } from '../src/app.ts';
import { DevChain } from '../src/chain/dev/dev-chain.ts';
import { devMiners } from '../src/chain/dev/dev-genesis.ts';
import { loadConfig } from '../src/config/load-config.ts';
import type { WeightSet } from '../src/domain/weight-set.ts';
import { Events, silentLogger } from '../src/events.ts';
import { systemClock } from '../src/lib/clock.ts';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { SqliteJournal } from '../src/store/sqlite-journal.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../test/support/profile-samples.ts';
import { printFigure } from './figure.ts';

const SEED = 1;
const EXECUTORS = 8;
const INTERVAL_BLOCKS = 2;
const BLOCK_MS = 200;
const RUNS = { 1000: 5, 65534: 3 };
const OWN_PHASES = ['snapshot', 'score', 'apportion', 'ledger'] as const;

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));

try {
  for (const [miners, runs] of Object.entries(RUNS)) await measure(Number(miners), runs);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(miners: number, runs: number): Promise<void> {
  const file = join(folder, `${miners}.db`);
  await populate(file, miners);
  const ownMs: number[] = [];
  const ledgerMs: number[] = [];
  const delayMs: number[] = [];
  const ceilingMs: number[] = [];
  await withWeightSets(file, miners, async (nextSet) => {
    for (let run = 0; run < runs; run += 1) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const set = await nextSet();
      delay.disable();
      ownMs.push(OWN_PHASES.reduce((sum, phase) => sum + (set.phasesMs.get(phase) ?? 0), 0));
      ledgerMs.push(set.phasesMs.get('ledger') ?? Number.NaN);
      delayMs.push(delay.max / 1e6);
      ceilingMs.push(plainReadAndWriteMs(file, set.minersServed));
    }
  });
  const name = `weight_set.${miners}`;
  printFigure({ name: `${name}.to_ledger`, unit: 'ms', values: ownMs, ceilings: ceilingMs });
  printFigure({ name: `${name}.ledger`, unit: 'ms', values: ledgerMs });
  printFigure({ name: `${name}.event_loop_delay_max`, unit: 'ms', values: delayMs });
}

async function populate(file: string, miners: number): Promise<void> {
  const database = await SqliteDatabase.open({ file });
  const events = new Events({ logger: silentLogger });
  const journal = new SqliteJournal({ database, events, clock: systemClock });
  const nowMs = Date.now();
  const all = devMiners({ seed: SEED, miners });
  for (let from = 0; from < all.length; from += 1_000) {
    const commits = all.slice(from, from + 1_000).map(({ uid, hotkey }) => {
      const executors = Array.from({ length: EXECUTORS }, (_, executor) =>
        sampleExecutor({ executorId: `executor-${uid}-${executor}`, verifiedAtMs: nowMs }),
      );
      const score = 0.5 + (uid % 1_000) / 2_000;
      const profile = sampleProfile({
        ...{ uid, hotkey, executors, score, registeredAtBlock: 0 },
        ...{ lastObservedAtMs: nowMs, updatedAtMs: nowMs },
      });
      return journal.commit(sampleCommit(profile));
    });
    await Promise.all(commits);
  }
  await database.close();
}

async function withWeightSets(
  file: string,
  miners: number,
  use: (nextSet: () => Promise<WeightSet>) => Promise<void>,
): Promise<void> {
  const config = loadConfig({
    env: {},
    flags: {
      'server.listen': '127.0.0.1:0',
      'store.database': file,
      'emission.weight_set_interval_blocks': INTERVAL_BLOCKS,
      'emission.gpu_allocations': { H100: 100 },
    },
  });
  const options = { seed: SEED, miners, weightsRateLimitBlocks: 1 };
  const chain = DevChain.create({ clock: systemClock, options });
  const app = await createApp(config, { logger: silentLogger, chain, isChainHeld: true });
  const stop = new AbortController();
  const running = app.run(stop.signal);
  const verified = app.weightSetting.watch(stop.signal)[Symbol.asyncIterator]();
  await use(async () => {
    for (;;) {
      const change = verified.next();
      const made = setInterval(() => chain.produceBlock(), BLOCK_MS);
      const { value } = await change;
      clearInterval(made);
      if (value?.state === 'failed') throw new Error(value.failure?.message);
      if (value?.state === 'verified') return value;
    }
  });
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
