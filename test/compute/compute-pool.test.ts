import { afterEach, describe, expect, it } from 'vitest';
import {
  CALCULATIONS_MAX,
  ComputePool,
  type ComputePoolOptions,
} from '../../src/compute/compute-pool.ts';
import { allocate } from '../../src/domain/allocate.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import {
  largePopulation,
  policyOf,
  populationOf,
  ruleOf,
  shuffled,
} from '../support/populations.ts';

const policy = policyOf({ resolution: 'max', hasPositiveFloor: true });
const population = largePopulation(300);

/** Long enough for a worker to start on a busy machine. */
const PATIENT_MS = 60_000;
/** For workers that never answer; usually long enough for them to start. */
const IMPATIENT_MS = 1_000;

const pools: ComputePool[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function newPool(overrides: Partial<ComputePoolOptions> = {}) {
  const replaced: number[] = [];
  const pool = new ComputePool({
    threads: 1,
    inlinePairsMax: 0,
    taskTimeoutMs: PATIENT_MS,
    events: { workerReplaced: ({ attempt }) => replaced.push(attempt) },
    ...overrides,
  });
  pools.push(pool);
  return { pool, replaced };
}

function workerUrl(name: string): URL {
  return new URL(`../support/workers/${name}.worker.ts`, import.meta.url);
}

describe('the compute pool', () => {
  it('gives the same in a worker as inline, and leaves the population to its owner', async () => {
    const { pool, replaced } = newPool();
    const own = structuredClone(population);
    const computed = await pool.allocate(own, policy);
    expect(computed.place).toBe('worker');
    expect(computed.allocation).toEqual(allocate(population, policy));
    expect(own).toEqual(population);
    expect(computed.score.endMs).toBeGreaterThanOrEqual(computed.score.startMs);
    expect(computed.apportion.startMs).toBeGreaterThanOrEqual(computed.score.endMs);
    expect(replaced).toEqual([]);
  });

  it('keeps a small population on its own thread', async () => {
    const { pool } = newPool({ inlinePairsMax: 600 });
    const computed = await pool.allocate(population, policy);
    expect(computed.place).toBe('inline');
    expect(computed.allocation).toEqual(allocate(population, policy));
  });

  it('counts miners without GPUs when it decides where to calculate', async () => {
    const { pool } = newPool({ inlinePairsMax: 2 });
    const gpuless = populationOf([{ uid: 1 }, { uid: 2 }, { uid: 3 }]);
    expect((await pool.allocate(gpuless, policy)).place).toBe('worker');
  });

  it('gives the same when two workers share the scoring', async () => {
    const { pool, replaced } = newPool({
      threads: 2,
      shardRowsMin: 600,
      workerUrl: workerUrl('sharing'),
    });
    for (const each of [population, shuffled(population, 11)]) {
      const computed = await pool.allocate(each, policy);
      expect(computed.allocation).toEqual(allocate(population, policy));
      expect(computed.place).toBe('worker');
      expect(computed.score.endMs).toBeGreaterThanOrEqual(computed.score.startMs);
      expect(computed.apportion.startMs).toBeGreaterThanOrEqual(computed.score.endMs);
    }
    expect(replaced).toEqual([]);
  });

  it('calculates whole what two workers failed to share', async () => {
    const { pool, replaced } = newPool({
      threads: 2,
      shardRowsMin: 0,
      workerUrl: workerUrl('whole'),
    });
    const computed = await pool.allocate(population, policy);
    expect(computed.allocation).toEqual(allocate(population, policy));
    expect(computed.place).toBe('worker');
    expect(replaced).toEqual([1]);
  });

  it('does not share fewer rows than it is worth', async () => {
    const { pool, replaced } = newPool({
      threads: 2,
      shardRowsMin: 601,
      workerUrl: workerUrl('whole'),
    });
    const computed = await pool.allocate(population, policy);
    expect(computed.place).toBe('worker');
    expect(replaced).toEqual([]);
  });

  it('answers several calculations at once', async () => {
    const { pool } = newPool();
    const policies = [10, 20, 30].map((percent) => policyOf({ categories: [ruleOf(1, percent)] }));
    const computed = await Promise.all(policies.map((each) => pool.allocate(population, each)));
    expect(computed.map(({ allocation }) => allocation)).toEqual(
      policies.map((each) => allocate(population, each)),
    );
  });

  it('tries again in another worker when one dies', async () => {
    const { pool, replaced } = newPool({ workerUrl: workerUrl('dying-once') });
    const computed = await pool.allocate(population, policy);
    expect(computed.place).toBe('worker');
    expect(computed.allocation).toEqual(allocate(population, policy));
    expect(replaced).toEqual([1]);
  });

  it('calculates inline when every worker dies, again and again', async () => {
    const { pool, replaced } = newPool({ workerUrl: workerUrl('dying') });
    for (let round = 0; round < 2; round += 1) {
      const computed = await pool.allocate(population, policy);
      expect(computed.place).toBe('inline');
      expect(computed.allocation).toEqual(allocate(population, policy));
    }
    expect(replaced).toEqual([1, 2, 1, 2]);
  });

  it('aborts a worker that hangs and calculates all the same', async () => {
    const { pool, replaced } = newPool({
      workerUrl: workerUrl('hanging'),
      taskTimeoutMs: IMPATIENT_MS,
    });
    const computed = await pool.allocate(population, policy);
    expect(computed.allocation).toEqual(allocate(population, policy));
    expect(replaced).toEqual([1, 2]);
  });

  it('calculates inline when the worker file cannot be loaded, without waiting for its time limit', async () => {
    const { pool, replaced } = newPool({ workerUrl: workerUrl('absent'), threads: 2 });
    expect((await pool.allocate(population, policy)).place).toBe('inline');
    expect(replaced).toEqual([1, 2]);
  });

  it('shows a bug in the calculation as what it is', async () => {
    const twins = populationOf([{ uid: 1 }, { uid: 1 }]);
    const { pool } = newPool();
    await expect(pool.allocate(twins, policy)).rejects.toBeInstanceOf(AssertionError);
  });

  it('says compute_unavailable when nothing can calculate it', async () => {
    const { pool } = newPool();
    const broken = { ...policy, burnMicroPercent: 0.5 };
    await expect(pool.allocate(population, broken)).rejects.toMatchObject({
      code: 'compute_unavailable',
      cause: expect.any(RangeError),
    });
  });

  it('refuses more calculations than it has room for, and takes the next ones afterwards', async () => {
    const { pool } = newPool();
    const taken = Array.from({ length: CALCULATIONS_MAX }, () => pool.allocate(population, policy));
    await expect(pool.allocate(population, policy)).rejects.toMatchObject({
      code: 'compute_unavailable',
    });
    await Promise.all(taken);
    expect((await pool.allocate(population, policy)).place).toBe('worker');
  });

  it('refuses what is under way and what comes later when it is closed', async () => {
    const { pool, replaced } = newPool({ workerUrl: workerUrl('hanging') });
    const underWay = pool.allocate(population, policy);
    const refused = expect(underWay).rejects.toMatchObject({ code: 'compute_unavailable' });
    await pool.close();
    await refused;
    await expect(pool.allocate(population, policy)).rejects.toMatchObject({
      code: 'compute_unavailable',
    });
    expect(replaced).toEqual([]);
  });
});
