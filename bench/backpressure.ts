/**
 * Memory under a client that ignores backpressure for a minute: 16 streams are written as fast as the socket takes it, and
 * half of them never read an acknowledgement. `--seconds=N` for another time.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GetStatusResponse__Output } from '../src/grpc/generated/assay/v1/GetStatusResponse.ts';
import { answer, connect } from '../test/support/grpc-client.ts';
import type { BackpressureLoad, BackpressureResult } from './backpressure-load.ts';
import { printFigure } from './figure.ts';
import { type Collected, MeasuredProcess } from './measured-process.ts';

const SECONDS = 60;
const SAMPLES = 12;
const DRAIN_POLL_MS = 200;
const LOAD = { seed: 1, miners: 2_000, streams: 16, reportsPerMessage: 16, executorsPerReport: 8 };

const asked = process.argv.find((argument) => argument.startsWith('--seconds='));
const seconds = asked === undefined ? SECONDS : Number(asked.slice('--seconds='.length));
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));

try {
  await measure();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const service = await MeasuredProcess.start<'memory'>('measured-service.js', {
    'server.listen': '127.0.0.1:0',
    'store.database': join(folder, 'assay.db'),
    'chain.dev.miners': LOAD.miners,
    'chain.dev.seed': LOAD.seed,
    'chain.dev.block_time': '1h',
  });
  const before = await service.ask<Collected>('memory');
  const start = service.resident();
  const flooding = flood({ ...LOAD, address: service.address, seconds });
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await pause((seconds * 1_000) / SAMPLES);
    samples.push(service.resident().nowMib);
  }
  const { bytesRead } = await flooding;
  if (bytesRead === 0) throw new Error('nothing was acknowledged');
  await drained(service.address);
  const after = await service.ask<Collected>('memory');
  const end = service.resident();
  await service.stop();
  const early = samples[Math.floor(SAMPLES / 6)] as number;
  const mib = { unit: 'MiB' };
  printFigure({ ...mib, name: 'backpressure.rss_start', values: [start.nowMib] });
  printFigure({ ...mib, name: 'backpressure.rss_peak', values: [end.peakMib] });
  printFigure({
    ...mib,
    name: 'backpressure.rss_under_load',
    values: [samples.at(-1) as number],
    ceilings: [early],
  });
  printFigure({ ...mib, name: 'backpressure.rss_end', values: [end.nowMib] });
  printFigure({
    ...mib,
    name: 'backpressure.heap_end',
    values: [after.heapMib],
    ceilings: [before.heapMib],
  });
  const taken = after.applied / seconds;
  printFigure({ name: 'backpressure.reports', unit: 'reports/s', values: [taken] });
}

/** Resolves when the service has ended the streams and stored what came on them. */
async function drained(address: string): Promise<void> {
  const client = connect(address);
  for (;;) {
    const { open_streams, queued_bytes } = await answer<GetStatusResponse__Output>((callback) =>
      client.operations.GetStatus({}, callback),
    );
    if (open_streams === 0 && queued_bytes === 0) break;
    await pause(DRAIN_POLL_MS);
  }
  client.close();
}

async function flood(load: BackpressureLoad): Promise<BackpressureResult> {
  const script = fileURLToPath(new URL('backpressure-load.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(load)]);
  return JSON.parse(stdout) as BackpressureResult;
}
