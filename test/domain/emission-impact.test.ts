import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CategoryAllocation } from '../../src/domain/allocation.ts';
import { emissionImpact, IMPACT_MINERS_MAX } from '../../src/domain/emission-impact.ts';
import { type CategoryKey, categoryIndex } from '../../src/domain/gpu/catalogue.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { sampleWeightSet } from '../support/weight-set-samples.ts';

/** What a set pays, by category and UID, and what it burns to UID 0. */
interface Paid {
  readonly burn?: number;
  readonly categories: Readonly<Record<string, Readonly<Record<number, number>>>>;
}

function setOf({ burn = 0, categories }: Paid): WeightSet {
  const weightByUid = new Map<number, number>(burn > 0 ? [[0, burn]] : []);
  const allocations = Object.entries(categories).map(([category, paid]) => {
    for (const [uid, weight] of Object.entries(paid)) {
      weightByUid.set(Number(uid), (weightByUid.get(Number(uid)) ?? 0) + weight);
    }
    return categoryOf(category, Object.values(paid));
  });
  const entries = [...weightByUid].filter(([, weight]) => weight > 0).sort(([a], [b]) => a - b);
  const totalWeight = entries.reduce((sum, [, weight]) => sum + weight, 0);
  const sample = sampleWeightSet();
  return {
    ...sample,
    totalWeight,
    burn: {
      ...sample.burn,
      uid: burn > 0 ? 0 : null,
      weight: burn,
      percentage: (burn / totalWeight) * 100,
    },
    categories: allocations,
    vector: {
      uids: Uint16Array.from(entries, ([uid]) => uid),
      weights: Uint16Array.from(entries, ([, weight]) => weight),
    },
    hotkeys: entries.map(([uid]) => sampleHotkey(uid)),
  };
}

function categoryOf(category: string, weights: readonly number[]): CategoryAllocation {
  return {
    category: category as CategoryKey,
    shareMicroPercent: 1,
    minerCount: weights.length,
    gpuCount: weights.length,
    totalBasis: BigInt(weights.length),
    averageScore: 1,
    weightPool: weights.reduce((sum, weight) => sum + weight, 0),
  };
}

const changedUids = (before: Paid, after: Paid) =>
  emissionImpact(setOf(before), setOf(after)).miners.map(({ uid }) => uid);

describe('an impact', () => {
  it('has burn, categories and miners before and after', () => {
    const before = setOf({ burn: 100, categories: { H100: { 7: 800, 9: 100 } } });
    const after = setOf({ burn: 50, categories: { A100: { 9: 25 }, H100: { 7: 25 } } });
    expect(emissionImpact(before, after)).toEqual({
      oldBurnPercentage: 10,
      newBurnPercentage: 50,
      categories: [
        {
          category: 'H100',
          oldPercentage: 90,
          newPercentage: 25,
          oldMinerCount: 2,
          newMinerCount: 1,
        },
        {
          category: 'A100',
          oldPercentage: 0,
          newPercentage: 25,
          oldMinerCount: 0,
          newMinerCount: 1,
        },
      ],
      miners: [
        { uid: 7, hotkey: sampleHotkey(7), oldPercentage: 80, newPercentage: 25 },
        { uid: 9, hotkey: sampleHotkey(9), oldPercentage: 10, newPercentage: 25 },
      ],
    });
  });

  it('names no miner whose part stays while the total changes', () => {
    const before = { categories: { H100: { 2: 1, 3: 1, 4: 1 } } };
    const after = { categories: { H100: { 2: 7, 3: 7, 4: 7 } } };
    expect(changedUids(before, after)).toEqual([]);
  });

  it('names a miner whose part changes, however little', () => {
    const before = { ...setOf({ categories: { H100: { 2: 65_535 } } }), totalWeight: 2 ** 37 };
    const after = { ...before, totalWeight: 2 ** 37 - 1 };
    expect(emissionImpact(before, after).miners.map(({ uid }) => uid)).toEqual([2]);
  });

  it('counts what the burn target earns as a miner, not what it receives as the burn', () => {
    const before = { burn: 90, categories: { H100: { 0: 5, 4: 5 } } };
    const after = { burn: 10, categories: { H100: { 0: 45, 4: 45 } } };
    expect(emissionImpact(setOf(before), setOf(after)).miners).toMatchObject([
      { uid: 0, oldPercentage: 5, newPercentage: 45 },
      { uid: 4, oldPercentage: 5, newPercentage: 45 },
    ]);
    expect(changedUids({ burn: 9, categories: { H100: { 4: 1 } } }, before)).toEqual([0, 4]);
  });

  it('knows the hotkey of a miner that is paid in only one of the two sets', () => {
    const before = setOf({ categories: { H100: { 2: 1, 3: 1 } } });
    const after = setOf({ categories: { H100: { 3: 1, 4: 1 } } });
    expect(emissionImpact(before, after).miners.map(({ uid, hotkey }) => [uid, hotkey])).toEqual([
      [2, sampleHotkey(2)],
      [4, sampleHotkey(4)],
    ]);
  });

  it('names ten miners at most: the largest changes first, ties by rising UID', () => {
    const uids = Array.from({ length: 20 }, (_, index) => 65_535 - index);
    const even = Object.fromEntries(uids.map((uid) => [uid, 100]));
    const before = { categories: { H100: even } };
    const after = { categories: { H100: { ...even, 65530: 300, 65520: 200 } } };
    const unmoved = uids.filter((uid) => uid !== 65_530 && uid !== 65_520).reverse();
    expect(changedUids(before, after)).toEqual([65_530, 65_520, ...unmoved.slice(0, 8)]);
  });

  it('takes no set whose total is not one of weights', () => {
    const set = setOf({ categories: { H100: { 2: 1 } } });
    for (const totalWeight of [0, 2 ** 37 + 1]) {
      expect(() => emissionImpact(set, { ...set, totalWeight })).toThrow(AssertionError);
    }
  });
});

const KEYS = ['H200', 'H100', 'A100', 'RTX4090'];
const WEIGHT_MAX = 4_000;

const paid: fc.Arbitrary<Paid> = fc
  .record({
    burn: fc.nat({ max: WEIGHT_MAX }),
    categories: fc.dictionary(
      fc.constantFrom(...KEYS),
      fc.dictionary(
        fc.integer({ min: 0, max: 40 }).map(String),
        fc.integer({ min: 1, max: WEIGHT_MAX }),
        { minKeys: 1 },
      ),
      { minKeys: 1, maxKeys: 3 },
    ),
  })
  .map(({ burn, categories }) => ({ burn, categories }));

function times({ burn = 0, categories }: Paid, factor: number): Paid {
  return {
    burn: burn * factor,
    categories: Object.fromEntries(
      Object.entries(categories).map(([category, weights]) => [
        category,
        Object.fromEntries(Object.entries(weights).map(([uid, weight]) => [uid, weight * factor])),
      ]),
    ),
  };
}

/** Own weight of a UID, added up from what each category pays. */
function ownWeight({ categories }: Paid, uid: number): bigint {
  return Object.values(categories).reduce((sum, weights) => sum + BigInt(weights[uid] ?? 0), 0n);
}

describe('every impact', () => {
  it('names the miners that exact fractions name', () => {
    fc.assert(
      fc.property(paid, paid, (a, b) => {
        const [before, after] = [setOf(a), setOf(b)];
        const [totalBefore, totalAfter] = [BigInt(before.totalWeight), BigInt(after.totalWeight)];
        const expected = Array.from({ length: 41 }, (_, uid) => {
          const change = ownWeight(a, uid) * totalAfter - ownWeight(b, uid) * totalBefore;
          return { uid, change: change < 0n ? -change : change };
        })
          .filter(({ change }) => change > 0n)
          .sort((x, y) => Number(y.change - x.change) || x.uid - y.uid)
          .slice(0, IMPACT_MINERS_MAX)
          .map(({ uid }) => uid);
        expect(emissionImpact(before, after).miners.map(({ uid }) => uid)).toEqual(expected);
      }),
    );
  });

  it('is the mirrored one when the sets are swapped', () => {
    fc.assert(
      fc.property(paid, paid, (a, b) => {
        const there = emissionImpact(setOf(a), setOf(b));
        const back = emissionImpact(setOf(b), setOf(a));
        expect(back).toEqual({
          oldBurnPercentage: there.newBurnPercentage,
          newBurnPercentage: there.oldBurnPercentage,
          categories: there.categories.map((category) => ({
            category: category.category,
            oldPercentage: category.newPercentage,
            newPercentage: category.oldPercentage,
            oldMinerCount: category.newMinerCount,
            newMinerCount: category.oldMinerCount,
          })),
          miners: there.miners.map(({ uid, hotkey, oldPercentage, newPercentage }) => ({
            uid,
            hotkey,
            oldPercentage: newPercentage,
            newPercentage: oldPercentage,
          })),
        });
      }),
    );
  });

  it('does not depend on how large the totals are', () => {
    fc.assert(
      fc.property(paid, paid, fc.integer({ min: 2, max: 3 }), (a, b, factor) => {
        const impact = emissionImpact(setOf(a), setOf(b));
        expect(emissionImpact(setOf(times(a, factor)), setOf(b))).toEqual(impact);
        expect(emissionImpact(setOf(a), setOf(times(b, factor)))).toEqual(impact);
      }),
    );
  });

  it('has categories in the order of the catalogue that sum with the burn to the whole', () => {
    fc.assert(
      fc.property(paid, paid, (a, b) => {
        const impact = emissionImpact(setOf(a), setOf(b));
        const order = impact.categories.map(({ category }) => categoryIndex(category));
        expect(order).toEqual([...new Set(order)].sort((x, y) => x - y));
        const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);
        const old = impact.categories.map(({ oldPercentage }) => oldPercentage);
        const now = impact.categories.map(({ newPercentage }) => newPercentage);
        expect(sum([impact.oldBurnPercentage, ...old])).toBeCloseTo(100, 9);
        expect(sum([impact.newBurnPercentage, ...now])).toBeCloseTo(100, 9);
      }),
    );
  });

  it('between a set and itself changes nothing', () => {
    fc.assert(
      fc.property(paid, (a) => {
        const { miners, categories } = emissionImpact(setOf(a), setOf(a));
        expect(miners).toEqual([]);
        for (const category of categories) {
          expect(category.newPercentage).toBe(category.oldPercentage);
        }
      }),
    );
  });
});
