/**
 * Memory over a long run: `--blocks=N` blocks, 100,000 by default, of a node in another process, read by the real adapter
 * and metagraph watcher, while the weight setter makes a commitment every 360 blocks into a real ledger. Heap and resident
 * memory are read after a full collection, and compared with what they were after the first tenth.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SubtensorService } from '../test/support/subtensor-service.ts';
import { benchSetting, NodeProcess } from './chain-setting.ts';
import { printFigure } from './figure.ts';

const BLOCKS = 100_000;
const SAMPLES = 20;
const MINERS = 30;
const INTERVAL_BLOCKS = 360;
/** Blocks between two looks at the head; the service sees the newest of them, as one that is busy does. */
const BATCH_BLOCKS = 4;
const MIB = 2 ** 20;
/** Blocks must not come faster than the encryption while a set is under way, or its era is over before it is sent. */
const PREPARATION_MS = 20;

interface Sample {
  readonly block: number;
  readonly heapMib: number;
  readonly residentMib: number;
}

const asked = process.argv.find((argument) => argument.startsWith('--blocks='));
const blocks = asked === undefined ? BLOCKS : Number(asked.slice('--blocks='.length));
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

try {
  await measure();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const node = await NodeProcess.start({ miners: MINERS, isCommitRevealEnabled: true });
  const { around, close } = await benchSetting({
    ...{ node, file: join(folder, 'blocks.db'), clock: node.clock, miners: MINERS },
    intervalBlocks: INTERVAL_BLOCKS,
  });
  const service = await SubtensorService.start(around);
  const samples: Sample[] = [];
  const startedMs = performance.now();
  let made = 0;
  while (made < blocks) {
    const batch = service.setter.status().isSetting ? 1 : BATCH_BLOCKS;
    const { finalBlock } = await node.produce(batch);
    made += batch;
    await read(service, finalBlock);
    if (made / (blocks / SAMPLES) >= samples.length + 1) samples.push(await sampled(made));
  }
  const durationMs = performance.now() - startedMs;
  const verified = await around.sets.latestTaken();
  if (verified === undefined || made - verified.block > 3 * INTERVAL_BLOCKS) {
    throw new Error(
      `the newest set is of block ${verified?.block}: weights were not set all the time`,
    );
  }
  await service.stop();
  await close();
  print(samples, (made / durationMs) * 1_000);
}

/** Waits until the service knows the head, and until a set that it is about to sign is signed and sent. */
async function read({ chain, setter }: SubtensorService, finalBlock: number): Promise<void> {
  while ((chain.head?.block ?? 0) < finalBlock) await turn();
  if (setter.status().isSetting) await pause(PREPARATION_MS);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function sampled(block: number): Promise<Sample> {
  await pause(50);
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { block, heapMib: heapUsed / MIB, residentMib: rss / MIB };
}

function print(samples: readonly Sample[], blocksPerSecond: number): void {
  const name = `chain_blocks.${blocks}`;
  const base = samples[Math.ceil(SAMPLES / 10) - 1];
  const last = samples.at(-1);
  if (base === undefined || last === undefined) throw new Error('nothing was sampled');
  const kinds = { heap: 'heapMib', resident: 'residentMib' } as const;
  for (const [kind, key] of Object.entries(kinds)) {
    const peak = Math.max(...samples.map((sample) => sample[key]));
    printFigure({ name: `${name}.${kind}_after_a_tenth`, unit: 'MiB', values: [base[key]] });
    printFigure({ name: `${name}.${kind}_peak`, unit: 'MiB', values: [peak] });
    printFigure({
      name: `${name}.${kind}_end`,
      unit: 'MiB',
      values: [last[key]],
      ceilings: [base[key]],
    });
    const slope = slopeOf(samples.slice(samples.indexOf(base)), key) * 100_000;
    printFigure({ name: `${name}.${kind}_slope`, unit: 'MiB/100,000 blocks', values: [slope] });
  }
  printFigure({ name: `${name}.rate`, unit: 'blocks/s', values: [blocksPerSecond] });
}

/** Least squares, in MiB a block. */
function slopeOf(samples: readonly Sample[], key: 'heapMib' | 'residentMib'): number {
  const mean = (value: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length;
  const [x, y] = [mean(({ block }) => block), mean((sample) => sample[key])];
  const covariance = mean((sample) => (sample.block - x) * (sample[key] - y));
  return covariance / mean(({ block }) => (block - x) ** 2);
}
