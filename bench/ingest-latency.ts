/**
 * How long an acknowledgement takes at half of the rate that the same run reaches at full load, `synchronous=FULL`. Messages
 * are sent at times fixed beforehand, and each waits since it was to be sent: a stall counts for everything that it held up.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, printFigure } from './figure.ts';
import {
  type IngestGround,
  REPORTS_PER_MESSAGE,
  SHAPE,
  startIngest,
  UNACKNOWLEDGED_MAX,
} from './ingest-ground.ts';

const RUNS = 3;
const FULL_LOAD = { messagesPerStream: 100, unacknowledgedMax: UNACKNOWLEDGED_MAX };
const PACED_SECONDS = 5;

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
try {
  const file = join(folder, 'assay.db');
  const ground = await startIngest({ file, synchronous: 'full', shape: SHAPE });
  await measure(ground);
  await ground.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(ground: IngestGround): Promise<void> {
  const rates: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const { reportsPerSecond } = await ground.round(FULL_LOAD);
    if (run > 0) rates.push(reportsPerSecond);
  }
  const messagesPerSecond = median(rates) / REPORTS_PER_MESSAGE / 2;
  const messagesPerStream = Math.ceil((messagesPerSecond * PACED_SECONDS) / SHAPE.streams);
  const paced = [];
  for (let run = 0; run < RUNS; run += 1) {
    paced.push(await ground.round({ messagesPerStream, messagesPerSecond }));
  }
  const ms = { unit: 'ms' };
  printFigure({ name: 'ingest_latency.full_load', unit: 'reports/s', values: rates });
  const kept = paced.map(({ reportsPerSecond }) => reportsPerSecond);
  printFigure({ name: 'ingest_latency.half_load', unit: 'reports/s', values: kept });
  printFigure({ ...ms, name: 'ingest_latency.p50', values: paced.map((one) => one.ackP50Ms) });
  printFigure({ ...ms, name: 'ingest_latency.p99', values: paced.map((one) => one.ackP99Ms) });
  printFigure({ ...ms, name: 'ingest_latency.max', values: paced.map((one) => one.ackMaxMs) });
  const held = paced.map(({ written }) => written.eventLoopHeldMaxMs);
  printFigure({ ...ms, name: 'ingest_latency.event_loop_held_max', values: held });
}
