/**
 * Memory that comes back: 200 streams that idle, as many actors as there are miners, each touched once and then left alone,
 * and weight sets of 256 miners with retention, `--sets=N` of them. Each in a service of its own, in another process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { devMiners } from '../src/chain/dev/dev-genesis.ts';
import type { GetStatusResponse__Output } from '../src/grpc/generated/assay/v1/GetStatusResponse.ts';
import type { SubmitReportsResponse__Output } from '../src/grpc/generated/assay/v1/SubmitReportsResponse.ts';
import { answer, connect, ProverStream } from '../test/support/grpc-client.ts';
import { wireReport } from '../test/support/wire-reports.ts';
import { printFigure } from './figure.ts';
import { type Collected, MeasuredProcess } from './measured-process.ts';
import type { SetsMade, SetsTold, SetsWanted } from './measured-sets.ts';

const SEED = 1;
const STREAMS = 200;
const IDLE_MS = 10_000;
/** Owner and validator have the other two UIDs. */
const MINERS_MAX = 65_534;
const REPORTS_PER_CALL = 500;
const SETS = 500;
const SET_MINERS = 256;
/** A report for each miner after so many sets, so that no profile is older than is paid. */
const SETS_PER_ROUND = 8;
const WARM_SETS = 80;

/** Heap after a full collection and what is in RAM, before and after. */
interface Comparison {
  readonly before: { readonly heapMib: number };
  readonly after: { readonly heapMib: number };
  readonly startMib: number;
  readonly process: MeasuredProcess<never>;
}

const asked = process.argv.find((argument) => argument.startsWith('--sets='));
const sets = asked === undefined ? SETS : Number(asked.slice('--sets='.length));
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));

try {
  await idleStreams();
  await touchedActors();
  await weightSets();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function flagsOf(name: string, miners: number): Record<string, string | number> {
  return {
    'server.listen': '127.0.0.1:0',
    'store.database': join(folder, `${name}.db`),
    'chain.dev.miners': miners,
    'chain.dev.seed': SEED,
    'chain.dev.block_time': '1h',
  };
}

/** 200 streams, each on a connection of its own, with one report; they stay, and end. */
async function idleStreams(): Promise<void> {
  const service = await MeasuredProcess.start<string>('measured-service.js', flagsOf('idle', 256));
  const before = await service.ask<Collected>('memory');
  const startMib = service.resident().nowMib;
  const miners = devMiners({ seed: SEED, miners: 256 });
  const clients = Array.from({ length: STREAMS }, () => connect(service.address));
  const streams = clients.map(({ verification }) => new ProverStream(verification.StreamReports()));
  for (const [at, { call }] of streams.entries()) {
    const { uid, hotkey } = miners[at] as (typeof miners)[number];
    const reports = [wireReport({ uid, hotkey, observedAtMs: Date.now() })];
    call.write({ prover_id: `prover-${at}`, sequence: 1, reports });
  }
  await Promise.all(streams.map((stream) => stream.acknowledgedUpTo(1)));
  await pause(IDLE_MS);
  const open = await service.ask<Collected>('memory');
  const openMib = service.resident().nowMib;
  for (const { call } of streams) call.end();
  await Promise.all(streams.map(({ ended }) => ended));
  for (const client of clients) client.close();
  const after = await service.ask<Collected>('memory');
  const name = `memory.${STREAMS}_idle_streams`;
  printFigure({ name: `${name}.rss_open`, unit: 'MiB', values: [openMib] });
  const heapPerStream = ((open.heapMib - before.heapMib) * 1_024) / STREAMS;
  printFigure({ name: `${name}.heap_per_stream`, unit: 'KiB', values: [heapPerStream] });
  print(name, { before, after, startMib, process: service });
  await service.stop();
}

/** One report for each miner that a subnet can have, all of whom may stay; then the actors idle until they are evicted. */
async function touchedActors(): Promise<void> {
  const service = await MeasuredProcess.start<string>('measured-service.js', {
    ...flagsOf('actors', MINERS_MAX),
    'actors.idle_max': MINERS_MAX,
    'actors.idle_evict': '10s',
  });
  const before = await service.ask<Collected>('memory');
  const startMib = service.resident().nowMib;
  const client = connect(service.address);
  await submitAll(client, { miners: MINERS_MAX, observedAtMs: Date.now() });
  const touched = await service.ask<Collected>('memory');
  while ((await activeActors(client)) > 0) await pause(500);
  client.close();
  const after = await service.ask<Collected>('memory');
  const name = `memory.${MINERS_MAX}_actors`;
  const heapPerActor = ((touched.heapMib - before.heapMib) * 1_024) / MINERS_MAX;
  printFigure({ name: `${name}.heap_per_actor`, unit: 'KiB', values: [heapPerActor] });
  print(name, { before, after, startMib, process: service });
  await service.stop();
}

async function weightSets(): Promise<void> {
  const startMs = Date.now();
  const told: SetsTold = {
    ...{ miners: SET_MINERS, seed: SEED, startMs },
    flags: {
      ...flagsOf('sets', SET_MINERS),
      'emission.weight_set_interval_blocks': 100,
      'retention.ledger': '1d',
      'retention.results': '2d',
    },
  };
  const service = await MeasuredProcess.start<SetsWanted>('measured-sets.js', told);
  const client = connect(service.address);
  let nowMs = startMs;
  const make = async (count: number) => {
    for (let number = 0; number < count; number += SETS_PER_ROUND) {
      await submitAll(client, { miners: SET_MINERS, observedAtMs: nowMs });
      ({ nowMs } = await service.ask<SetsMade>({ sets: SETS_PER_ROUND }));
    }
  };
  await make(WARM_SETS);
  const before = await service.ask<SetsMade>({ sets: 0 });
  const startMib = service.resident().nowMib;
  const startedMs = performance.now();
  await make(sets);
  const rate = (sets / (performance.now() - startedMs)) * 1_000;
  client.close();
  const after = await service.ask<SetsMade>({ sets: 0 });
  const name = `memory.${sets}_weight_sets`;
  printFigure({ name: `${name}.rate`, unit: 'sets/s', values: [rate] });
  print(name, { before, after, startMib, process: service });
  await service.stop();
}

async function submitAll(
  { verification }: ReturnType<typeof connect>,
  { miners, observedAtMs }: { readonly miners: number; readonly observedAtMs: number },
): Promise<void> {
  const all = devMiners({ seed: SEED, miners });
  for (let from = 0; from < all.length; from += REPORTS_PER_CALL) {
    const reports = all
      .slice(from, from + REPORTS_PER_CALL)
      .map(({ uid, hotkey }) => wireReport({ uid, hotkey, observedAtMs }));
    const { results } = await answer<SubmitReportsResponse__Output>((callback) =>
      verification.SubmitReports({ prover_id: 'bench', reports }, callback),
    );
    const other = results.find(({ outcome }) => outcome !== 'REPORT_OUTCOME_APPLIED');
    if (other !== undefined) throw new Error(`not applied: ${JSON.stringify(other)}`);
  }
}

async function activeActors({ operations }: ReturnType<typeof connect>): Promise<number> {
  const { active_actors } = await answer<GetStatusResponse__Output>((callback) =>
    operations.GetStatus({}, callback),
  );
  return active_actors;
}

function print(name: string, { before, after, startMib, process }: Comparison): void {
  const { nowMib, peakMib } = process.resident();
  const [unit, started] = ['MiB', [startMib]];
  printFigure({ name: `${name}.rss_start`, unit, values: started });
  printFigure({ name: `${name}.rss_peak`, unit, values: [peakMib] });
  printFigure({ name: `${name}.rss_end`, unit, values: [nowMib], ceilings: started });
  const heaps = { values: [after.heapMib], ceilings: [before.heapMib] };
  printFigure({ name: `${name}.heap_end`, unit, ...heaps });
}
