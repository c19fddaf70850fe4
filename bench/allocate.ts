/**
 * An allocation of miners with GPUs in two categories, so twice as many pairs, under the default settings (nothing burned,
 * largest total, positive floor): on the calling thread, in one worker, and with two workers that share the scoring at any
 * size. The ceiling reads the same input columns and writes as many output columns in place, with no calculation between. All
 * four take turns.
 *
 * `allocate.<miners>.inline`, `.one_worker`, `.two_workers`: the whole time beside the ceiling. `.caller_held` after a worker: how
 * long its caller's thread was busy with it, beside the same calculation inline. `allocate.crossover.*`: the least number of
 * pairs, of those measured, from which on a worker's whole time is no longer than inline.
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

/** Turns of each size that count, after half as many that do not. */
const RUNS = {
  256: 60,
  1000: 150,
  4096: 80,
  16384: 50,
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

/** Of one size, by turn. */
interface Measured {
  readonly minerCount: number;
  readonly ceiling: number[];
  readonly inline: number[];
  readonly one_worker: Sent;
  readonly two_workers: Sent;
}

/** A calculation by a pool: until it is there, and how much of that the caller's thread was busy. */
interface Sent {
  readonly whole: number[];
  readonly held: number[];
}

const sizes: Measured[] = [];
for (const [size, runs] of Object.entries(RUNS)) {
  const measured = await measure(Number(size), runs);
  print(measured);
  sizes.push(measured);
}
printCrossover('one_worker');
printCrossover('two_workers');

async function measure(minerCount: number, runs: number): Promise<Measured> {
  const population = populationOfSize(minerCount);
  const finish = minerCount - 1 > MINER_UID_MAX ? apportionUnits : apportion;
  const length = population.gpus.miner.length;
  const output = { ...emptyPairs(length), weight: new Float64Array(length) };
  const measured: Measured = {
    ...{ minerCount, ceiling: [], inline: [] },
    one_worker: { whole: [], held: [] },
    two_workers: { whole: [], held: [] },
  };
  const pools = { one_worker: newPool(1, minerCount), two_workers: newPool(2, minerCount) };
  const warmUp = Math.ceil(runs / 2);
  for (let turn = 0; turn < warmUp + runs; turn += 1) {
    const ceilingMs = timeMs(() => touchColumns(population, output));
    const inlineMs = timeMs(() => finish(scorePairs(population, policy), policy));
    if (turn >= warmUp) {
      measured.ceiling.push(ceilingMs);
      measured.inline.push(inlineMs);
    }
    for (const [name, pool] of Object.entries(pools)) {
      const { wholeMs, heldMs } = await send(pool, population);
      if (turn < warmUp) continue;
      measured[name as keyof typeof pools].whole.push(wholeMs);
      measured[name as keyof typeof pools].held.push(heldMs);
    }
  }
  await Promise.all(Object.values(pools).map((pool) => pool.close()));
  return measured;
}

async function send(pool: ComputePool, population: Population) {
  const startedMs = performance.now();
  const allocation = pool.allocate(population, policy);
  const heldMs = performance.now() - startedMs;
  await allocation;
  return { wholeMs: performance.now() - startedMs, heldMs };
}

function timeMs(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

function print({ minerCount, ceiling: ceilings, inline, ...sent }: Measured): void {
  const name = `allocate.${minerCount}`;
  printFigure({ name: `${name}.inline`, unit: 'ms', values: inline, ceilings });
  for (const [worker, { whole, held }] of Object.entries(sent)) {
    const figure = { name: `${name}.${worker}`, unit: 'ms', values: whole, ceilings };
    printFigure(figure);
    const caller = { name: `${figure.name}.caller_held`, unit: 'ms', values: held };
    printFigure({ ...caller, ceilings: inline });
  }
}

/** Prints nothing when the largest size is still faster inline. */
function printCrossover(worker: 'one_worker' | 'two_workers'): void {
  const isSlower = (each: Measured) => median(each[worker].whole) > median(each.inline);
  const first = sizes[sizes.findLastIndex(isSlower) + 1];
  if (first === undefined) return;
  const values = [first.minerCount * CATEGORIES];
  printFigure({ name: `allocate.crossover.${worker}`, unit: 'pairs', values });
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
