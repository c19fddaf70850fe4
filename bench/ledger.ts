/**
 * The decision ledger: what a weight set and a report add to the database, how long an explanation and a replay take, and
 * whether retention keeps the file flat over 10,000 sets. 256 miners as on most subnets, and 65,530. Prints one JSON line per
 * figure.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WeightDecision } from '../src/actors/ports.ts';
import { readExplanation } from '../src/actors/weight-explanation.ts';
import { minerUid } from '../src/domain/ids.ts';
import { replay } from '../src/domain/ledger/replay.ts';
import { Events, silentLogger } from '../src/events.ts';
import { present } from '../src/lib/assert.ts';
import { systemClock } from '../src/lib/clock.ts';
import { sha256Hex } from '../src/lib/digest.ts';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { SqliteJournal } from '../src/store/sqlite-journal.ts';
import { SqliteLedger } from '../src/store/sqlite-ledger.ts';
import { SqliteLedgerRemover } from '../src/store/sqlite-ledger-remover.ts';
import { SqliteWeightSetStore } from '../src/store/sqlite-weight-set-store.ts';
import { StagingRegister } from '../src/store/staging-register.ts';
import { decidedIn, sampleMiners } from '../test/support/decision-samples.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../test/support/profile-samples.ts';
import { percentile, printFigure } from './figure.ts';

const SUBNET = { netuid: 39, mecid: 0 };
const MINERS = 256;
const MINERS_MAX = 65_530;
const INTERVAL_BLOCKS = 360;
const BLOCK_MS = 12_000;
const SETS_GROWN = 200;
const SOAK_SETS = 10_000;
const SOAK_KEPT_SETS = 500;
const REPORT_ROUNDS = 10;
const EXPLANATIONS = 500;

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
let files = 0;

try {
  const small = await decidedIn({ profiles: sampleMiners(MINERS) });
  await measureGrowth(small);
  await measureReports();
  await measureReading(MINERS, small);
  await soak(small);
  await measureReading(MINERS_MAX, await decidedIn({ profiles: sampleMiners(MINERS_MAX) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function open() {
  files += 1;
  const database = await SqliteDatabase.open({ file: join(folder, `${files}.db`) });
  const staging = new StagingRegister();
  return {
    database,
    sets: new SqliteWeightSetStore({ database, staging, ...SUBNET }),
    ledger: new SqliteLedger({ database, ...SUBNET }),
    remover: new SqliteLedgerRemover({ database, staging, clock: systemClock, ...SUBNET }),
  };
}

/** The same decision, so many intervals later, and verified. */
function later({ set, ...decision }: WeightDecision, number: number): WeightDecision {
  const block = set.block + number * INTERVAL_BLOCKS;
  const decidedAtMs = set.decidedAtMs + number * INTERVAL_BLOCKS * BLOCK_MS;
  return { ...decision, set: { ...set, block, decidedAtMs, state: 'verified' } };
}

async function usedBytes({ query }: SqliteDatabase): Promise<number> {
  const [row] = await query.raw(
    'select (page_count - freelist_count) * page_size as bytes ' +
      'from pragma_page_count, pragma_freelist_count, pragma_page_size',
  );
  return Number(row.bytes);
}

async function measureGrowth(decision: WeightDecision): Promise<void> {
  const { database, sets } = await open();
  for (let number = 0; number < SETS_GROWN; number += 1) await sets.record(later(decision, number));
  const before = await usedBytes(database);
  const times = await timesMs(SETS_GROWN, (number) =>
    sets.record(later(decision, SETS_GROWN + number)),
  );
  const grown = (await usedBytes(database)) - before;
  await database.close();
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
  const { database } = await open();
  const events = new Events({ logger: silentLogger });
  const journal = new SqliteJournal({ database, events, clock: systemClock });
  const round = (revision: number) =>
    Promise.all(
      Array.from({ length: MINERS }, (_, uid) => {
        const executors = Array.from({ length: 8 }, (_unused, number) =>
          sampleExecutor({ executorId: `executor-${uid}-${number}` }),
        );
        return journal.commit(sampleCommit(sampleProfile({ uid, revision, executors })));
      }),
    );
  await round(1);
  const before = await usedBytes(database);
  for (let number = 0; number < REPORT_ROUNDS; number += 1) await round(2 + number);
  const grown = (await usedBytes(database)) - before;
  await database.close();
  const bytes = grown / (REPORT_ROUNDS * MINERS);
  printFigure({ name: 'ledger.bytes_per_report_of_8_machines', unit: 'bytes', values: [bytes] });
}

async function measureReading(miners: number, decision: WeightDecision): Promise<void> {
  const { database, sets, ledger } = await open();
  await sets.record(decision);
  const { block } = decision.set;
  const name = `ledger.${miners}_miners`;
  const explained = await timesMs(EXPLANATIONS, async (number) => {
    const uid = minerUid((number * 7_919) % miners);
    await readExplanation({ ledger, weightSets: sets }, { uid, block });
  });
  printPercentiles(`${name}.explain`, explained);
  const replayed = await timesMs(3, async () => {
    const content = present(await ledger.contentAt(block), 'the content is stored');
    const findings = replay(content, { digestOf: sha256Hex });
    if (findings.length > 0) throw new Error(findings[0]?.message);
  });
  printFigure({ name: `${name}.replay`, unit: 'ms', values: replayed });
  printFigure({
    name: `${name}.database_with_one_set`,
    unit: 'bytes',
    values: [await usedBytes(database)],
  });
  await database.close();
}

async function soak(decision: WeightDecision): Promise<void> {
  const { database, sets, remover } = await open();
  const bytes: number[] = [];
  for (let number = 0; number < SOAK_SETS; number += 1) {
    const next = later(decision, number);
    await sets.record(next);
    const keptMs = SOAK_KEPT_SETS * INTERVAL_BLOCKS * BLOCK_MS;
    while ((await remover.deleteOldest(next.set.decidedAtMs - keptMs)) !== undefined);
    while ((await remover.sweep(1_000)) > 0);
    if ((number + 1) % (SOAK_SETS / 10) === 0) bytes.push(await fileBytes(database));
  }
  await database.close();
  const [afterTenth = Number.NaN] = bytes;
  const grown = (bytes.at(-1) ?? Number.NaN) / afterTenth;
  printFigure({ name: 'ledger.soak_10000_sets.file', unit: 'bytes', values: bytes });
  printFigure({ name: 'ledger.soak_10000_sets.last_to_first_tenth', unit: '', values: [grown] });
  const megabytes = process.resourceUsage().maxRSS / 1_024;
  printFigure({ name: 'ledger.soak_10000_sets.peak_rss', unit: 'MiB', values: [megabytes] });
}

async function fileBytes({ query }: SqliteDatabase): Promise<number> {
  const [row] = await query.raw(
    'select page_count * page_size as bytes from pragma_page_count, pragma_page_size',
  );
  return Number(row.bytes);
}

async function timesMs(count: number, run: (number: number) => Promise<unknown>) {
  const times: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const startedMs = performance.now();
    await run(number);
    times.push(performance.now() - startedMs);
  }
  return times;
}

function printPercentiles(name: string, times: readonly number[]): void {
  for (const percent of [50, 99]) {
    printFigure({ name: `${name}.p${percent}`, unit: 'ms', values: [percentile(times, percent)] });
  }
}
