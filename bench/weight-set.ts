/**
 * A whole weight set up to the ledger commit, for 1,000 and for 65,534 miners in two categories, with 8 machines each and with
 * a million behind all of them: the time of its phases and how long the event loop stood still at most until the commit,
 * alone and while another process streams 2,000 reports a second; and how much later the last row of its history is there.
 * The ceilings are plain prepared statements on the same database, in the same run: for the commit such as read the same
 * profiles and insert what it has, for the history such as insert as many rows.
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
import { HISTORY_ROWS_MAX } from '../src/store/decision-lines.ts';
import { printFigure } from './figure.ts';
import { HISTORY_POLL_MS, HistoryWatch } from './history-watch.ts';
import { startLoad } from './ingest-ground.ts';
import type { RoundResult } from './load-rounds.ts';
import { populateDatabase } from './populated-database.ts';

const SEED = 1;
const CATEGORIES = ['H100', 'A100'];
const INTERVAL_BLOCKS = 2;
/** A decision may be 32 blocks old when it is submitted. */
const BLOCK_MS = 400;
const CASES: readonly Case[] = [
  {
    name: '1000_miners',
    ...{ miners: 1_000, executorsPerMiner: 8 },
    ...{ runs: 5, runsUnderLoad: 5, loadSeconds: 14 },
  },
  {
    name: '65534_miners',
    ...{ miners: 65_534, executorsPerMiner: 8 },
    ...{ runs: 3, runsUnderLoad: 3, loadSeconds: 34 },
  },
  {
    name: '65534_miners.million_executors',
    ...{ miners: 65_534, executorsPerMiner: 16 },
    ...{ runs: 3, runsUnderLoad: 3, loadSeconds: 34 },
  },
];
const OWN_PHASES = ['snapshot', 'score', 'apportion', 'ledger'] as const;
const REPORTS_PER_MESSAGE = 16;
const REPORTS_PER_SECOND = 2_000;
const LOAD_STREAMS = 8;
/** The load's messages are made first, and the first of them wake actors that nobody has asked yet. */
const LOAD_WARM_UP_MS = 6_000;
/** As the service has it: pairs of a chunk that the commit of a decision leaves pending. */
const PAIRS_PER_CHUNK = 1_024;
/** What its lines come to, compressed. */
const PACKED_CHUNK_BYTES = 12_000;
/** Beyond all keys that are used. */
const FREE_BLOCKS = 1_000_000_000;
const FREE_UIDS = 100_000;

interface Case {
  readonly name: string;
  readonly miners: number;
  readonly executorsPerMiner: number;
  readonly runs: number;
  readonly runsUnderLoad: number;
  /** Longer than the sets take, each of which begins when the history of the one before is there. */
  readonly loadSeconds: number;
}

/** Everything measured of some sets. */
interface Measured {
  readonly ownMs: number[];
  readonly snapshotMs: number[];
  readonly ledgerMs: number[];
  readonly historyMs: number[];
  readonly delayMs: number[];
  readonly ceilings: Ceilings;
}

/** What plain statements take for the commit and for the rows of the history. */
interface Ceilings {
  readonly ledgerMs: number[];
  readonly historyMs: number[];
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
  const { miners, executorsPerMiner, runs, runsUnderLoad, loadSeconds } = measured;
  const name = `weight_set.${measured.name}.two_category`;
  const file = join(folder, `${name}.db`);
  await populateDatabase(file, { seed: SEED, miners, executorsPerMiner, categories: CATEGORIES });
  await withWeightSets(file, miners, async (nextSet, address) => {
    await nextSet();
    const history = new HistoryWatch(file);
    const ceilings: Ceilings = { ledgerMs: [], historyMs: [] };
    const alone = await measureSets({ runs, nextSet, history, ceilings });
    // Measured under load they would hold it up, and what is measured after them.
    for (let run = 0; run < runs; run += 1) addCeilings(ceilings, file);
    printSets(name, alone);
    await underLoad({ address, miners, loadSeconds }, `${name}.under_load`, () =>
      measureSets({ runs: runsUnderLoad, nextSet, history, ceilings }),
    );
    history.close();
  });
  rmSync(file);
}

interface Sets {
  readonly runs: number;
  readonly nextSet: NextSet;
  readonly history: HistoryWatch;
  readonly ceilings: Ceilings;
}

async function measureSets({ runs, nextSet, history, ceilings }: Sets): Promise<Measured> {
  const measured: Measured = {
    ...{ ownMs: [], snapshotMs: [], ledgerMs: [], historyMs: [], delayMs: [], ceilings },
  };
  for (let run = 0; run < runs; run += 1) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    let written: Promise<number> = Promise.resolve(Number.NaN);
    const { phasesMs } = await nextSet(() => {
      delay.disable();
      written = history.completeMs();
    });
    measured.historyMs.push(await written);
    measured.ownMs.push(OWN_PHASES.reduce((sum, phase) => sum + (phasesMs.get(phase) ?? 0), 0));
    measured.snapshotMs.push(phasesMs.get('snapshot') ?? Number.NaN);
    measured.ledgerMs.push(phasesMs.get('ledger') ?? Number.NaN);
    measured.delayMs.push(delay.max / 1e6);
  }
  return measured;
}

interface Load extends Pick<Case, 'miners' | 'loadSeconds'> {
  readonly address: string;
}

/** What is measured while another process streams, and what that process has to say. */
async function underLoad(
  { address, miners, loadSeconds }: Load,
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
  const messagesPerStream = Math.ceil((messagesPerSecond * loadSeconds) / LOAD_STREAMS);
  const round = load.ask<RoundResult>({ messagesPerStream, messagesPerSecond });
  await pause(LOAD_WARM_UP_MS);
  printSets(name, await run());
  const { reportsPerSecond, ackP99Ms, ackMaxMs } = await round;
  await load.stop();
  printFigure({ name: `${name}.reports`, unit: 'reports/s', values: [reportsPerSecond] });
  printFigure({ name: `${name}.ack.p99`, unit: 'ms', values: [ackP99Ms] });
  printFigure({ name: `${name}.ack.max`, unit: 'ms', values: [ackMaxMs] });
}

function printSets(name: string, measured: Measured) {
  const { ownMs, snapshotMs, ledgerMs, historyMs, delayMs, ceilings } = measured;
  const named = (figure: string) => ({ name: `${name}.${figure}`, unit: 'ms' });
  printFigure({ ...named('to_ledger'), values: ownMs, ceilings: ceilings.ledgerMs });
  printFigure({ ...named('snapshot'), values: snapshotMs });
  printFigure({ ...named('ledger'), values: ledgerMs });
  // Of a small set the commit has the rows already.
  if (historyMs.some((ms) => ms > HISTORY_POLL_MS)) {
    printFigure({ ...named('history_after'), values: historyMs, ceilings: ceilings.historyMs });
  }
  printFigure({ ...named('event_loop_delay_max'), values: delayMs });
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

/** Plain statements for the newest set; whatever they write is rolled back. */
function addCeilings({ ledgerMs, historyMs }: Ceilings, file: string): void {
  const database = new Database(file);
  const pairs = countPairs(database);
  const timedMs = (run: () => void) => {
    database.exec('begin immediate');
    const startedMs = performance.now();
    run();
    const durationMs = performance.now() - startedMs;
    database.exec('rollback');
    return durationMs;
  };
  ledgerMs.push(timedMs(() => readAndInsertCommit(database, pairs)));
  historyMs.push(timedMs(() => insertHistory(database, pairs)));
  database.close();
}

function countPairs(database: Database.Database): number {
  const pairs = database.prepare<[], number>(
    'select count(*) from weight_allocation_history where emission_metrics_id = (select max(id) from emission_metrics)',
  );
  return pairs.pluck().get() ?? 0;
}

/** What the commit of the newest set wrote, under keys that are free: its vector, its input, its pairs. */
function readAndInsertCommit(database: Database.Database, pairs: number): void {
  database.prepare('select * from miner_gpu_profiles order by miner_uid').raw().all();
  const columns = database
    .prepare<[], string>(
      "select name from pragma_table_info('weight_submissions') where name <> 'id'",
    )
    .pluck()
    .all();
  const copied = columns.map((name) => (name === 'block' ? `block + ${FREE_BLOCKS}` : name));
  database.exec(
    `insert into weight_submissions (${columns.join()}) select ${copied.join()} ` +
      'from weight_submissions order by block desc limit 1',
  );
  database.exec(
    `insert into ledger_inputs select emission_metrics_id, first_uid + ${FREE_UIDS}, last_uid + ${FREE_UIDS}, line_count, ` +
      'lines from ledger_inputs where emission_metrics_id = (select max(id) from emission_metrics)',
  );
  if (pairs > HISTORY_ROWS_MAX) insertPending(database, pairs);
  else insertHistory(database, pairs);
}

function insertPending(database: Database.Database, pairs: number): void {
  const insert = database.prepare(
    "insert into pending_weight_history select max(id), ?, ?, 'H100', 0, 0, ?, randomblob(?) from emission_metrics",
  );
  for (let pair = 0; pair < pairs; pair += PAIRS_PER_CHUNK) {
    insert.run(pair, pairs + PAIRS_PER_CHUNK, PAIRS_PER_CHUNK, PACKED_CHUNK_BYTES);
  }
}

function insertHistory(database: Database.Database, pairs: number): void {
  const insert = database.prepare(
    'insert into weight_allocation_history (miner_uid, gpu_category, allocated_weight, miner_score, ' +
      'category_total_score, weight_set_block, timestamp, emission_metrics_id, gpu_count, basis) ' +
      "values (?, 'H100', 1, 0.5, 1, 1, '2026-01-01T00:00:00.000Z', null, 8, 1)",
  );
  for (let row = 0; row < pairs; row += 1) insert.run(row);
}
