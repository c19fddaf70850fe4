import { describe, expect, it } from 'vitest';
import { allocate } from '../../src/domain/allocate.ts';
import {
  type Allocation,
  type AllocationPolicy,
  NO_CATEGORY,
} from '../../src/domain/allocation.ts';
import { apportion, apportionUnits } from '../../src/domain/apportion.ts';
import { EXCLUSION_REASONS } from '../../src/domain/population.ts';
import { scorePairs } from '../../src/domain/score-pairs.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { type MinerRow, policyOf, populationOf, ruleOf } from '../support/populations.ts';

const BURN_UID = 999;

function allocated(
  miners: readonly MinerRow[],
  policy: Partial<AllocationPolicy> = {},
): Allocation {
  return allocate(populationOf(miners), policyOf(policy));
}

function weights({ vector }: Allocation): Record<number, number> {
  return Object.fromEntries(Array.from(vector.uids, (uid, row) => [uid, vector.weights[row] ?? 0]));
}

function poolsOf({ categories }: Allocation): number[] {
  return categories.map(({ weightPool }) => weightPool);
}

/** One miner in each of the two categories of the plain policy. */
const ONE_EACH: readonly MinerRow[] = [
  { uid: 1, gpus: [{ category: 1 }] },
  { uid: 2, gpus: [{ category: 2 }] },
];

describe('the burn', () => {
  it.each([
    [0, {}],
    [50, { [BURN_UID]: 32_768 }],
    [100, { [BURN_UID]: 65_535 }],
  ])('of %d percent goes to its UID', (percent, burned) => {
    const allocation = allocated(ONE_EACH, { burnMicroPercent: percent * 1e6 });
    const { [BURN_UID]: burn = 0 } = weights(allocation);
    expect({ [BURN_UID]: burn }).toEqual({ [BURN_UID]: 0, ...burned });
    expect(allocation.burn).toEqual({
      uid: BURN_UID,
      weight: burn,
      percentage: (burn / 65_535) * 100,
      configuredWeight: Math.floor((65_535 * percent) / 100),
      emptyCategoryWeight: 0,
      belowMinimumWeight: 0,
      roundingWeight: percent === 50 ? 1 : 0,
    });
  });

  it('of everything is a vector of one entry', () => {
    for (const resolution of ['sum', 'max'] as const) {
      const allocation = allocated(ONE_EACH, { burnMicroPercent: 100_000_000, resolution });
      expect(weights(allocation)).toEqual({ [BURN_UID]: 65_535 });
      expect(allocation.minersServed).toBe(0);
    }
  });

  it('gets what a category without miners gives up', () => {
    const allocation = allocated(ONE_EACH.slice(0, 1), { burnMicroPercent: 10_000_000 });
    expect(weights(allocation)).toEqual({ 1: 35_389, [BURN_UID]: 30_146 });
    expect(allocation.burn).toMatchObject({
      configuredWeight: 6_553,
      emptyCategoryWeight: 23_592,
      roundingWeight: 1,
    });
    expect(poolsOf(allocation)).toEqual([35_389, 0]);
  });

  it('gets nothing of it when that is redistributed', () => {
    const allocation = allocated(ONE_EACH.slice(0, 1), {
      burnMicroPercent: 10_000_000,
      unallocated: 'redistribute',
    });
    expect(weights(allocation)).toEqual({ 1: 58_981, [BURN_UID]: 6_554 });
    expect(allocation.burn).toMatchObject({ configuredWeight: 6_553, emptyCategoryWeight: 0 });
  });

  it('gets everything when nobody can be paid, redistributed or not', () => {
    for (const unallocated of ['burn', 'redistribute'] as const) {
      const allocation = allocated([], { burnMicroPercent: 10_000_000, unallocated });
      expect(weights(allocation)).toEqual({ [BURN_UID]: 65_535 });
      expect(allocation.burn).toMatchObject({
        configuredWeight: 6_553,
        emptyCategoryWeight: 58_981,
        roundingWeight: 1,
      });
    }
    expect(weights(allocated(ONE_EACH, { categories: [] }))).toEqual({ [BURN_UID]: 65_535 });
  });

  it('is merged with the own weight of a miner at its UID', () => {
    const allocation = allocated(ONE_EACH, { burnMicroPercent: 50_000_000, burnUid: 2 });
    expect(weights(allocation)).toEqual({ 1: 19_660, 2: 45_875 });
    expect(allocation.burn.weight).toBe(32_768);
    expect(allocation.minersServed).toBe(2);
  });

  it('does not make its target a served miner', () => {
    const gpus = [{ category: 1 }];
    const miners: MinerRow[] = [
      { uid: 1, gpus },
      { uid: 2, gpus, shutBy: 'STALE' },
    ];
    expect(allocated(miners, { burnUid: 2 }).minersServed).toBe(1);
  });

  it('without a UID is stated and left out of the vector', () => {
    const allocation = allocated(ONE_EACH, { burnMicroPercent: 50_000_000, burnUid: null });
    expect(allocation.burn).toMatchObject({ uid: null, weight: 32_768 });
    expect(weights(allocation)).toEqual({ 1: 19_660, 2: 13_107 });
    expect(allocated([], { burnUid: null }).vector.uids).toEqual(new Uint16Array(0));
  });
});

describe('the pools of the categories', () => {
  it('follow the configured shares, units left over going to the largest remainders', () => {
    expect(poolsOf(allocated(ONE_EACH))).toEqual([39_321, 26_214]);
    const three = [...ONE_EACH, { uid: 3, gpus: [{ category: 3 }] }];
    const categories = [ruleOf(1, 33), ruleOf(2, 33), ruleOf(3, 34)];
    expect(poolsOf(allocated(three, { categories }))).toEqual([21_627, 21_626, 22_282]);
  });

  it('are relative to the sum of all shares, whatever that is', () => {
    const categories = [ruleOf(1, 6), ruleOf(2, 4)];
    expect(poolsOf(allocated(ONE_EACH, { categories }))).toEqual([39_321, 26_214]);
  });

  it('give the whole total to a single category', () => {
    expect(poolsOf(allocated(ONE_EACH, { categories: [ruleOf(1, 100)] }))).toEqual([65_535]);
  });

  it('give ties to the burn, then to the category that comes first', () => {
    const categories = [ruleOf(1, 50), ruleOf(2, 50)];
    expect(poolsOf(allocated(ONE_EACH, { categories }))).toEqual([32_768, 32_767]);
    const halved = allocated(ONE_EACH, { categories, burnMicroPercent: 50_000_000 });
    expect([halved.burn.weight, ...poolsOf(halved)]).toEqual([32_767, 16_384, 16_384]);
    const one = allocated(ONE_EACH, { categories: [ruleOf(1, 50)], burnMicroPercent: 50_000_000 });
    expect([one.burn.weight, ...poolsOf(one)]).toEqual([32_768, 32_767]);
  });

  it('are nothing for a share of zero', () => {
    const categories = [ruleOf(1, 100), ruleOf(2, 0)];
    for (const unallocated of ['burn', 'redistribute'] as const) {
      expect(poolsOf(allocated(ONE_EACH, { categories, unallocated }))).toEqual([65_535, 0]);
    }
    const burned = allocated(ONE_EACH, { categories: [ruleOf(2, 0)] });
    expect(weights(burned)).toEqual({ [BURN_UID]: 65_535 });
  });
});

describe('the miners of a category', () => {
  const categories = [ruleOf(1, 100)];
  const withScores = (...scores: number[]): MinerRow[] =>
    scores.map((score, uid) => ({ uid, score, gpus: [{ category: 1 }] }));

  it('divide its pool by their scores', () => {
    expect(weights(allocated(withScores(0.75, 0.25), { categories }))).toEqual({
      0: 49_151,
      1: 16_384,
    });
  });

  it('divide its pool by score times GPUs', () => {
    const miners: MinerRow[] = [
      { uid: 1, score: 0.5, gpus: [{ category: 1, count: 8 }] },
      { uid: 2, score: 1, gpus: [{ category: 1, count: 1 }] },
    ];
    expect(weights(allocated(miners, { categories }))).toEqual({ 1: 52_428, 2: 13_107 });
  });

  it('get the same for equal scores, the lower UIDs what is left over', () => {
    expect(weights(allocated(withScores(0.5, 0.5, 0.5, 0.5), { categories }))).toEqual({
      0: 16_384,
      1: 16_384,
      2: 16_384,
      3: 16_383,
    });
  });

  it('get everything when there is one', () => {
    expect(weights(allocated(withScores(0.01), { categories }))).toEqual({ 0: 65_535 });
  });

  it('divide it equally when all scores are zero, and a zero beside others gets nothing', () => {
    expect(weights(allocated(withScores(0, 0, 0), { categories }))).toEqual({
      0: 21_845,
      1: 21_845,
      2: 21_845,
    });
    expect(weights(allocated(withScores(0, 1), { categories }))).toEqual({ 1: 65_535 });
  });

  it('that are excluded get nothing of an equal division', () => {
    const miners = [
      ...withScores(0, 0),
      { uid: 5, gpus: [{ category: 1 }], shutBy: 'STALE' } as const,
    ];
    expect(weights(allocated(miners, { categories }))).toEqual({ 0: 32_768, 1: 32_767 });
  });

  it('lose nothing to rounding when they are many', () => {
    const allocation = allocated(withScores(...Array.from({ length: 997 }, () => 0.3)), {
      categories,
    });
    expect(allocation.vector.weights.reduce((sum, weight) => sum + weight, 0)).toBe(65_535);
    expect(new Set(allocation.vector.weights)).toEqual(new Set([65, 66]));
  });

  it('each get a unit with the positive floor, the largest paying for it', () => {
    const miners = withScores(1, 1, 0.000001, 0);
    expect(weights(allocated(miners, { categories, hasPositiveFloor: true }))).toEqual({
      0: 32_767,
      1: 32_767,
      2: 1,
    });
    expect(weights(allocated(miners, { categories }))).toEqual({ 0: 32_768, 1: 32_767 });
  });

  it('get the units of a pool too small for all, the largest first', () => {
    const miners = withScores(0.1, 0.3, 0.2, 0.3);
    const tiny = [ruleOf(1, 0.003), ruleOf(2, 99.997)];
    const allocation = allocated(miners, { categories: tiny, hasPositiveFloor: true });
    expect(poolsOf(allocation)).toEqual([2, 0]);
    expect(weights(allocation)).toEqual({ 1: 1, 3: 1, [BURN_UID]: 65_533 });
  });

  it('are excluded together when they are too few', () => {
    const gpus = [{ category: 1 }];
    const miners: MinerRow[] = [
      { uid: 1, gpus },
      { uid: 2, gpus, shutBy: 'STALE' },
      { uid: 3, gpus: [{ category: 2 }] },
      { uid: 4, gpus: [{ category: 2 }] },
      { uid: 5 },
    ];
    const allocation = allocated(miners, { minMinersPerCategory: 2 });
    const { pairs } = allocation;
    expect(Array.from(pairs.reason, (code) => EXCLUSION_REASONS[code - 1])).toEqual([
      'CATEGORY_BELOW_MIN_MINERS',
      'STALE',
      undefined,
      undefined,
      'NO_VALID_GPU',
    ]);
    expect([...pairs.category]).toEqual([1, 1, 2, 2, NO_CATEGORY]);
    expect([...pairs.basis]).toEqual([0, 0, 1_000_000, 1_000_000, 0]);
    expect(allocation.categories[0]).toMatchObject({ minerCount: 0, weightPool: 0 });
    expect(weights(allocation)).toEqual({ 3: 13_107, 4: 13_107, [BURN_UID]: 39_321 });
  });
});

describe('a minimum score', () => {
  const gpus = [{ category: 1 }];
  const miners: MinerRow[] = [
    { uid: 1, score: 0.2, gpus },
    { uid: 2, score: 0.5, gpus },
    { uid: 3, score: 0.8, gpus },
  ];
  const categories = [ruleOf(1, 100)];

  it('leaves out who is below it and divides among the others', () => {
    expect(weights(allocated(miners, { categories, minScoreMicros: 300_000 }))).toEqual({
      2: 25_206,
      3: 40_329,
    });
  });

  it('burns the pool when everybody is below it', () => {
    expect(weights(allocated(miners, { categories, minScoreMicros: 900_000 }))).toEqual({
      [BURN_UID]: 65_535,
    });
  });
});

describe('the statistics of a category', () => {
  it('add up its included miners', () => {
    const allocation = allocated([
      { uid: 1, score: 0.25, gpus: [{ category: 1, count: 8 }] },
      { uid: 2, score: 0.75, gpus: [{ category: 1, count: 2 }] },
      { uid: 3, score: 1, gpus: [{ category: 1, count: 4 }], shutBy: 'AXON_INACTIVE' },
      { uid: 4, score: 0.125, gpus: [{ category: 2 }] },
    ]);
    expect(allocation.categories).toEqual([
      {
        category: 'CATEGORY1',
        shareMicroPercent: 60_000_000,
        minerCount: 2,
        gpuCount: 10,
        totalBasis: 3_500_000n,
        averageScore: 0.5,
        weightPool: 39_321,
      },
      {
        category: 'CATEGORY2',
        shareMicroPercent: 40_000_000,
        minerCount: 1,
        gpuCount: 1,
        totalBasis: 125_000n,
        averageScore: 0.125,
        weightPool: 26_214,
      },
    ]);
  });

  it('are zeros without miners', () => {
    const [, second] = allocated(ONE_EACH.slice(0, 1)).categories;
    expect(second).toMatchObject({ minerCount: 0, gpuCount: 0, totalBasis: 0n, averageScore: 0 });
  });

  it('are exact for totals beyond 2⁵³', () => {
    const count = 2 ** 31 - 1;
    const miners = Array.from({ length: 9 }, (_, uid) => ({ uid, gpus: [{ category: 1, count }] }));
    const allocation = allocated(miners, { categories: [ruleOf(1, 100)] });
    expect(allocation.categories[0]?.totalBasis).toBe(9n * BigInt(count) * 1_000_000n);
    expect(allocation.vector.weights.reduce((sum, weight) => sum + weight, 0)).toBe(65_535);
  });
});

describe('the largest total', () => {
  it('lets the heaviest weight fill 16 bits', () => {
    const gpus = [{ category: 1 }];
    const allocation = allocated(
      [
        { uid: 1, gpus },
        { uid: 2, gpus },
        { uid: 3, gpus },
      ],
      {
        categories: [ruleOf(1, 100)],
        resolution: 'max',
      },
    );
    expect(weights(allocation)).toEqual({ 1: 65_535, 2: 65_535, 3: 65_535 });
    expect(allocation.totalWeight).toBe(3 * 65_535);
  });

  it('counts what a miner gets from several categories and the burn together', () => {
    const miners: MinerRow[] = [
      { uid: 1, gpus: [{ category: 1 }, { category: 2 }] },
      { uid: 2, gpus: [{ category: 1 }, { category: 2 }] },
    ];
    const allocation = allocated(miners, {
      resolution: 'max',
      burnUid: 2,
      burnMicroPercent: 10_000_000,
    });
    expect(Math.max(...allocation.vector.weights)).toBe(65_535);
    expect(allocation.totalWeight).toBeGreaterThan(119_000);
  });

  it('is lowered when the floor would lift a miner of two categories above 16 bits', () => {
    const miners: MinerRow[] = [
      { uid: 1, score: 0.000001, gpus: [{ category: 1, count: 1_000_000_000 }, { category: 2 }] },
      { uid: 2, score: 1, gpus: [{ category: 2, count: 1_000 }] },
      { uid: 3, score: 1, gpus: [{ category: 2, count: 1_000 }] },
    ];
    const policy = { resolution: 'max', categories: [ruleOf(1, 50), ruleOf(2, 50)] } as const;
    const without = allocated(miners, policy);
    expect(weights(without)[1]).toBe(65_535);
    const lifted = allocated(miners, { ...policy, hasPositiveFloor: true });
    expect(weights(lifted)[1]).toBe(65_535);
    expect(lifted.totalWeight).toBeLessThan(without.totalWeight);
    expect(lifted.pairs.weight).toContain(1);
  });
});

describe('weights for the chain', () => {
  const beyond = populationOf([{ uid: 65_536, gpus: [{ category: 1 }] }]);

  it('are refused for a UID beyond 16 bits as a bug', () => {
    const pairs = scorePairs(beyond, policyOf());
    expect(() => apportion(pairs, policyOf())).toThrow(AssertionError);
  });

  it('are not made by the apportionment of units, which takes any UID', () => {
    const units = apportionUnits(scorePairs(beyond, policyOf()), policyOf());
    expect(units.weightByUid[65_536]).toBe(39_321);
  });
});
