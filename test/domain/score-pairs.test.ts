import { describe, expect, it } from 'vitest';
import type { AllocationPolicy } from '../../src/domain/allocation.ts';
import { NO_CATEGORY } from '../../src/domain/allocation.ts';
import { mergePairs } from '../../src/domain/merge-pairs.ts';
import { EXCLUSION_REASONS, type Population } from '../../src/domain/population.ts';
import { slicePopulation } from '../../src/domain/population-order.ts';
import { scorePairs } from '../../src/domain/score-pairs.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { type MinerRow, policyOf, populationOf, ruleOf, shuffled } from '../support/populations.ts';

/** `uid/category: reason or basis, GPUs` of each pair. */
function scored(miners: readonly MinerRow[], policy: Partial<AllocationPolicy> = {}): string[] {
  return shown(populationOf(miners), policyOf(policy));
}

function shown(population: Population, policy: AllocationPolicy): string[] {
  const pairs = scorePairs(population, policy);
  return Array.from(pairs.uid, (uid, row) => {
    const reason = EXCLUSION_REASONS[Number(pairs.reason[row]) - 1] ?? `${pairs.basis[row]}`;
    return `${uid}/${pairs.category[row]}: ${reason}, ${pairs.gpuCount[row]}`;
  });
}

describe('scoring', () => {
  it('groups miners by category, in each by UID, and leaves stale ones and empty categories out', () => {
    const population = populationOf([
      { uid: 9, score: 0.5, gpus: [{ category: 2 }, { category: 1, count: 2 }] },
      { uid: 4, score: 0.9, gpus: [{ category: 1, count: 3 }] },
      { uid: 7, score: 0.1, gpus: [{ category: 1 }], shutBy: 'STALE' },
      { uid: 2, gpus: [] },
    ]);
    const policy = policyOf({ categories: [ruleOf(1, 50), ruleOf(2, 30), ruleOf(3, 20)] });
    const expected = [
      '4/1: 2700000, 3',
      '7/1: STALE, 1',
      '9/1: 1000000, 2',
      '9/2: 500000, 1',
      `2/${NO_CATEGORY}: NO_VALID_GPU, 0`,
    ];
    expect(shown(population, policy)).toEqual(expected);
    expect(shown(shuffled(population, 3), policy)).toEqual(expected);
  });

  it.each(['NOT_REGISTERED', 'HOTKEY_CHANGED', 'AXON_INACTIVE', 'STALE'] as const)(
    'shuts every pair of a miner that is %s',
    (shutBy) => {
      expect(
        scored([
          { uid: 1, shutBy, gpus: [{ category: 1 }, { category: 8 }] },
          { uid: 2, shutBy },
        ]),
      ).toEqual([`1/1: ${shutBy}, 1`, `1/8: ${shutBy}, 1`, `2/${NO_CATEGORY}: ${shutBy}, 0`]);
    },
  );

  it('says when a category is not rewarded', () => {
    expect(scored([{ uid: 1, gpus: [{ category: 8, count: 4 }] }])).toEqual([
      '1/8: CATEGORY_NOT_REWARDED, 4',
    ]);
  });

  it('asks one executor for the minimum of GPUs, not the miner', () => {
    const categories = [ruleOf(1, 100, { minGpuCount: 4 })];
    expect(
      scored(
        [
          {
            uid: 1,
            gpus: [
              { category: 1, count: 3 },
              { category: 1, count: 3 },
            ],
          },
          {
            uid: 2,
            gpus: [
              { category: 1, count: 3 },
              { category: 1, count: 4 },
            ],
          },
        ],
        { categories },
      ),
    ).toEqual(['1/1: BELOW_MIN_GPU_COUNT, 6', '2/1: 4000000, 4']);
  });

  it('counts the groups of one executor together', () => {
    const categories = [ruleOf(1, 100, { minGpuCount: 4, minMemoryMib: 73_728 })];
    expect(
      scored(
        [
          {
            uid: 1,
            gpus: [
              { category: 1, count: 2, executor: 1, memoryMib: 81_920 },
              { category: 2, count: 1, executor: 1 },
              { category: 1, count: 2, executor: 1, memoryMib: 96_000 },
            ],
          },
        ],
        { categories: [...categories, ruleOf(2, 10)] },
      ),
    ).toEqual(['1/1: 4000000, 4', '1/2: 1000000, 1']);
  });

  it('counts only cards with enough memory and tells memory from number', () => {
    const categories = [ruleOf(1, 100, { minGpuCount: 2, minMemoryMib: 73_728 })];
    const small = { category: 1, memoryMib: 40_960, executor: 1 };
    const large = { category: 1, memoryMib: 73_728, executor: 1 };
    expect(
      scored(
        [
          { uid: 1, gpus: [{ ...small, count: 8 }] },
          {
            uid: 2,
            gpus: [
              { ...small, count: 1 },
              { ...large, count: 1 },
            ],
          },
          { uid: 3, gpus: [{ ...small, count: 1 }] },
          {
            uid: 4,
            gpus: [
              { ...small, count: 5 },
              { ...large, count: 2 },
            ],
          },
        ],
        { categories },
      ),
    ).toEqual([
      '1/1: BELOW_MIN_MEMORY, 8',
      '2/1: BELOW_MIN_MEMORY, 2',
      '3/1: BELOW_MIN_GPU_COUNT, 1',
      '4/1: 2000000, 2',
    ]);
  });

  it('excludes scores below the minimum, not at it', () => {
    const gpus = [{ category: 1 }];
    expect(
      scored(
        [
          { uid: 1, score: 0.499999, gpus },
          { uid: 2, score: 0.5, gpus },
        ],
        {
          minScoreMicros: 500_000,
        },
      ),
    ).toEqual(['1/1: BELOW_MIN_SCORE, 1', '2/1: 500000, 1']);
  });

  it('includes a score of zero when no minimum is set', () => {
    expect(scored([{ uid: 1, score: 0, gpus: [{ category: 1 }] }])).toEqual(['1/1: 0, 1']);
  });

  it('takes the score alone when GPU counts are ignored', () => {
    expect(
      scored([{ uid: 1, score: 0.25, gpus: [{ category: 1, count: 8 }] }], { gpuCount: 'ignore' }),
    ).toEqual(['1/1: 250000, 8']);
  });

  it('evaluates the primary category alone when asked to', () => {
    expect(
      scored(
        [
          {
            uid: 1,
            primary: 2,
            gpus: [
              { category: 1, count: 2 },
              { category: 2, count: 3 },
            ],
          },
          { uid: 2, primary: 2, gpus: [{ category: 1, count: 2 }] },
          { uid: 3, primary: 1 },
        ],
        { attribution: 'primary' },
      ),
    ).toEqual([
      '1/2: 3000000, 3',
      '2/2: BELOW_MIN_GPU_COUNT, 0',
      `3/${NO_CATEGORY}: NO_VALID_GPU, 0`,
    ]);
  });

  it('takes UIDs beyond 16 bits', () => {
    expect(scored([{ uid: 1_000_000, gpus: [{ category: 1 }] }])).toEqual([
      '1000000/1: 1000000, 1',
    ]);
  });

  it('refuses two miners with one UID as a bug', () => {
    const twins = [
      { uid: 3, gpus: [{ category: 1 }] },
      { uid: 3, gpus: [{ category: 2 }] },
    ];
    expect(() => scored(twins)).toThrow(AssertionError);
  });

  it('refuses GPUs of nobody as a bug, in any order of the miners', () => {
    for (const uids of [
      [1, 2],
      [2, 1],
    ]) {
      const population = populationOf(uids.map((uid) => ({ uid, gpus: [{ category: 1 }] })));
      for (const miner of [-1, 2]) {
        const gpus = { ...population.gpus, miner: Int32Array.of(0, miner) };
        expect(() => scorePairs({ ...population, gpus }, policyOf())).toThrow(AssertionError);
      }
    }
  });

  it('refuses more GPUs than a column can count as a bug', () => {
    const count = 2 ** 31 - 1;
    expect(scored([{ uid: 1, score: 1, gpus: [{ category: 1, count }] }])).toEqual([
      `1/1: ${count}000000, ${count}`,
    ]);
    expect(() =>
      scored([
        {
          uid: 1,
          gpus: [
            { category: 1, count },
            { category: 1, count: 1 },
          ],
        },
      ]),
    ).toThrow(AssertionError);
  });
});

describe('a slice of a population', () => {
  const population = populationOf([
    { uid: 1, gpus: [{ category: 1 }] },
    { uid: 2, gpus: [{ category: 2 }, { category: 1 }] },
    { uid: 3, gpus: [{ category: 1 }] },
  ]);

  it('has its own miners and their GPUs only', () => {
    expect(shown(slicePopulation(population, { start: 1, end: 2 }), policyOf())).toEqual([
      '2/1: 1000000, 1',
      '2/2: 1000000, 1',
    ]);
  });

  it('may be empty', () => {
    expect(shown(slicePopulation(population, { start: 3, end: 3 }), policyOf())).toEqual([]);
  });

  it('finds the GPUs of its miners wherever they stand', () => {
    const mixed = shuffled(population, 5);
    const parts = [0, 1, 2].map((start) =>
      scorePairs(slicePopulation(mixed, { start, end: start + 1 }), policyOf()),
    );
    expect(mergePairs(parts)).toEqual(scorePairs(population, policyOf()));
  });
});
