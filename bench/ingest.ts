/**
 * Durable ingest over gRPC, 8 executors a report, on 8 streams: 16 reports a message with `synchronous=NORMAL` and with FULL,
 * and one report a message. Service and load have a process of their own each. Two ceilings in turns with each run: a plain
 * prepared-statement insert of the very rows that the run stored, as many reports to a transaction as the run had; and a server
 * that decodes and acknowledges without storing, under the same load. A first round of all three does not count.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printFigure } from './figure.ts';
import {
  type IngestGround,
  SHAPE,
  startIngest,
  startLoad,
  UNACKNOWLEDGED_MAX,
} from './ingest-ground.ts';
import type { Round, RoundResult } from './load-rounds.ts';
import { MeasuredProcess } from './measured-process.ts';
import { PlainInsert } from './plain-insert.ts';
import type { LoadShape } from './report-messages.ts';
import { storedRows } from './stored-rows.ts';

interface Case {
  readonly name: string;
  readonly synchronous: 'full' | 'normal';
  readonly reportsPerMessage: number;
  readonly unacknowledgedMax: number;
}

/** What was measured, run by run. */
interface Measured {
  readonly reports: number[];
  /** Of the plain insert, with as many rows to a report as the service wrote. */
  readonly inserted: number[];
  readonly acknowledged: number[];
  readonly rowsPerReport: number[];
  readonly reportsPerTransaction: number[];
  /** Of the service with all its threads, in microseconds a report. */
  readonly processorUs: number[];
  readonly insertedProcessorUs: number[];
}

/** What a run is made in turns with. */
interface Ceilings {
  readonly insert: PlainInsert;
  readonly acknowledging: MeasuredProcess<Round>;
}

const RUNS = 3;
const REPORTS_PER_RUN = 9_600;
const CASES: readonly Case[] = [
  {
    name: 'normal',
    synchronous: 'normal',
    reportsPerMessage: 16,
    unacknowledgedMax: UNACKNOWLEDGED_MAX,
  },
  {
    name: 'full',
    synchronous: 'full',
    reportsPerMessage: 16,
    unacknowledgedMax: UNACKNOWLEDGED_MAX,
  },
  { name: 'one_per_message', synchronous: 'full', reportsPerMessage: 1, unacknowledgedMax: 32 },
];

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
try {
  for (const one of CASES) await measure(one);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure({ name, synchronous, ...options }: Case): Promise<void> {
  const { reportsPerMessage, unacknowledgedMax } = options;
  const shape: LoadShape = { ...SHAPE, reportsPerMessage };
  const round = {
    messagesPerStream: Math.round(REPORTS_PER_RUN / shape.streams / reportsPerMessage),
    unacknowledgedMax,
  };
  const file = join(folder, `${name}.db`);
  const insert = await PlainInsert.open({ file: join(folder, `${name}-plain.db`), synchronous });
  const server = await MeasuredProcess.start('ack-server.js', {});
  const acknowledging = await startLoad(server.address, shape);
  const ground = await startIngest({ file, synchronous, shape });
  print(`ingest.${name}`, await measureRuns({ ground, file, round }, { insert, acknowledging }));
  await ground.stop();
  await acknowledging.stop();
  await server.stop();
  insert.close();
}

async function measureRuns(
  { ground, file, round }: { ground: IngestGround; file: string; round: Round },
  { insert, acknowledging }: Ceilings,
): Promise<Measured> {
  const measured: Measured = {
    ...{ reports: [], inserted: [], acknowledged: [] },
    ...{ rowsPerReport: [], reportsPerTransaction: [] },
    ...{ processorUs: [], insertedProcessorUs: [] },
  };
  let lastId = 0;
  for (let run = 0; run <= RUNS; run += 1) {
    const { reportsPerSecond, written } = await ground.round(round);
    const stored = storedRows(file, lastId);
    lastId = stored.lastId;
    if (stored.reports.length !== REPORTS_PER_RUN) throw new Error('not every report is stored');
    const reportsPerTransaction = Math.round(written.reports / written.transactions);
    const inserted = insert.insert(stored.reports, reportsPerTransaction);
    const acknowledged = await acknowledging.ask<RoundResult>(round);
    if (run === 0) continue;
    const rowsPerReport = written.rows / written.reports;
    measured.reports.push(reportsPerSecond);
    const reportsInserted = inserted.rows / rowsPerReport;
    measured.inserted.push((reportsInserted / inserted.durationMs) * 1_000);
    measured.acknowledged.push(acknowledged.reportsPerSecond);
    measured.rowsPerReport.push(rowsPerReport);
    measured.reportsPerTransaction.push(reportsPerTransaction);
    measured.processorUs.push((written.processorMs / written.reports) * 1_000);
    measured.insertedProcessorUs.push((inserted.processorMs / reportsInserted) * 1_000);
  }
  return measured;
}

function print(name: string, measured: Measured): void {
  const { reports, inserted, acknowledged } = measured;
  const rate = { unit: 'reports/s', values: reports };
  printFigure({ ...rate, name, ceilings: inserted });
  printFigure({ ...rate, name: `${name}.beside_acknowledging`, ceilings: acknowledged });
  const about = (what: string, unit: string, values: readonly number[]) =>
    printFigure({ name: `${name}.${what}`, unit, values });
  about('rows_per_report', 'rows', measured.rowsPerReport);
  about('reports_per_transaction', 'reports', measured.reportsPerTransaction);
  printFigure({
    ...{ name: `${name}.processor_time`, unit: 'µs/report' },
    ...{ values: measured.processorUs, ceilings: measured.insertedProcessorUs },
  });
}
