/**
 * The decision ledger: what a weight set and a report add to the database, how long a replay takes, and whether retention keeps
 * the file flat over 10,000 sets. 256 miners as on most subnets, and 65,530. Prints one JSON line per figure.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { WeightDecision } from '../src/actors/ports.ts';
import { replay } from '../src/domain/ledger/replay.ts';
import { present } from '../src/lib/assert.ts';
import { sha256Hex } from '../src/lib/digest.ts';
import { decidedIn, sampleMiners } from '../test/support/decision-samples.ts';
import { sampleCommit, sampleProfile } from '../test/support/profile-samples.ts';
import { printFigure, printPercentiles, timesMs } from './figure.ts';
import { sampleExecutors } from './filled-database.ts';
import { openServiceStore } from './service-store.ts';

const MINERS = 256;
const MINERS_MAX = 65_530;
const INTERVAL_BLOCKS = 360;
const BLOCK_MS = 12_000;
const SETS_GROWN = 200;
const SOAK_SETS = 10_000;
const SOAK_KEPT_SETS = 500;
const REPORT_ROUNDS = 10;
const EXECUTORS = 8;
const REPLAYS = 3;
/** Rows that one sweep deletes at most. */
const SWEPT_ROWS = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
let files = 0;

try {
  const small = await decidedIn({ profiles: sampleMiners(MINERS) });
  await measureGrowth(small);
  await measureReports();
  await measureReplay(MINERS, small);
  await soak(small);
  await measureReplay(MINERS_MAX, await decidedIn({ profiles: sampleMiners(MINERS_MAX) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function open() {
  files += 1;
  const file = join(folder, `${files}.db`);
  const store = await openServiceStore(file);
  const close = async () => {
    await store.journal.close();
    await store.close();
  };
  return { file, store, close };
}

/** The same decision, so many intervals later, and verified. */
function later({ set, ...decision }: WeightDecision, number: number): WeightDecision {
  const block = set.block + number * INTERVAL_BLOCKS;
  const decidedAtMs = set.decidedAtMs + number * INTERVAL_BLOCKS * BLOCK_MS;
  return { ...decision, set: { ...set, block, decidedAtMs, state: 'verified' } };
}

async function measureGrowth(decision: WeightDecision): Promise<void> {
  const { store, file, close } = await open();
  const record = (number: number) => store.weightSets.record(later(decision, number));
  for (const number of numbers(0, SETS_GROWN)) await record(number);
  const before = bytesOf(file).used;
  const times = await timesMs(numbers(SETS_GROWN, SETS_GROWN), record);
  const grown = bytesOf(file).used - before;
  await close();
  const name = `ledger.${MINERS}_miners`;
  printFigure({ name: `${name}.bytes_per_set`, unit: 'bytes', values: [grown / SETS_GROWN] });
  printFigure({
    name: `${name}.bytes_per_pair`,
    unit: 'bytes',
    values: [grown / SETS_GROWN / decision.allocation.pairs.uid.length],
  });
  printPercentiles(`${name}.record`, times);
}

async function measureReports(): Promise<void> {
  const { store, file, close } = await open();
  const round = (revision: number) =>
    Promise.all(
      numbers(0, MINERS).map((uid) => {
        const executors = sampleExecutors(uid, EXECUTORS);
        return store.journal.commit(sampleCommit(sampleProfile({ uid, revision, executors })));
      }),
    );
  await round(1);
  const before = bytesOf(file).used;
  for (const revision of numbers(2, REPORT_ROUNDS)) await round(revision);
  const grown = bytesOf(file).used - before;
  await close();
  const bytes = grown / (REPORT_ROUNDS * MINERS);
  printFigure({ name: 'ledger.bytes_per_report_of_8_machines', unit: 'bytes', values: [bytes] });
}

async function measureReplay(miners: number, decision: WeightDecision): Promise<void> {
  const { store, file, close } = await open();
  await store.weightSets.record(decision);
  const { block } = decision.set;
  const name = `ledger.${miners}_miners`;
  const replayed = await timesMs(numbers(0, REPLAYS), async () => {
    const content = present(await store.ledger.contentAt(block), 'the content is stored');
    const findings = replay(content, { digestOf: sha256Hex });
    if (findings.length > 0) throw new Error(findings[0]?.message);
  });
  printFigure({ name: `${name}.replay`, unit: 'ms', values: replayed });
  const bytes = bytesOf(file).used;
  printFigure({ name: `${name}.database_with_one_set`, unit: 'bytes', values: [bytes] });
  await close();
}

async function soak(decision: WeightDecision): Promise<void> {
  const { store, file, close } = await open();
  const { ledger } = store.removers;
  const bytes: number[] = [];
  for (const number of numbers(0, SOAK_SETS)) {
    const next = later(decision, number);
    await store.weightSets.record(next);
    const nowMs = next.set.decidedAtMs;
    const decidedBeforeMs = nowMs - SOAK_KEPT_SETS * INTERVAL_BLOCKS * BLOCK_MS;
    while ((await ledger.deleteOldest({ decidedBeforeMs, nowMs })) !== undefined);
    while ((await ledger.sweep(SWEPT_ROWS)) > 0);
    if ((number + 1) % (SOAK_SETS / 10) === 0) bytes.push(bytesOf(file).all);
  }
  await close();
  const [afterTenth = Number.NaN] = bytes;
  const grown = (bytes.at(-1) ?? Number.NaN) / afterTenth;
  printFigure({ name: 'ledger.soak_10000_sets.file', unit: 'bytes', values: bytes });
  printFigure({ name: 'ledger.soak_10000_sets.last_to_first_tenth', unit: '', values: [grown] });
  const megabytes = process.resourceUsage().maxRSS / 1_024;
  printFigure({ name: 'ledger.soak_10000_sets.peak_rss', unit: 'MiB', values: [megabytes] });
}

/** What the database takes, and how much of that is in use. */
function bytesOf(file: string) {
  const database = new Database(file, { readonly: true });
  const pragma = (name: string) => Number(database.pragma(name, { simple: true }));
  const pageBytes = pragma('page_size');
  const all = pragma('page_count') * pageBytes;
  const used = all - pragma('freelist_count') * pageBytes;
  database.close();
  return { all, used };
}

function numbers(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
