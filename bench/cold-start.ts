/**
 * From nothing to an answer. `assay start` with a database of 1 GB, and with none: from the spawn of the process to the first
 * `SERVING` that a client gets, who asks every few milliseconds. Commands that need no server: from the spawn to the exit.
 * The ceiling, in turns with each, is a Node process that does nothing. The files are in the page cache, as after a
 * restart of the service alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { packages } from '../src/grpc/proto.ts';
import { projectRoot } from '../src/lib/project-root.ts';
import { decidedIn, sampleMiners } from '../test/support/decision-samples.ts';
import { printFigure } from './figure.ts';
import { fillDatabase } from './filled-database.ts';
import { SERVICE_FLAGS } from './service-flags.ts';
import { openServiceStore, SAMPLE_SUBNET } from './service-store.ts';

const STARTS = 5;
const COMMAND_RUNS = 9;
/** 540,000 reports with 4,320,000 results take 1 GB. */
const FILLING = { miners: 2_000, executorsPerMiner: 8, reports: 270 };
const SETS = 50;
const MINERS_OF_A_SET = 256;
const POLL_MS = 3;
const PATIENCE_MS = 60_000;
const MIB = 2 ** 20;
/** Whoever was refused a connection tries again as soon as it is asked. */
const IMPATIENT = {
  'grpc.initial_reconnect_backoff_ms': 1,
  'grpc.min_reconnect_backoff_ms': 1,
  'grpc.max_reconnect_backoff_ms': POLL_MS,
};
const NOTHING = ['-e', '0'];

/** As it is built: the benchmarks themselves run a compiler's output, file by file. */
const main = join(projectRoot(), 'dist/src/main.js');
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));

try {
  const database = join(folder, 'filled.db');
  await fillDatabase(database, FILLING);
  await recordSets(database);
  const size = statSync(database).size / MIB;
  printFigure({ name: 'cold_start.1_gb.database', unit: 'MiB', values: [size] });
  await measureStarts('cold_start.1_gb.serving', () => database);
  await measureStarts('cold_start.empty.serving', (run) => join(folder, `empty-${run}.db`));
  await measureCommand('version', ['--version']);
  await measureCommand('help', ['--help']);
  await measureCommand('gpu', ['gpu', 'NVIDIA H100 80GB HBM3']);
  await measureCommand('config_check', ['config', 'check']);
  await measureCommand('weights_history', ['weights', 'history', '--database', database]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function recordSets(database: string): Promise<void> {
  const store = await openServiceStore(database);
  const decision = await decidedIn({ profiles: sampleMiners(MINERS_OF_A_SET) });
  for (let number = 1; number <= SETS; number += 1) {
    await store.weightSets.record({ ...decision, set: { ...decision.set, block: 360 * number } });
  }
  await store.journal.close();
  await store.close();
}

async function measureStarts(name: string, databaseOf: (run: number) => string): Promise<void> {
  const values: number[] = [];
  const ceilings: number[] = [];
  for (let run = 0; run < STARTS; run += 1) {
    ceilings.push(await exitMs(NOTHING));
    values.push(await servingMs(databaseOf(run)));
  }
  printFigure({ name, unit: 'ms', values, ceilings });
}

async function measureCommand(name: string, args: readonly string[]): Promise<void> {
  const values: number[] = [];
  const ceilings: number[] = [];
  for (let run = 0; run < COMMAND_RUNS; run += 1) {
    ceilings.push(await exitMs(NOTHING));
    values.push(await exitMs([main, ...args]));
  }
  printFigure({ name: `cold_start.command.${name}`, unit: 'ms', values, ceilings });
}

async function exitMs(args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const child = run(args, { ASSAY_CHAIN__NETUID: String(SAMPLE_SUBNET.netuid) });
  const [exitCode] = await once(child, 'exit');
  const durationMs = performance.now() - startedMs;
  if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${exitCode}`);
  return durationMs;
}

async function servingMs(database: string): Promise<number> {
  const address = `127.0.0.1:${await freePort()}`;
  const startedMs = performance.now();
  const child = run([...SERVICE_FLAGS, main, 'start', '--database', database], {
    ASSAY_SERVER__LISTEN: address,
  });
  const health = new packages.grpc.health.v1.Health(
    address,
    credentials.createInsecure(),
    IMPATIENT,
  );
  const isServing = () =>
    new Promise<boolean>((resolve) => {
      health.Check({ service: '' }, (_error, answer) => resolve(answer?.status === 'SERVING'));
    });
  while (!(await isServing())) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
    if (performance.now() - startedMs > PATIENCE_MS) throw new Error('the service does not serve');
    await pause(POLL_MS);
  }
  const durationMs = performance.now() - startedMs;
  health.close();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  return durationMs;
}

function run(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore' });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the port is not known');
  return address.port;
}
