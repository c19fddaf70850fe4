import { describe, expect, it } from 'vitest';
import { allocate } from '../../src/domain/allocate.ts';
import type { AllocationPolicy, BurnAllocation } from '../../src/domain/allocation.ts';
import { unallocatedWeight } from '../../src/domain/burn-split.ts';
import { type MinerRow, policyOf, populationOf, ruleOf } from '../support/populations.ts';

const CATEGORIES = [ruleOf(1, 50), ruleOf(2, 30), ruleOf(3, 20)];

/** Two miners in category 1, one in category 2, none in category 3. */
const MINERS: readonly MinerRow[] = [
  { uid: 1, gpus: [{ category: 1 }] },
  { uid: 2, gpus: [{ category: 1 }] },
  { uid: 3, gpus: [{ category: 2 }] },
];

describe('the parts of the burn', () => {
  it('are nothing when everything is paid', () => {
    const burn = burned(MINERS, { categories: CATEGORIES.slice(0, 2) });
    expect(partsOf(burn)).toEqual([0, 0, 0, 0]);
    expect(burn.weight).toBe(0);
  });

  it('are all configured at 100 percent, whatever the categories lack', () => {
    const burn = burned(MINERS, { burnMicroPercent: 100_000_000, minMinersPerCategory: 2 });
    expect(partsOf(burn)).toEqual([65_535, 0, 0, 0]);
  });

  it('tell the configured percentage from the categories that nobody can use', () => {
    const burn = burned(MINERS, { burnMicroPercent: 10_000_000 });
    // 65535 × 0.1 = 6553.5 and 65535 × 0.9 × 0.2 = 11796.3: together 18349.8, rounded up to 18350.
    expect(partsOf(burn)).toEqual([6_553, 11_796, 0, 1]);
    expect(burn.weight).toBe(18_350);
  });

  it('tell a category with too few miners from one without any', () => {
    const burn = burned(MINERS, { burnMicroPercent: 10_000_000, minMinersPerCategory: 2 });
    // Beside those, 65535 × 0.9 × 0.3 = 17694.45: together 36044.25.
    expect(partsOf(burn)).toEqual([6_553, 11_796, 17_694, 1]);
    expect(burn.weight).toBe(36_044);
    expect(unallocatedWeight(burn)).toBe(11_796 + 17_694);
  });

  it('count a category as empty when its miners were left out before they were counted', () => {
    const miners = MINERS.map((miner) => ({ ...miner, shutBy: 'STALE' as const }));
    const burn = burned(miners, { minMinersPerCategory: 3 });
    expect(partsOf(burn)).toEqual([0, 65_535, 0, 0]);
  });

  it('are the configured percentage alone when the rest is redistributed', () => {
    const burn = burned(MINERS, {
      burnMicroPercent: 10_000_000,
      minMinersPerCategory: 2,
      unallocated: 'redistribute',
    });
    expect(partsOf(burn)).toEqual([6_553, 0, 0, 1]);
  });

  it('say what nobody could use even then, when there is nobody to redistribute it to', () => {
    const burn = burned(MINERS, { minMinersPerCategory: 3, unallocated: 'redistribute' });
    // 65535 × 0.8 and 65535 × 0.2 are whole.
    expect(partsOf(burn)).toEqual([0, 13_107, 52_428, 0]);
  });

  it('give to no category what has none to go to', () => {
    for (const categories of [[], [ruleOf(1, 0)]]) {
      const burn = burned(MINERS, { categories, burnMicroPercent: 10_000_000 });
      expect(partsOf(burn)).toEqual([6_553, 58_982, 0, 0]);
    }
  });

  it('are the same without a burn target', () => {
    const policy = { burnMicroPercent: 10_000_000, minMinersPerCategory: 2 };
    const burn = burned(MINERS, { ...policy, burnUid: null });
    expect(partsOf(burn)).toEqual(partsOf(burned(MINERS, policy)));
  });

  it('each lose less than a unit to rounding', () => {
    const categories = [ruleOf(1, 33.333_333), ruleOf(2, 33.333_333), ruleOf(3, 33.333_334)];
    const burn = burned(MINERS, {
      categories,
      burnMicroPercent: 33_333_333,
      minMinersPerCategory: 2,
    });
    const exact = [0.333_333_33, 0.666_666_67 * 0.333_333_34, 0.666_666_67 * 0.333_333_33];
    expect(partsOf(burn).slice(0, 3)).toEqual(exact.map((part) => Math.floor(65_535 * part)));
    expect(partsOf(burn)).toEqual([21_844, 14_563, 14_563, 2]);
  });
});

function burned(miners: readonly MinerRow[], policy: Partial<AllocationPolicy>): BurnAllocation {
  return allocate(populationOf(miners), policyOf({ categories: CATEGORIES, ...policy })).burn;
}

function partsOf(burn: BurnAllocation): readonly number[] {
  return [
    burn.configuredWeight,
    burn.emptyCategoryWeight,
    burn.belowMinimumWeight,
    burn.roundingWeight,
  ];
}
