/**
 * Durable ingest over gRPC: 8 executors a report, 16 reports a message, 8 streams, `synchronous=FULL`, load from another
 * process; its ceiling is a plain prepared-statement insert of the same rows into the same migrated schema, in turns within
 * the same run. Then the acknowledgement times at half the load reached.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MinerCommit } from '../src/actors/ports.ts';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { silentLogger } from '../src/events.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../test/support/profile-samples.ts';
import { median, printFigure } from './figure.ts';
import { measureIngestCeiling } from './ingest-ceiling.ts';
import type { IngestLoad, IngestLoadResult } from './ingest-load.ts';

const RUNS = 3;
const EXECUTORS = 8;
const LOAD = {
  seed: 1,
  miners: 2_000,
  streams: 8,
  messagesPerStream: 100,
  reportsPerMessage: 16,
  executorsPerReport: EXECUTORS,
  messagesPerSecond: 0,
};
const REPORTS = LOAD.streams * LOAD.messagesPerStream * LOAD.reportsPerMessage;
/** What the journal puts into one transaction: 2,000 rows of 2 + 2 × executors a report. */
const REPORTS_PER_TRANSACTION = Math.floor(2_000 / (2 + 2 * EXECUTORS));

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
let files = 0;

function nextFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

async function measure(load: Omit<IngestLoad, 'address'>): Promise<IngestLoadResult> {
  const config = loadConfig({
    env: {},
    flags: {
      'server.listen': '127.0.0.1:0',
      'store.database': nextFile(),
      'chain.dev.miners': load.miners,
      'chain.dev.seed': load.seed,
      'chain.dev.block_time': '1h',
    },
  });
  const stop = new AbortController();
  const app = await createApp(config, { logger: silentLogger });
  const running = app.run(stop.signal);
  const script = fileURLToPath(new URL('ingest-load.js', import.meta.url));
  const told: IngestLoad = { ...load, address: app.address };
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(told)]);
  if (app.tallies().APPLIED !== REPORTS) throw new Error(`not all applied: ${stdout}`);
  stop.abort();
  await running;
  return JSON.parse(stdout) as IngestLoadResult;
}

async function ceilingReportsPerSecond(): Promise<number> {
  const commits: MinerCommit[] = Array.from({ length: REPORTS }, (_, number) => {
    const uid = number % LOAD.miners;
    const executors = Array.from({ length: EXECUTORS }, (_unused, executor) =>
      sampleExecutor({ executorId: `executor-${uid}-${executor}` }),
    );
    const revision = Math.floor(number / LOAD.miners) + 1;
    return sampleCommit(sampleProfile({ uid, revision, executors }));
  });
  const { reportsPerSecond } = await measureIngestCeiling({
    file: nextFile(),
    commits,
    reportsPerTransaction: REPORTS_PER_TRANSACTION,
  });
  return reportsPerSecond;
}

try {
  const rates: number[] = [];
  const ceilings: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { reports, seconds } = await measure(LOAD);
    rates.push(reports / seconds);
    ceilings.push(await ceilingReportsPerSecond());
  }
  printFigure({ name: 'ingest.durable', unit: 'reports/s', values: rates, ceilings });
  const half = median(rates) / LOAD.reportsPerMessage / 2;
  const paced = await measure({ ...LOAD, messagesPerSecond: half });
  printFigure({ name: 'ingest.ack_at_half_load.p50', unit: 'ms', values: [paced.ackP50Ms] });
  printFigure({ name: 'ingest.ack_at_half_load.p99', unit: 'ms', values: [paced.ackP99Ms] });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
