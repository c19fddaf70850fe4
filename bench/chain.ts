/**
 * From the final head that makes a weight set due until the pool has the transaction, for 256 UIDs, with a commitment and
 * with plain weights: the real weight setter, adapter, encryption thread and ledger, and a node in another process on
 * loopback. Also its phases, and how long the event loop stood still at most meanwhile. The ceiling is what cannot be left
 * out: one encryption and one round trip to the node, measured in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { QUICKNET } from '../src/chain/subtensor/timelock/drand-beacon.ts';
import { TimelockEncryptor } from '../src/chain/subtensor/timelock/timelock-encryptor.ts';
import type { WeightSet, WeightSetPhase } from '../src/domain/weight-set.ts';
import { SubtensorService } from '../test/support/subtensor-service.ts';
import { benchSetting, NodeProcess } from './chain-setting.ts';
import { median, printFigure } from './figure.ts';

const UIDS = 256;
/** The owner and our validator have a UID each. */
const MINERS = UIDS - 2;
const RUNS = 25;
/** The first sets load code and warm caches; they are printed by themselves. */
const WARM_UP_RUNS = 3;
/** Longer than a set takes to its end, so that no two are under way together. */
const INTERVAL_BLOCKS = 40;
/** Blocks before the one that makes a set due at which the service is given time to come to rest. */
const QUIET_BLOCKS = 2;
const TEMPO_BLOCKS = 8;
/** Starts of a service that finds a set due already. */
const STARTS = 5;
const PHASES: readonly WeightSetPhase[] = ['snapshot', 'score', 'apportion', 'ledger', 'preflight'];

interface Measured {
  readonly totalMs: number[];
  readonly signMs: number[];
  readonly delayMs: number[];
  readonly ceilingMs: number[];
  readonly phasesMs: Map<WeightSetPhase, number[]>;
}

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
try {
  await measure('commitment', true);
  await measure('plain', false);
  await measureStarts();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(kind: string, isCommitRevealEnabled: boolean): Promise<void> {
  const node = await NodeProcess.start({
    ...{ miners: MINERS, isCommitRevealEnabled, tempoBlocks: TEMPO_BLOCKS },
    weightsRateLimitBlocks: 1,
  });
  const { around, close } = await benchSetting({
    ...{ node, file: join(folder, `${kind}.db`), clock: node.clock, miners: MINERS },
    intervalBlocks: INTERVAL_BLOCKS,
  });
  const service = await SubtensorService.start(around);
  const encryptor = new TimelockEncryptor();
  const measured: Measured = {
    ...{ totalMs: [], signMs: [], delayMs: [], ceilingMs: [], phasesMs: new Map() },
  };
  const first = await nextSet(node, service);
  for (let run = 0; run < WARM_UP_RUNS; run += 1) await nextSet(node, service);
  for (let run = 0; run < RUNS; run += 1) {
    note(measured, await nextSet(node, service));
    measured.ceilingMs.push(await leastMs(node, isCommitRevealEnabled ? encryptor : undefined));
  }
  print(`chain.${UIDS}_uids.${kind}`, measured, first.totalMs);
  await encryptor.close();
  await service.stop();
  await close();
}

/** Commitments that are due at the first block after the start, while the encryption thread still starts. */
async function measureStarts(): Promise<void> {
  const values: number[] = [];
  for (let run = 0; run < STARTS; run += 1) {
    const node = await NodeProcess.start({
      ...{ miners: MINERS, isCommitRevealEnabled: true, tempoBlocks: TEMPO_BLOCKS },
      weightsRateLimitBlocks: 1,
    });
    await node.produce(2 * INTERVAL_BLOCKS);
    const { around, close } = await benchSetting({
      ...{ node, file: join(folder, `start-${run}.db`), clock: node.clock, miners: MINERS },
      intervalBlocks: INTERVAL_BLOCKS,
    });
    const service = await SubtensorService.start(around);
    await service.watcher.refresh();
    values.push((await nextSet(node, service)).totalMs);
    await service.stop();
    await close();
  }
  printFigure({ name: `chain.${UIDS}_uids.commitment.due_at_the_start`, unit: 'ms', values });
}

interface TimedSet {
  readonly set: WeightSet;
  readonly totalMs: number;
  readonly delayMs: number;
}

/** Makes blocks until a set is due, times it to its submission, and lets it end. */
async function nextSet(node: NodeProcess, service: SubtensorService): Promise<TimedSet> {
  const { chain, setter } = service;
  const stop = new AbortController();
  const changes = setter.watch(stop.signal)[Symbol.asyncIterator]();
  const submitted = (async () => {
    for (;;) {
      const { value: set } = await changes.next();
      if (set?.failure !== undefined) throw new Error(set.failure.message);
      if (set?.state === 'submitted') return { set, atMs: performance.now() };
    }
  })();
  let isSubmitted = false;
  void submitted.finally(() => {
    isSubmitted = true;
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const headAtMs = new Map<number, number>();
  const seen = (async () => {
    for await (const { block } of chain.heads(stop.signal)) {
      headAtMs.set(block, performance.now());
      delay.reset();
    }
  })();
  delay.enable();
  while (!isSubmitted) {
    const { finalBlock } = await node.produce();
    const isDueSoon = finalBlock >= setter.status().nextSetBlock - QUIET_BLOCKS;
    // Blocks come every 12 s: what a head brings about does not overlap with the next one.
    if (isDueSoon) await settled(service, () => isSubmitted);
    else while ((chain.head?.block ?? 0) < finalBlock) await pause(1);
  }
  delay.disable();
  const delayMs = delay.max / 1e6;
  const { set, atMs } = await submitted;
  const totalMs = atMs - (headAtMs.get(set.block) ?? Number.NaN);
  await ended(node, service, set.block);
  stop.abort();
  await seen;
  return { set, totalMs, delayMs };
}

/** Waits until a head brought about no set, or its set is submitted. */
async function settled({ setter }: SubtensorService, isSubmitted: () => boolean): Promise<void> {
  const idleMs = 30;
  let sinceMs = performance.now();
  while (!isSubmitted() && performance.now() - sinceMs < idleMs) {
    await pause(1);
    if (setter.status().isSetting) sinceMs = performance.now();
  }
}

async function ended(
  node: NodeProcess,
  { setter }: SubtensorService,
  block: number,
): Promise<void> {
  const stop = new AbortController();
  let isVerified = false;
  const watching = (async () => {
    for await (const set of setter.watch(stop.signal)) {
      if (set.block === block && set.state === 'verified') isVerified = true;
      if (set.failure !== undefined) throw new Error(set.failure.message);
      if (isVerified) return;
    }
  })();
  while (!isVerified) {
    await node.produce();
    await pause(10);
  }
  stop.abort();
  await watching;
}

function note(measured: Measured, { set, totalMs, delayMs }: TimedSet): void {
  const own = PHASES.map((phase) => [phase, set.phasesMs.get(phase) ?? 0] as const);
  for (const [phase, ms] of own) {
    measured.phasesMs.set(phase, [...(measured.phasesMs.get(phase) ?? []), ms]);
  }
  measured.totalMs.push(totalMs);
  measured.signMs.push(totalMs - own.reduce((sum, [, ms]) => sum + ms, 0));
  measured.delayMs.push(delayMs);
}

/** One encryption, when there is one, and one round trip over a socket like the node's. */
async function leastMs(node: NodeProcess, encryptor: TimelockEncryptor | undefined) {
  const uids = Uint16Array.from({ length: MINERS }, (_, uid) => uid);
  const payload = {
    form: 'hotkey',
    hotkey: new Uint8Array(32),
    uids,
    values: uids,
    versionKey: 0,
  } as const;
  const startedMs = performance.now();
  await encryptor?.encrypt({ payload, beacon: QUICKNET, round: 19_566_596 });
  const encryptedMs = performance.now() - startedMs;
  return encryptedMs + (await roundTripMs(node));
}

function roundTripMs({ ready }: NodeProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(ready.url);
    let sentMs = 0;
    socket.onerror = () => reject(new Error('the node does not answer'));
    socket.onopen = () => {
      sentMs = performance.now();
      socket.send('{"jsonrpc":"2.0","id":1,"method":"system_chain","params":[]}');
    };
    socket.onmessage = () => {
      resolve(performance.now() - sentMs);
      socket.close();
    };
  });
}

function print(name: string, measured: Measured, firstMs: number): void {
  const { totalMs, signMs, delayMs, ceilingMs, phasesMs } = measured;
  printFigure({ name: `${name}.to_submitted`, unit: 'ms', values: totalMs, ceilings: ceilingMs });
  printFigure({ name: `${name}.to_submitted_max`, unit: 'ms', values: [Math.max(...totalMs)] });
  printFigure({ name: `${name}.to_submitted_first`, unit: 'ms', values: [firstMs] });
  for (const [phase, values] of phasesMs)
    printFigure({ name: `${name}.${phase}`, unit: 'ms', values });
  printFigure({ name: `${name}.sign_and_send`, unit: 'ms', values: signMs });
  printFigure({ name: `${name}.event_loop_delay`, unit: 'ms', values: [median(delayMs)] });
  printFigure({ name: `${name}.event_loop_delay_max`, unit: 'ms', values: [Math.max(...delayMs)] });
}
