import type { WeightDecision } from '../../src/actors/ports.ts';
import type { Allocation, AllocationPolicy, BurnAllocation } from '../../src/domain/allocation.ts';
import { type CategoryKey, categoryIndex } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { minerLine } from '../../src/domain/ledger/miner-line.ts';
import { exclusionCode } from '../../src/domain/population.ts';
import type { Commitment, SignedExtrinsic, WeightSet } from '../../src/domain/weight-set.ts';
import { LinePacker } from '../../src/lib/packed-lines.ts';
import { SAMPLE_TIME_MS, sampleHotkey } from './profile-samples.ts';

const H100 = 'H100' as CategoryKey;

/** Nothing is burned, and nobody would be burned to. */
export const NO_BURN: BurnAllocation = {
  uid: null,
  weight: 0,
  percentage: 0,
  configuredWeight: 0,
  emptyCategoryWeight: 0,
  belowMinimumWeight: 0,
  roundingWeight: 0,
};

const SAMPLE_POLICY: AllocationPolicy = {
  burnMicroPercent: 10_000_000,
  burnUid: 0,
  categories: [
    {
      category: H100,
      categoryIndex: categoryIndex(H100),
      shareMicroPercent: 100_000_000,
      minGpuCount: 1,
      minMemoryMib: 0,
    },
  ],
  minMinersPerCategory: 1,
  minScoreMicros: 0,
  unallocated: 'burn',
  attribution: 'all',
  gpuCount: 'linear',
  resolution: 'max',
  hasPositiveFloor: true,
};

/** Two miners of one category that divide 900 of 1000 units, one miner that is left out, and a burn of 10 %. */
export function sampleAllocation(): Allocation {
  const category = categoryIndex(H100);
  return {
    totalWeight: 1_000,
    burn: { ...NO_BURN, uid: 0, weight: 100, percentage: 10, configuredWeight: 100 },
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

/** `sampleWeightSet` as it is signed where the chain asks for four entries, none above half of all. */
export function sampleExtrinsic(overrides: Partial<SignedExtrinsic> = {}): SignedExtrinsic {
  return {
    call: 'set_mechanism_weights',
    vector: { uids: Uint16Array.of(0, 3, 7, 9), weights: Uint16Array.of(250, 0, 500, 250) },
    isClipped: true,
    lastBlock: 376,
    ...overrides,
  };
}

/** A commitment of made-up bytes. */
export function sampleCommitment(): Commitment {
  return {
    ciphertext: Uint8Array.of(0, 1, 127, 128, 255),
    digest: `0x${'5a'.repeat(32)}`,
    revealRound: 17_000_001,
    revealBlock: 725,
    version: 4,
  };
}

/** `sampleWeightSet` and `sampleAllocation` as a decision; made up, so that a calculation from its input gives another. */
export function sampleDecision(
  set: Partial<WeightSet> = {},
  allocation: Allocation = sampleAllocation(),
): WeightDecision {
  const decided = sampleWeightSet(set);
  const rules = {
    nowMs: decided.decidedAtMs,
    cutoffMs: 3 * 3_600_000,
    executorTtlMs: 6 * 3_600_000,
    requireActiveAxon: true,
  };
  const input = new LinePacker();
  for (const uid of [7, 8, 9]) {
    const miner = { hotkey: sampleHotkey(uid), registeredAtBlock: 100 };
    input.add(
      uid,
      minerLine({
        uid: minerUid(uid),
        ...miner,
        neuron: { ...miner, isAxonActive: true },
        scoreMicros: 1_000_000,
        lastObservedAtMs: decided.decidedAtMs,
        primaryCategory: H100,
        gpus: [{ executor: 0, category: H100, count: 8, memoryMib: 81_559 }],
      }),
    );
  }
  return {
    set: decided,
    allocation,
    basis: {
      rules,
      policy: SAMPLE_POLICY,
      metagraph: { block: 359, blockHash: `0x${'cd'.repeat(32)}`, neuronCount: 10 },
      emissionConfigDigest: 'ef'.repeat(32),
      input: input.finish(),
      holders: [Buffer.from(`${'\n'.repeat(7)}${[7, 8, 9].map(sampleHotkey).join('\n')}\n`)],
    },
  };
}
