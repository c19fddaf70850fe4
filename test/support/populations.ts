import fc from 'fast-check';
import type { AllocationPolicy, CategoryRule } from '../../src/domain/allocation.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import {
  type ExclusionReason,
  exclusionCode,
  type Population,
} from '../../src/domain/population.ts';

export interface GpuRow {
  readonly category: number;
  readonly count?: number;
  readonly memoryMib?: number;
  /** Rows of a miner with the same number belong to one executor; by default each has its own. */
  readonly executor?: number;
}

export interface MinerRow {
  readonly uid: number;
  /** 0 to 1. */
  readonly score?: number;
  readonly shutBy?: ExclusionReason;
  readonly primary?: number;
  readonly gpus?: readonly GpuRow[];
}

const EXECUTORS_PER_MINER = 1_000;

/** Columns from rows that a test can read. */
export function populationOf(miners: readonly MinerRow[]): Population {
  const gpus = miners.flatMap(({ gpus: rows = [] }, miner) =>
    rows.map((row, index) => ({
      miner,
      executor: miner * EXECUTORS_PER_MINER + (row.executor ?? index + EXECUTORS_PER_MINER / 2),
      category: row.category,
      count: row.count ?? 1,
      memoryMib: row.memoryMib ?? 81_920,
    })),
  );
  return {
    miners: {
      uid: Int32Array.from(miners, ({ uid }) => uid),
      scoreMicros: Int32Array.from(miners, ({ score = 1 }) => Math.round(score * 1e6)),
      standing: Uint8Array.from(miners, ({ shutBy }) => (shutBy ? exclusionCode(shutBy) : 0)),
      primaryCategory: Uint16Array.from(miners, ({ primary, gpus: own }) =>
        Number(primary ?? own?.[0]?.category ?? 0),
      ),
    },
    gpus: {
      miner: Int32Array.from(gpus, ({ miner }) => miner),
      executor: Int32Array.from(gpus, ({ executor }) => executor),
      category: Uint16Array.from(gpus, ({ category }) => category),
      count: Int32Array.from(gpus, ({ count }) => count),
      memoryMib: Int32Array.from(gpus, ({ memoryMib }) => memoryMib),
    },
  };
}

/** The rule of one category; its share in percent. */
export function ruleOf(
  categoryIndex: number,
  percent: number,
  limits: Partial<CategoryRule> = {},
): CategoryRule {
  return {
    category: `CATEGORY${categoryIndex}` as CategoryKey,
    categoryIndex,
    shareMicroPercent: Math.round(percent * 1e6),
    minGpuCount: 1,
    minMemoryMib: 0,
    ...limits,
  };
}

/** A policy with the plan's plain settings, burning nothing, the total 65535 and no floor. */
export function policyOf(overrides: Partial<AllocationPolicy> = {}): AllocationPolicy {
  return {
    burnMicroPercent: 0,
    burnUid: 999,
    categories: [ruleOf(1, 60), ruleOf(2, 40)],
    minMinersPerCategory: 1,
    minScoreMicros: 0,
    unallocated: 'burn',
    attribution: 'all',
    gpuCount: 'linear',
    resolution: 'sum',
    hasPositiveFloor: false,
    ...overrides,
  };
}

/** The same population with its miners and GPU rows in another order. */
export function shuffled(population: Population, seed: number): Population {
  const minerOrder = shuffledRows(population.miners.uid.length, seed);
  const gpuOrder = shuffledRows(population.gpus.miner.length, seed + 1);
  const { miners, gpus } = population;
  return {
    miners: {
      uid: Int32Array.from(minerOrder, (row) => Number(miners.uid[row])),
      scoreMicros: Int32Array.from(minerOrder, (row) => Number(miners.scoreMicros[row])),
      standing: Uint8Array.from(minerOrder, (row) => Number(miners.standing[row])),
      primaryCategory: Uint16Array.from(minerOrder, (row) => Number(miners.primaryCategory[row])),
    },
    gpus: {
      miner: Int32Array.from(gpuOrder, (row) => minerOrder.indexOf(Number(gpus.miner[row]))),
      executor: Int32Array.from(gpuOrder, (row) => Number(gpus.executor[row])),
      category: Uint16Array.from(gpuOrder, (row) => Number(gpus.category[row])),
      count: Int32Array.from(gpuOrder, (row) => Number(gpus.count[row])),
      memoryMib: Int32Array.from(gpuOrder, (row) => Number(gpus.memoryMib[row])),
    },
  };
}

function shuffledRows(length: number, seed: number): number[] {
  const key = (row: number) => Math.imul(row + 1, 0x9e3779b1 ^ seed) >>> 0;
  return Array.from({ length }, (_, row) => row).sort((a, b) => key(a) - key(b));
}

/** Large populations for equality across threads: miners with one group in each of two categories. */
export function largePopulation(minerCount: number): Population {
  return populationOf(
    Array.from({ length: minerCount }, (_, uid) => ({
      uid,
      score: ((uid * 7919) % 1_000_003) / 1_000_003,
      gpus: [
        { category: 1, count: 1 + (uid % 8) },
        { category: 2, count: 1 + ((uid * 3) % 5) },
      ],
    })),
  );
}

const gpuRow = fc.record({
  category: fc.integer({ min: 0, max: 4 }),
  count: fc.integer({ min: 0, max: 9 }),
  memoryMib: fc.constantFrom(0, 24_000, 80_000),
  executor: fc.integer({ min: 0, max: 3 }),
});

const minerRow = fc.record({
  uid: fc.integer({ min: 0, max: 40 }),
  score: fc.oneof(fc.constantFrom(0, 1e-6, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  shutBy: fc.option(fc.constantFrom<ExclusionReason>('NOT_REGISTERED', 'STALE'), {
    nil: undefined,
    freq: 8,
  }),
  primary: fc.integer({ min: 0, max: 4 }),
  gpus: fc.array(gpuRow, { maxLength: 6 }),
});

/** Small populations in any order. */
export const anyPopulation: fc.Arbitrary<Population> = fc
  .uniqueArray(minerRow as fc.Arbitrary<MinerRow>, { selector: ({ uid }) => uid, maxLength: 14 })
  .chain((miners) => fc.nat(1_000).map((seed) => shuffled(populationOf(miners), seed)));

const share = fc.oneof(fc.integer({ min: 1, max: 100_000_000 }), fc.constantFrom(30e6, 12e6, 1));

/** Policies of every kind. */
export const anyPolicy: fc.Arbitrary<AllocationPolicy> = fc.record({
  burnMicroPercent: fc.oneof(
    fc.constantFrom(0, 10_000_000, 100_000_000),
    fc.integer({ min: 0, max: 100_000_000 }),
  ),
  burnUid: fc.option(fc.integer({ min: 0, max: 50 }), { freq: 6 }),
  categories: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 4 }), share, fc.integer({ min: 1, max: 4 })), {
      selector: ([index]) => index,
      maxLength: 4,
    })
    .map((rules) =>
      rules
        .sort(([a], [b]) => a - b)
        .map(([index, shareMicroPercent, minGpuCount]) =>
          ruleOf(index, 0, {
            shareMicroPercent,
            minGpuCount,
            minMemoryMib: index === 2 ? 40_000 : 0,
          }),
        ),
    ),
  minMinersPerCategory: fc.integer({ min: 0, max: 3 }),
  minScoreMicros: fc.constantFrom(0, 0, 1, 500_000),
  unallocated: fc.constantFrom('burn', 'redistribute'),
  attribution: fc.constantFrom('all', 'primary'),
  gpuCount: fc.constantFrom('linear', 'ignore'),
  resolution: fc.constantFrom('max', 'sum'),
  hasPositiveFloor: fc.boolean(),
});
