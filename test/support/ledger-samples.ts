import fc from 'fast-check';
import { allocate } from '../../src/domain/allocate.ts';
import type { AllocationPolicy } from '../../src/domain/allocation.ts';
import {
  CATALOGUE,
  type CategoryKey,
  categoryIndex,
  OTHER,
} from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { composeEntry } from '../../src/domain/ledger/compose-entry.ts';
import {
  GENESIS_DIGEST,
  type LedgerContent,
  type LedgerEntry,
  sealEntry,
} from '../../src/domain/ledger/ledger-entry.ts';
import type { LedgerFinding } from '../../src/domain/ledger/ledger-finding.ts';
import { minerLine } from '../../src/domain/ledger/miner-line.ts';
import { pairAt, pairLine, weightLine } from '../../src/domain/ledger/pair-lines.ts';
import { replay } from '../../src/domain/ledger/replay.ts';
import type { MinerFacts, PopulationRules } from '../../src/domain/miner-facts.ts';
import type { Population } from '../../src/domain/population.ts';
import { PopulationBuilder } from '../../src/domain/population-builder.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { anyPolicy, anyPopulation, policyOf, ruleOf } from './populations.ts';
import { SAMPLE_TIME_MS, sampleHotkey } from './profile-samples.ts';
import { sampleWeightSet } from './weight-set-samples.ts';

const HOUR_MS = 3_600_000;

export const SAMPLE_RULES: PopulationRules = {
  nowMs: SAMPLE_TIME_MS,
  cutoffMs: 3 * HOUR_MS,
  executorTtlMs: 6 * HOUR_MS,
  requireActiveAxon: true,
};

export interface SampleDecision {
  /** By rising UID. */
  readonly miners: readonly MinerFacts[];
  /** The category indexes are positions in `catalogue`. */
  readonly policy: AllocationPolicy;
  readonly catalogue?: readonly CategoryKey[];
  readonly rules?: PopulationRules;
  readonly previousDigest?: string;
}

/** A miner in good standing with eight H100. */
export function sampleFacts(uid: number, overrides: Partial<MinerFacts> = {}): MinerFacts {
  return {
    uid: minerUid(uid),
    hotkey: sampleHotkey(uid),
    registeredAtBlock: 100,
    neuron: { hotkey: sampleHotkey(uid), registeredAtBlock: 100, isAxonActive: true },
    scoreMicros: 900_000,
    lastObservedAtMs: SAMPLE_TIME_MS,
    primaryCategory: 'H100' as CategoryKey,
    gpus: [{ executor: 0, category: 'H100' as CategoryKey, count: 8, memoryMib: 81_559 }],
    ...overrides,
  };
}

/** What the ledger keeps of a decision at block 360, as the weight setter and the store put it together. */
export function ledgerContent({
  miners,
  policy,
  catalogue = CATALOGUE,
  rules = SAMPLE_RULES,
  previousDigest = GENESIS_DIGEST,
}: SampleDecision): LedgerContent {
  const builder = new PopulationBuilder(rules, (category) => catalogue.indexOf(category));
  for (const facts of miners) builder.add(facts);
  const allocation = allocate(builder.build(), policy);
  const { pairs, vector } = allocation;
  const content = {
    miners,
    pairs: Array.from(pairs.uid, (_, row) => pairAt(pairs, row, catalogue)),
    weights: Array.from(vector.uids, (uid, row) => ({
      uid,
      weight: vector.weights[row] as number,
      hotkey: miners.find((facts) => facts.uid === uid)?.neuron?.hotkey ?? sampleHotkey(uid),
    })),
  };
  const set = sampleWeightSet({ vector, hotkeys: content.weights.map(({ hotkey }) => hotkey) });
  const entry = composeEntry(
    {
      set,
      allocation,
      rules,
      policy,
      metagraph: { block: 358, blockHash: `0x${'cd'.repeat(32)}`, neuronCount: 256 },
      emissionConfigDigest: 'e'.repeat(64),
      inputDigest: digestOfLines(miners.map(minerLine)),
      minerCount: miners.length,
    },
    {
      pairsDigest: digestOfLines(content.pairs.map(pairLine)),
      weightsDigest: digestOfLines(content.weights.map(weightLine)),
      previousDigest,
    },
  );
  return { ...content, sealed: sealEntry({ ...entry, catalogue }, sha256Hex) };
}

/** The catalogue of `sampleContent`. */
export const SAMPLE_CATALOGUE = ['H200', 'H100', 'A100'] as CategoryKey[];

/** The policy of `sampleContent`: 40, 40 and 20 percent, the burn to UID 1. */
export const SAMPLE_POLICY: AllocationPolicy = policyOf({
  burnUid: 1,
  categories: SAMPLE_CATALOGUE.map((category, index) => ({
    ...ruleOf(index, [40, 40, 20][index] ?? 0),
    category,
  })),
});

/** UIDs 1 and 2 are paid for H200 and H100, 3 is stale, 4 has no GPU; nobody has A100, so its pool burns. */
export function sampleContent({ previousDigest = GENESIS_DIGEST } = {}): LedgerContent {
  const H200 = 'H200' as CategoryKey;
  const gpus = [{ executor: 0, category: H200, count: 8, memoryMib: 143_771 }];
  return ledgerContent({
    miners: [
      sampleFacts(1, { primaryCategory: H200, gpus }),
      sampleFacts(2),
      sampleFacts(3, { lastObservedAtMs: 0 }),
      sampleFacts(4, { gpus: [] }),
    ],
    policy: SAMPLE_POLICY,
    catalogue: SAMPLE_CATALOGUE,
    previousDigest,
  });
}

/** The policy of `mixedContent`: H200, H100 and A100 with at least 2 miners each, some score and most of 80 GB. */
const MIXED_POLICY: AllocationPolicy = policyOf({
  burnMicroPercent: 10_000_000,
  burnUid: 0,
  categories: [['H200', 50] as const, ['H100', 30] as const, ['A100', 20] as const].map(
    ([name, percent]) => {
      const category = name as CategoryKey;
      const index = categoryIndex(category);
      return { ...ruleOf(index, percent, { minGpuCount: 1, minMemoryMib: 73_728 }), category };
    },
  ),
  minMinersPerCategory: 2,
  minScoreMicros: 100_000,
  resolution: 'max',
  hasPositiveFloor: true,
});

/** Paid, excluded, unregistered and GPU-less miners, an empty and a small category. */
const MIXED_MINERS: readonly MinerFacts[] = [
  sampleFacts(3, { gpus: [gpusOf('H100', 8), gpusOf('A100', 4, 1)] }),
  sampleFacts(4, { scoreMicros: 512_345 }),
  sampleFacts(5, { scoreMicros: 50_000 }),
  sampleFacts(6, { lastObservedAtMs: SAMPLE_TIME_MS - 4 * HOUR_MS }),
  sampleFacts(7, { neuron: undefined }),
  sampleFacts(8, { neuron: neuronOf(80, { registeredAtBlock: 109 }) }),
  sampleFacts(9, { neuron: neuronOf(9, { isAxonActive: false }) }),
  sampleFacts(10, { gpus: [], primaryCategory: OTHER }),
  sampleFacts(11, { gpus: [gpusOf('RTX4090', 2)], primaryCategory: 'RTX4090' as CategoryKey }),
  sampleFacts(12, { scoreMicros: 777_777, gpus: [gpusOf('H100', 1), gpusOf('H100', 7, 2)] }),
];

/** What the ledger keeps when miners of every kind are there, with the whole catalogue. */
export function mixedContent({ miners = MIXED_MINERS } = {}): LedgerContent {
  return ledgerContent({ miners, policy: MIXED_POLICY });
}

function gpusOf(category: string, count: number, executor = 0) {
  return { executor, category: category as CategoryKey, count, memoryMib: 81_559 };
}

function neuronOf(uid: number, overrides: Partial<NonNullable<MinerFacts['neuron']>>) {
  return { hotkey: sampleHotkey(uid), registeredAtBlock: 100, isAxonActive: true, ...overrides };
}

/** The replay with the digests of the product. */
export function replayed(
  content: LedgerContent,
  previousDigest?: string,
): readonly LedgerFinding[] {
  return replay(content, {
    digestOf: sha256Hex,
    ...(previousDigest === undefined ? {} : { previousDigest }),
  });
}

/** The content with every digest taken anew, as a forger would who knows how. */
export function resealed(content: LedgerContent): LedgerContent {
  const { miners, pairs, weights, sealed } = content;
  const entry: LedgerEntry = {
    ...sealed.entry,
    minerCount: miners.length,
    pairCount: pairs.length,
    inputDigest: digestOfLines(miners.map(minerLine)),
    pairsDigest: digestOfLines(pairs.map(pairLine)),
    weightsDigest: digestOfLines(weights.map(weightLine)),
  };
  return { ...content, sealed: sealEntry(entry, sha256Hex) };
}

function digestOfLines(lines: readonly string[]): string {
  return sha256Hex(lines.map((line) => `${line}\n`).join(''));
}

/** Names for the five categories of `anyPopulation` and `anyPolicy`, in the order of the catalogue. */
const NAMES = ['H200', 'H100', 'A100', 'RTX4090', 'T4'] as CategoryKey[];

/** Decisions about any population under any policy, with the catalogue. */
export const anyDecision: fc.Arbitrary<SampleDecision> = fc
  .record({ population: anyPopulation, policy: anyPolicy })
  .map(({ population, policy }) => named(population, policy, CATALOGUE));

/** The same, decided by a version whose catalogue had another order. */
export const anyDecisionOfOtherVersion: fc.Arbitrary<SampleDecision> = fc
  .record({
    population: anyPopulation,
    policy: anyPolicy,
    catalogue: fc.shuffledSubarray(NAMES, { minLength: NAMES.length }),
  })
  .map(({ population, policy, catalogue }) => named(population, policy, catalogue));

function named(
  population: Population,
  policy: AllocationPolicy,
  catalogue: readonly CategoryKey[],
): SampleDecision {
  const categories = policy.categories.map((rule) => {
    const category = NAMES[rule.categoryIndex] as CategoryKey;
    return { ...rule, category, categoryIndex: catalogue.indexOf(category) };
  });
  categories.sort((a, b) => a.categoryIndex - b.categoryIndex);
  const miners = factsOf(population).map((facts) =>
    facts.uid === policy.burnUid ? registered(facts) : facts,
  );
  return { miners, policy: { ...policy, categories }, catalogue };
}

/** Nobody decides to burn to a UID that nobody holds. */
function registered(facts: MinerFacts): MinerFacts {
  const stranger = { hotkey: sampleHotkey(900), registeredAtBlock: 200, isAxonActive: true };
  return { ...facts, neuron: facts.neuron ?? stranger };
}

function factsOf({ miners, gpus }: Population): readonly MinerFacts[] {
  const rows = Array.from(gpus.miner, (miner, row) => ({
    miner,
    executor: (gpus.executor[row] as number) % 1_000,
    category: NAMES[gpus.category[row] as number] as CategoryKey,
    count: gpus.count[row] as number,
    memoryMib: gpus.memoryMib[row] as number,
  }));
  const facts = Array.from(miners.uid, (uid, row) =>
    sampleFacts(uid, {
      ...standingOf(uid, miners.standing[row] as number),
      scoreMicros: miners.scoreMicros[row] as number,
      primaryCategory: NAMES[miners.primaryCategory[row] as number] as CategoryKey,
      gpus: rows
        .filter(({ miner, count }) => miner === row && count > 0)
        .map(({ miner: _, ...group }) => group),
    }),
  );
  return facts.sort((a, b) => a.uid - b.uid);
}

/** Facts that shut a miner out: those of the columns, and beside them some by UID. */
function standingOf(uid: number, standing: number): Partial<MinerFacts> {
  if (standing === 1) return { neuron: undefined };
  if (standing > 1) return { lastObservedAtMs: SAMPLE_TIME_MS - SAMPLE_RULES.cutoffMs - 1 };
  const neuron = { hotkey: sampleHotkey(uid), registeredAtBlock: 100, isAxonActive: true };
  if (uid % 9 === 4) return { neuron: { ...neuron, registeredAtBlock: 101 } };
  if (uid % 9 === 5) return { neuron: { ...neuron, isAxonActive: false } };
  return { neuron };
}
