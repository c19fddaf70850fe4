import type { Allocation } from '../../src/domain/allocation.ts';
import { type CategoryKey, categoryIndex } from '../../src/domain/gpu/catalogue.ts';
import { exclusionCode } from '../../src/domain/population.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { SAMPLE_TIME_MS, sampleHotkey } from './profile-samples.ts';

const H100 = 'H100' as CategoryKey;

/** Two miners of one category that divide 900 of 1000 units, one miner that is left out, and a burn of 10 %. */
export function sampleAllocation(): Allocation {
  const category = categoryIndex(H100);
  return {
    totalWeight: 1_000,
    burn: { uid: 0, weight: 100, unallocatedWeight: 0, percentage: 10 },
    categories: [
      {
        category: H100,
        shareMicroPercent: 100_000_000,
        minerCount: 2,
        gpuCount: 12,
        // Beyond 2⁵³, where a double would lose the last digit.
        totalBasis: 9_007_199_254_740_993n,
        averageScore: 0.625,
        weightPool: 900,
      },
    ],
    pairs: {
      uid: Int32Array.of(7, 8, 9),
      category: Uint16Array.of(category, category, category),
      reason: Uint8Array.of(0, exclusionCode('STALE'), 0),
      gpuCount: Int32Array.of(8, 8, 4),
      scoreMicros: Int32Array.of(1_000_000, 500_000, 250_000),
      basis: Float64Array.of(8_000_000, 0, 1_000_000),
      weight: Float64Array.of(800, 0, 100),
    },
    vector: { uids: Uint16Array.of(0, 7, 9), weights: Uint16Array.of(100, 800, 100) },
    minersServed: 2,
  };
}

/** The set that `sampleAllocation` gives at block 360. */
export function sampleWeightSet(overrides: Partial<WeightSet> = {}): WeightSet {
  const { totalWeight, vector, burn, categories, minersServed } = sampleAllocation();
  return {
    netuid: 39,
    mecid: 0,
    block: 360,
    blockHash: `0x${'ab'.repeat(32)}`,
    state: 'computed',
    totalWeight,
    vector,
    hotkeys: [sampleHotkey(0), sampleHotkey(7), sampleHotkey(9)],
    burn,
    configuredBurnPercentage: 10,
    categories,
    exclusions: new Map([['STALE', 1]]),
    minersServed,
    emissionConfigVersion: 1,
    versionKey: 3,
    decidedAtMs: SAMPLE_TIME_MS,
    updatedAtMs: SAMPLE_TIME_MS,
    phasesMs: new Map([
      ['snapshot', 1.5],
      ['score', 0.25],
    ]),
    ...overrides,
  };
}
