/**
 * An allocation of miners with GPUs in two categories, under the default settings (nothing burned, largest total, positive
 * floor): on the calling thread, in one worker, and with two workers that share the scoring at any size. The ceiling, taken before each
 * run, reads the same input columns and writes as many output columns in place, with no calculation between.
 */
import { existsSync } from 'node:fs';
import { ComputePool } from '../src/compute/compute-pool.ts';
import type { AllocationPolicy, PairColumns } from '../src/domain/allocation.ts';
import { apportion, apportionUnits } from '../src/domain/apportion.ts';
import { MINER_UID_MAX } from '../src/domain/ids.ts';
import type { Population } from '../src/domain/population.ts';
import { emptyPairs, scorePairs } from '../src/domain/score-pairs.ts';
import { policyOf, ruleOf } from '../test/support/populations.ts';
import { median, printFigure } from './figure.ts';

/** Runs of each size after the warm-up, which is as long. */
const RUNS = {
  256: 60,
  1000: 200,
  4096: 100,
  16384: 60,
  65536: 30,
  262144: 12,
  1000000: 9,
};
const CATEGORIES = 2;
const GPUS_MAX = 8;
const PATIENT_MS = 60_000;

const policy: AllocationPolicy = policyOf({
  burnUid: 0,
  categories: [ruleOf(1, 60), ruleOf(2, 40)],
  resolution: 'max',
  hasPositiveFloor: true,
});

for (const [size, runs] of Object.entries(RUNS)) await measure(Number(size), runs);

async function measure(minerCount: number, runs: number): Promise<void> {
  const population = populationOfSize(minerCount);
  const finish = minerCount - 1 > MINER_UID_MAX ? apportionUnits : apportion;
  const name = `allocate.${minerCount}x${CATEGORIES}`;
  const inline = await alternate(population, runs, () => {
    finish(scorePairs(population, policy), policy);
  });
  printFigure({ name: `${name}.inline`, unit: 'ms', ...inline });
  for (const threads of [1, 2]) {
    const pool = newPool(threads, minerCount);
    const held: number[] = [];
    const figure = await alternate(population, runs, async () => {
      const startMs = performance.now();
      const allocation = pool.allocate(population, policy);
      held.push(performance.now() - startMs);
      await allocation;
    });
    await pool.close();
    printFigure({ name: `${name}.${threads}_workers`, unit: 'ms', ...figure });
    const own = held.slice(-runs);
    printFigure({ name: `${name}.${threads}_workers.caller_held`, unit: 'ms', values: own });
    if (median(own) > median(figure.values)) throw new Error('a part takes longer than the whole');
  }
}

/** Times the ceiling and the calculation in turns, after as many turns that are not counted. */
async function alternate(population: Population, runs: number, run: () => unknown) {
  const values: number[] = [];
  const ceilings: number[] = [];
  const length = population.gpus.miner.length;
  const output = { ...emptyPairs(length), weight: new Float64Array(length) };
  for (let turn = 0; turn < 2 * runs; turn += 1) {
    const startMs = performance.now();
    touchColumns(population, output);
    const ceilingMs = performance.now() - startMs;
    const runStartMs = performance.now();
    await run();
    if (turn < runs) continue;
    values.push(performance.now() - runStartMs);
    ceilings.push(ceilingMs);
  }
  return { values, ceilings };
}

function touchColumns({ miners, gpus }: Population, output: PairColumns): void {
  const { uid: uidOf, scoreMicros: scoreOf, standing: standingOf } = miners;
  const { miner, executor, category: categoryOf, count, memoryMib } = gpus;
  const { uid, category, reason, gpuCount, scoreMicros, basis, weight } = output;
  for (let row = 0; row < miner.length; row += 1) {
    const owner = miner[row] as number;
    uid[row] = uidOf[owner] as number;
    category[row] = categoryOf[row] as number;
    reason[row] = standingOf[owner] as number;
    gpuCount[row] = count[row] as number;
    scoreMicros[row] = scoreOf[owner] as number;
    basis[row] = executor[row] as number;
    weight[row] = memoryMib[row] as number;
  }
}

function newPool(threads: number, minerCount: number): ComputePool {
  const options = {
    threads,
    inlinePairsMax: 0,
    shardRowsMin: 0,
    taskTimeoutMs: PATIENT_MS,
    events: {
      workerReplaced: ({ error }: { error: unknown }) => {
        throw new Error('a worker failed', { cause: error });
      },
    },
  };
  return new ComputePool(
    minerCount - 1 > MINER_UID_MAX ? { ...options, workerUrl: anyUidWorker() } : options,
  );
}

function anyUidWorker(): URL {
  const compiled = new URL('./any-uid.worker.js', import.meta.url);
  return existsSync(compiled) ? compiled : new URL('./any-uid.worker.ts', import.meta.url);
}

function populationOfSize(minerCount: number): Population {
  const random = randomNumbers(7);
  const rows = minerCount * CATEGORIES;
  return {
    miners: {
      uid: Int32Array.from({ length: minerCount }, (_, uid) => uid),
      scoreMicros: Int32Array.from({ length: minerCount }, () => Math.round(random() * 1e6)),
      standing: new Uint8Array(minerCount),
      primaryCategory: new Uint16Array(minerCount).fill(1),
    },
    gpus: {
      miner: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / CATEGORIES)),
      executor: Int32Array.from({ length: rows }, (_, row) => row),
      category: Uint16Array.from({ length: rows }, (_, row) => 1 + (row % CATEGORIES)),
      count: Int32Array.from({ length: rows }, () => 1 + Math.floor(random() * GPUS_MAX)),
      memoryMib: new Int32Array(rows).fill(81_920),
    },
  };
}

/** A linear congruential generator: the same population in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
