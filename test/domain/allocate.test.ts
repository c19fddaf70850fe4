import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../src/domain/allocate.ts';
import type { Allocation, AllocationPolicy } from '../../src/domain/allocation.ts';
import { apportion } from '../../src/domain/apportion.ts';
import { mergePairs } from '../../src/domain/merge-pairs.ts';
import { EXCLUSION_REASONS, type Population } from '../../src/domain/population.ts';
import { slicePopulation } from '../../src/domain/population-order.ts';
import { scorePairs } from '../../src/domain/score-pairs.ts';
import { referenceAllocation } from '../support/bigint-allocation.ts';
import {
  anyPolicy,
  anyPopulation,
  policyOf,
  populationOf,
  shuffled,
} from '../support/populations.ts';

const RUNS = { numRuns: 600 };

describe('an allocation of any population', () => {
  it('equals the plain BigInt reference', () => {
    fc.assert(
      fc.property(anyPopulation, anyPolicy, (population, policy) => {
        const allocation = allocate(population, policy);
        const reference = referenceAllocation(population, policy, BigInt(allocation.totalWeight));
        expect(pairRows(allocation)).toEqual(reference.pairs);
        expect(BigInt(allocation.burn.weight)).toBe(reference.burn);
        expect(splitOf(allocation)).toEqual(reference.split);
        expect(vectorOf(allocation)).toEqual(
          [...reference.sums]
            .filter(([uid, weight]) => uid !== null && weight > 0n)
            .sort(([a], [b]) => Number(a) - Number(b)),
        );
      }),
      RUNS,
    );
  });

  it('sums to its total, in rising UIDs and weights that fit 16 bits', () => {
    fc.assert(
      fc.property(anyPopulation, anyPolicy, (population, policy) => {
        const { vector, burn, totalWeight } = allocate(population, policy);
        const withheld = burn.uid === null ? burn.weight : 0;
        expect(vector.weights.reduce((sum, weight) => sum + weight, withheld)).toBe(totalWeight);
        expect([...vector.uids]).toEqual([...new Set(vector.uids)].sort((a, b) => a - b));
        expect(vector.weights.every((weight) => weight > 0)).toBe(true);
        expect(vector.uids.length > 0 || withheld > 0).toBe(true);
        if (policy.resolution === 'sum') expect(totalWeight).toBe(65_535);
      }),
      RUNS,
    );
  });

  it('says where every unit of the burn comes from, with less than four units of rounding', () => {
    fc.assert(
      fc.property(anyPopulation, anyPolicy, (population, policy) => {
        const { burn } = allocate(population, policy);
        const { configuredWeight, emptyCategoryWeight, belowMinimumWeight, roundingWeight } = burn;
        const parts = [configuredWeight, emptyCategoryWeight, belowMinimumWeight, roundingWeight];
        expect(parts.reduce((sum, part) => sum + part)).toBe(burn.weight);
        expect(parts.every((part) => Number.isInteger(part) && part >= 0)).toBe(true);
        expect(roundingWeight).toBeLessThanOrEqual(3);
      }),
      RUNS,
    );
  });

  it('gives no part more than one unit beside its exact share', () => {
    fc.assert(
      fc.property(anyPopulation, anyPolicy, (population, policy) => {
        const allocation = allocate(population, { ...policy, hasPositiveFloor: false });
        const { pairs } = allocation;
        for (const [index, category] of allocation.categories.entries()) {
          const rule = policy.categories[index];
          if (category.totalBasis === 0n) continue;
          for (let row = 0; row < pairs.uid.length; row += 1) {
            if (pairs.category[row] !== rule?.categoryIndex) continue;
            const basis = BigInt(pairs.basis[row] ?? 0);
            const off =
              BigInt(pairs.weight[row] ?? 0) * category.totalBasis -
              BigInt(category.weightPool) * basis;
            expect(off < category.totalBasis && -off < category.totalBasis).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });

  it('never gives less for a higher basis, with the floor and without', () => {
    fc.assert(
      fc.property(anyPopulation, anyPolicy, (population, policy) => {
        const rows = pairRows(allocate(population, policy)).filter(({ reason }) => reason === '');
        for (const a of rows) {
          for (const b of rows) {
            if (a.category !== b.category || a.basis < b.basis) continue;
            if (a.basis > b.basis || a.uid < b.uid) expect(a.weight >= b.weight).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });

  it('gives every miner with a basis a unit when its pool has enough of them', () => {
    fc.assert(
      fc.property(anyPopulation, anyPolicy, (population, policy) => {
        const allocation = allocate(population, { ...policy, hasPositiveFloor: true });
        for (const [index, category] of allocation.categories.entries()) {
          const rows = pairRows(allocation).filter(
            (row) => row.category === policy.categories[index]?.categoryIndex && row.basis > 0n,
          );
          if (category.weightPool < rows.length) continue;
          expect(rows.every(({ weight }) => weight >= 1n)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('is the same for any order of its rows', () => {
    fc.assert(
      fc.property(anyPopulation, anyPolicy, fc.nat(1e6), (population, policy, seed) => {
        expect(allocate(shuffled(population, seed), policy)).toEqual(allocate(population, policy));
      }),
      RUNS,
    );
  });

  it('is the same for any number of shards', () => {
    fc.assert(
      fc.property(
        anyPopulation,
        anyPolicy,
        fc.integer({ min: 1, max: 6 }),
        (population, policy, shards) => {
          expect(allocateInShards(population, policy, shards)).toEqual(
            allocate(population, policy),
          );
        },
      ),
      RUNS,
    );
  });

  it('contains no number that is not one', () => {
    fc.assert(
      fc.property(anyPopulation, anyPolicy, (population, policy) => {
        const { burn, categories, pairs, minersServed } = allocate(population, policy);
        const numbers = [
          burn.weight,
          burn.percentage,
          burn.configuredWeight,
          burn.emptyCategoryWeight,
          burn.belowMinimumWeight,
          burn.roundingWeight,
          minersServed,
          ...categories.flatMap((category) => [category.averageScore, category.weightPool]),
          ...pairs.weight,
          ...pairs.basis,
        ];
        expect(numbers.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('an allocation', () => {
  it('leaves its inputs as they are', () => {
    const population = populationOf([
      { uid: 5, gpus: [{ category: 1 }] },
      { uid: 3, gpus: [{ category: 2 }] },
    ]);
    const copy = structuredClone(population);
    const policy = policyOf({ minMinersPerCategory: 2 });
    allocate(population, policy);
    expect(population).toEqual(copy);
  });

  it('of nobody burns everything', () => {
    const allocation = allocate(populationOf([]), policyOf({ resolution: 'max', burnUid: 7 }));
    expect(vectorOf(allocation)).toEqual([[7, 65_535n]]);
    expect(allocation.burn).toEqual({
      uid: 7,
      weight: 65_535,
      percentage: 100,
      configuredWeight: 0,
      emptyCategoryWeight: 65_535,
      belowMinimumWeight: 0,
      roundingWeight: 0,
    });
  });
});

function allocateInShards(
  population: Population,
  policy: AllocationPolicy,
  shards: number,
): Allocation {
  const count = population.miners.uid.length;
  const edges = Array.from({ length: shards + 1 }, (_, shard) =>
    Math.floor((count * shard) / shards),
  );
  const parts = edges
    .slice(1)
    .map((end, shard) =>
      scorePairs(slicePopulation(population, { start: edges[shard] ?? 0, end }), policy),
    );
  return apportion(mergePairs(parts.reverse()), policy);
}

function pairRows({ pairs }: Allocation) {
  return Array.from(pairs.uid, (uid, row) => ({
    uid,
    category: Number(pairs.category[row]),
    reason: EXCLUSION_REASONS[Number(pairs.reason[row]) - 1] ?? '',
    gpuCount: Number(pairs.gpuCount[row]),
    scoreMicros: Number(pairs.scoreMicros[row]),
    basis: BigInt(Number(pairs.basis[row])),
    weight: BigInt(Number(pairs.weight[row])),
  }));
}

function splitOf({ burn }: Allocation) {
  return {
    configured: BigInt(burn.configuredWeight),
    emptyCategory: BigInt(burn.emptyCategoryWeight),
    belowMinimum: BigInt(burn.belowMinimumWeight),
    rounding: BigInt(burn.roundingWeight),
  };
}

function vectorOf({ vector }: Allocation): [number, bigint][] {
  return Array.from(vector.uids, (uid, row) => [uid, BigInt(Number(vector.weights[row]))]);
}
