import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AllocationPolicy } from '../../src/domain/allocation.ts';
import { type Division, divisionOf, newBuffers, type Pool } from '../../src/domain/division.ts';
import { partsOf } from '../../src/domain/exact.ts';
import { largestTotal, SCAN_PAIRS_MAX } from '../../src/domain/resolution.ts';
import { hamilton } from '../support/bigint-allocation.ts';
import { policyOf, ruleOf } from '../support/populations.ts';

interface Given {
  readonly policy: AllocationPolicy;
  /** By category: UID and basis of each miner. */
  readonly members: readonly (readonly (readonly [uid: number, basis: number])[])[];
}

const members = fc
  .uniqueArray(
    fc.tuple(fc.nat(9), fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 999 }))),
    { selector: ([uid]) => uid, minLength: 1, maxLength: 7 },
  )
  .map((list) => list.sort(([a], [b]) => a - b))
  .filter((list) => list.some(([, basis]) => basis > 0));

const given: fc.Arbitrary<Given> = fc
  .record({
    categories: fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), members), { maxLength: 3 }),
    burnPercent: fc.constantFrom(0, 0, 10, 37.123457, 95, 100),
    burnUid: fc.constantFrom(null, 0, 3, 20),
    unallocated: fc.constantFrom('burn' as const, 'redistribute' as const),
    hasEmptyCategory: fc.boolean(),
  })
  .map(({ categories, burnPercent, burnUid, unallocated, hasEmptyCategory }) => ({
    policy: policyOf({
      burnMicroPercent: Math.round(burnPercent * 1e6),
      burnUid,
      unallocated,
      categories: [
        ...categories.map(([percent], index) => ruleOf(index, percent)),
        ...(hasEmptyCategory ? [ruleOf(50, 10)] : []),
      ],
    }),
    members: categories.map(([, list]) => list),
  }));

describe('the largest total', () => {
  it('is the one that trying every total from the top finds', () => {
    fc.assert(
      fc.property(given, fc.integer({ min: 1, max: 40 }), (situation, limit) => {
        const found = largestTotalOf(situation, limit);
        expect(found).toBe(bruteForce(situation, limit));
      }),
      { numRuns: 1_500 },
    );
  });

  it('of a large population is safe, and lower than the largest by little', () => {
    const list = Array.from({ length: SCAN_PAIRS_MAX + 1 }, (_, uid) => {
      return [uid, 1 + ((uid * 7_919) % 10_007)] as const;
    });
    const situation = { policy: policyOf({ burnUid: 5 }), members: [list, list.slice(0, 900)] };
    const total = largestTotalOf(situation, 65_535);
    const heaviest = largestSum(situation, total);
    expect(heaviest).toBeLessThanOrEqual(65_535n);
    expect(heaviest).toBeGreaterThan(65_535n - 8n);
  });

  it('of equal miners gives each of them the limit exactly, however many they are', () => {
    const list = Array.from({ length: 5_000 }, (_, uid) => [uid, 1_000_000] as const);
    const policy = policyOf({ categories: [ruleOf(0, 100)] });
    expect(largestTotalOf({ policy, members: [list] }, 65_535)).toBe(5_000 * 65_535);
  });

  it('is the limit when everything goes to one UID', () => {
    expect(largestTotalOf({ policy: policyOf(), members: [] }, 65_535)).toBe(65_535);
  });

  it('is exact for shares that doubles cannot hold', () => {
    const policy = policyOf({
      burnMicroPercent: 33_333_333,
      categories: [
        ruleOf(0, 0, { shareMicroPercent: 50_000_017 }),
        ruleOf(1, 0, { shareMicroPercent: 49_999_983 }),
      ],
    });
    const situation: Given = {
      policy,
      members: [
        [[1, 1]],
        [
          [2, 1],
          [3, 2],
        ],
      ],
    };
    for (const limit of [10, 17, 40]) {
      expect(largestTotalOf(situation, limit)).toBe(bruteForce(situation, limit));
    }
  });

  it('falls back to the safe total when the search takes too many steps', () => {
    const list = (shift: number) =>
      Array.from({ length: 25 }, (_, uid) => [uid, 1_000 + ((uid * 31 + shift * 17) % 7)] as const);
    const indexes = Array.from({ length: 60 }, (_, index) => index);
    const situation: Given = {
      policy: policyOf({ categories: indexes.map((index) => ruleOf(index, 1.5)), burnUid: 30 }),
      members: indexes.map(list),
    };
    const total = largestTotalOf(situation, 65_535);
    expect(largestSum(situation, total)).toBeLessThanOrEqual(65_535n);
    expect(largestSum(situation, total)).toBeGreaterThan(65_535n - 130n);
  });
});

function largestTotalOf(situation: Given, limit: number): number {
  const division = divisionOfGiven(situation);
  const pairCount = situation.members.reduce((sum, list) => sum + list.length, 0);
  return largestTotal(division, limit, newBuffers(division, pairCount));
}

function divisionOfGiven({ policy, members: lists }: Given): Division {
  let start = 0;
  const pools = lists.map((list, index): Pool => {
    const pool = {
      rule: policy.categories[index] ?? ruleOf(0, 0),
      start,
      uids: Int32Array.from(list, ([uid]) => uid),
      parts: partsOf(Float64Array.from(list, ([, basis]) => basis)),
    };
    start += list.length;
    return pool;
  });
  return divisionOf(pools, policy);
}

/** No total above `limit × UIDs` can fit, because somebody then has more than the limit. */
function bruteForce(situation: Given, limit: number): number {
  const uids = new Set(situation.members.flat().map(([uid]) => uid)).size + 1;
  let total = uids * limit;
  while (largestSum(situation, total) > BigInt(limit)) total -= 1;
  return total;
}

function largestSum({ policy, members: lists }: Given, total: number): bigint {
  const active = lists.map((list, index) => ({
    list,
    share: BigInt(policy.categories[index]?.shareMicroPercent ?? 0),
  }));
  const all = policy.categories.reduce((sum, rule) => sum + BigInt(rule.shareMicroPercent), 0n);
  const used = active.reduce((sum, { share }) => sum + share, 0n);
  const burned = BigInt(policy.burnMicroPercent);
  const paid = 100_000_000n - burned;
  const whole = policy.unallocated === 'redistribute' ? used : all;
  const shares =
    used === 0n
      ? [1n]
      : [burned * whole + paid * (whole - used), ...active.map(({ share }) => paid * share)];
  const [burn = 0n, ...pools] = hamilton(BigInt(total), shares);
  const sums = new Map<number | null, bigint>([[policy.burnUid, burn]]);
  active.forEach(({ list }, index) => {
    const weights = hamilton(
      pools[index] ?? 0n,
      list.map(([, basis]) => BigInt(basis)),
    );
    list.forEach(([uid], row) => {
      sums.set(uid, (sums.get(uid) ?? 0n) + (weights[row] ?? 0n));
    });
  });
  return [...sums.values()].reduce((a, b) => (a > b ? a : b), 0n);
}
