/**
 * A whole weight set up to the ledger commit, for 1,000 and for 65,534 miners in two categories, with 8 machines each and with
 * a million behind all of them: the time of its phases and how long the event loop stood still at most until the commit,
 * alone and while another process streams 2,000 reports a second. Its ceiling is plain prepared statements that read the same
 * profiles and machines and insert as many history rows into the same database, in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { createApp } from '../src/app.ts';
import { DevChain } from '../src/chain/dev/dev-chain.ts';
import { loadConfig } from '../src/config/load-config.ts';
import type { WeightSet } from '../src/domain/weight-set.ts';
import { silentLogger } from '../src/events.ts';
import { systemClock } from '../src/lib/clock.ts';
import { printFigure } from './figure.ts';
import { startLoad } from './ingest-ground.ts';
import type { RoundResult } from './load-rounds.ts';
import { populateDatabase } from './populated-database.ts';

const SEED = 1;
const CATEGORIES = ['H100', 'A100'];
const INTERVAL_BLOCKS = 2;
const BLOCK_MS = 200;
const CASES: readonly Case[] = [
  { name: '1000_miners', miners: 1_000, executorsPerMiner: 8, runs: 5 },
  { name: '65534_miners', miners: 65_534, executorsPerMiner: 8, runs: 3 },
  { name: '65534_miners.million_executors', miners: 65_534, executorsPerMiner: 16, runs: 3 },
];
const OWN_PHASES = ['snapshot', 'score', 'apportion', 'ledger'] as const;
const REPORTS_PER_MESSAGE = 16;
const REPORTS_PER_SECOND = 2_000;
const LOAD_STREAMS = 8;
/** The load's messages are made first, and the first of them wake actors that nobody has asked yet. */
const LOAD_WARM_UP_MS = 4_000;
const LOAD_SECONDS = 14;

interface Case {
  readonly name: string;
  readonly miners: number;
  readonly executorsPerMiner: number;
  readonly runs: number;
}

/** Everything measured of some sets. */
interface Measured {
  readonly ownMs: number[];
  readonly snapshotMs: number[];
  readonly ledgerMs: number[];
  readonly delayMs: number[];
  readonly ceilingMs: number[];
}

/** The next weight set once it is verified; `decided` is called when its ledger entry is committed. */
type NextSet = (decided?: () => void) => Promise<WeightSet>;

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));

try {
  for (const one of CASES) await measure(one);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(measured: Case): Promise<void> {
  const { miners, executorsPerMiner, runs } = measured;
  const name = `weight_set.${measured.name}.two_category`;
  const file = join(folder, `${name}.db`);
  await populateDatabase(file, { seed: SEED, miners, executorsPerMiner, categories: CATEGORIES });
  await withWeightSets(file, miners, async (nextSet, address) => {
    await nextSet();
    const alone = await measureSets(runs, nextSet, (pairs) => plainReadAndWriteMs(file, pairs));
    printSets(name, alone);
    const { ceilingMs } = alone;
    // A ceiling measured here would hold up the load, and what is measured after it.
    await underLoad({ address, miners }, `${name}.under_load`, async () => ({
      ...(await measureSets(runs, nextSet)),
      ceilingMs,
    }));
  });
  rmSync(file);
}

async function measureSets(
  runs: number,
  nextSet: NextSet,
  ceiling?: (pairs: number) => number,
): Promise<Measured> {
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
    if (ceiling !== undefined) measured.ceilingMs.push(ceiling(pairs));
  }
  return measured;
}

/** What is measured while another process streams, and what that process has to say. */
async function underLoad(
  { address, miners }: { readonly address: string; readonly miners: number },
  name: string,
  run: () => Promise<Measured>,
): Promise<void> {
  const load = await startLoad(address, {
    seed: SEED,
    miners: miners - (miners % LOAD_STREAMS),
    streams: LOAD_STREAMS,
    reportsPerMessage: REPORTS_PER_MESSAGE,
    executorsPerReport: 8,
  });
  const messagesPerSecond = REPORTS_PER_SECOND / REPORTS_PER_MESSAGE;
  const messagesPerStream = Math.ceil((messagesPerSecond * LOAD_SECONDS) / LOAD_STREAMS);
  const round = load.ask<RoundResult>({ messagesPerStream, messagesPerSecond });
  await pause(LOAD_WARM_UP_MS);
  printSets(name, await run());
  const { reportsPerSecond, ackP99Ms, ackMaxMs } = await round;
  await load.stop();
  printFigure({ name: `${name}.reports`, unit: 'reports/s', values: [reportsPerSecond] });
  printFigure({ name: `${name}.ack.p99`, unit: 'ms', values: [ackP99Ms] });
  printFigure({ name: `${name}.ack.max`, unit: 'ms', values: [ackMaxMs] });
}

function printSets(name: string, { ownMs, snapshotMs, ledgerMs, delayMs, ceilingMs }: Measured) {
  printFigure({ name: `${name}.to_ledger`, unit: 'ms', values: ownMs, ceilings: ceilingMs });
  printFigure({ name: `${name}.snapshot`, unit: 'ms', values: snapshotMs });
  printFigure({ name: `${name}.ledger`, unit: 'ms', values: ledgerMs });
  printFigure({ name: `${name}.event_loop_delay_max`, unit: 'ms', values: delayMs });
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
