/**
 * NATS JetStream with file storage in Assay's place: the same encoded messages (8 executors a report, 16 reports a message)
 * from 8 connections, with as many messages outstanding, in turns with Assay's ingest. The column `ceiling` has NATS' rate.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { printFigure } from './figure.ts';
import { SHAPE, startIngest, UNACKNOWLEDGED_MAX } from './ingest-ground.ts';
import type { LoadRounds, RoundResult } from './load-rounds.ts';
import { MeasuredProcess } from './measured-process.ts';
import type { NatsRound } from './nats-load.ts';

/** Debian has it where not everybody looks for programs. */
const PROGRAMS = ['nats-server', '/usr/sbin/nats-server'];
const RUNS = 3;
const ROUND: NatsRound = { messagesPerStream: 100, unacknowledgedMax: UNACKNOWLEDGED_MAX };
const STARTUP_TRIES = 100;
const STARTUP_PAUSE_MS = 100;
const SYNC_ALWAYS = 'sync_interval: always';
/** NATS with its default, and where it can, with every message on disk before it is acknowledged. */
const SYNCHRONOUS = { normal: '', full: SYNC_ALWAYS } as const;

/** Places in `/proc/<pid>/stat` behind the name of the process. */
const USER_AND_SYSTEM = [11, 12];
const TICK_MS = 10;

interface NatsCase {
  readonly folder: string;
  readonly synchronous: 'normal' | 'full';
  /** A line of its configuration. */
  readonly setting: string;
}

/** Run by run. */
interface Measured {
  readonly rates: number[];
  readonly processorUs: number[];
}

const program = PROGRAMS.find((name) => spawnSync(name, ['--version']).status === 0);
if (program === undefined) {
  process.stderr.write('peer-nats: nats-server is not installed; apt-get install nats-server\n');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  try {
    await measureAll(folder, program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(folder: string, server: string): Promise<void> {
  const version = spawnSync(server, ['--version'], { encoding: 'utf8' }).stdout.trim();
  process.stderr.write(
    `peer-nats: ${version}, one stream with file storage and a message identifier. Not equal: NATS keeps each message as the ` +
      'bytes that came. It reads none of them, knows a message that comes twice for two minutes and not a report, keeps no rows, ' +
      'indexes or profiles, and somebody has still to apply what it took.\n',
  );
  for (const synchronous of ['normal', 'full'] as const) {
    const isKnown = synchronous === 'normal' || accepts(server, folder);
    if (!isKnown) {
      process.stderr.write(
        `peer-nats: this version has no \`${SYNC_ALWAYS}\`. It writes before it acknowledges, and tells the disk only every two ` +
          'minutes: `peer_nats.full` compares what Assay has on disk with what NATS may lose with the power.\n',
      );
    }
    const setting = isKnown ? SYNCHRONOUS[synchronous] : '';
    await measure(server, { folder: mkdtempSync(join(folder, synchronous)), synchronous, setting });
  }
}

function accepts(server: string, folder: string): boolean {
  const file = join(folder, 'try.conf');
  writeFileSync(file, configuration(folder, 0, SYNC_ALWAYS));
  return spawnSync(server, ['-c', file, '-t']).status === 0;
}

function configuration(folder: string, port: number, setting: string): string {
  return `listen: "127.0.0.1:${port}"\njetstream {\n store_dir: "${folder}"\n ${setting}\n}\n`;
}

async function measure(program: string, { folder, synchronous, setting }: NatsCase): Promise<void> {
  const port = await freePort();
  const file = join(folder, 'nats.conf');
  writeFileSync(file, configuration(folder, port, setting));
  const server = spawn(program, ['-c', file], { stdio: 'ignore' });
  const exited = once(server, 'exit');
  try {
    const address = `127.0.0.1:${port}`;
    await createStream(address);
    await compare(server, { ...SHAPE, address }, { file: join(folder, 'assay.db'), synchronous });
  } finally {
    server.kill();
    await exited;
  }
}

async function compare(
  server: ChildProcess,
  told: LoadRounds,
  { file, synchronous }: { file: string; synchronous: 'normal' | 'full' },
): Promise<void> {
  const load = await MeasuredProcess.start<NatsRound>('nats-load.js', told);
  const ground = await startIngest({ file, synchronous, shape: SHAPE });
  const [own, theirs]: [Measured, Measured] = [emptyMeasured(), emptyMeasured()];
  for (let run = 0; run <= RUNS; run += 1) {
    const { reportsPerSecond, written } = await ground.round(ROUND);
    const beforeMs = processorMsOf(server);
    const peer = await load.ask<RoundResult>(ROUND);
    const peerMs = processorMsOf(server) - beforeMs;
    if (run === 0) continue;
    own.rates.push(reportsPerSecond);
    own.processorUs.push((written.processorMs / written.reports) * 1_000);
    theirs.rates.push(peer.reportsPerSecond);
    theirs.processorUs.push((peerMs / written.reports) * 1_000);
  }
  const name = `peer_nats.${synchronous}`;
  printFigure({ name, unit: 'reports/s', values: own.rates, ceilings: theirs.rates });
  printFigure({
    ...{ name: `${name}.processor_time`, unit: 'µs/report' },
    ...{ values: own.processorUs, ceilings: theirs.processorUs },
  });
  await ground.stop();
  await load.stop();
}

function emptyMeasured(): Measured {
  return { rates: [], processorUs: [] };
}

/** Processor time of a process since its start, as the system counts it. */
function processorMsOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticks = USER_AND_SYSTEM.reduce((sum, field) => sum + Number(fields[field]), 0);
  return ticks * TICK_MS;
}

async function createStream(address: string): Promise<void> {
  const connection = await connected(address);
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'reports', subjects: ['reports.*'] });
  await connection.close();
}

async function connected(address: string) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await connect({ servers: address });
    } catch (error) {
      if (tries === STARTUP_TRIES) throw error;
      await pause(STARTUP_PAUSE_MS);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('the port is not known');
  return address.port;
}
