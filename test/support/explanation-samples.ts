import type { AllocationPolicy, CategoryRule } from '../../src/domain/allocation.ts';
import { type CategoryKey, categoryIndex } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { explainWeight, type WeightQuestion } from '../../src/domain/ledger/explain-weight.ts';
import type { LedgerContent } from '../../src/domain/ledger/ledger-entry.ts';
import type { FactGpus } from '../../src/domain/miner-facts.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { ledgerContent, type SampleDecision, sampleFacts } from './ledger-samples.ts';
import { sampleWeightSet } from './weight-set-samples.ts';

/** A rewarded category of the catalogue; its share in percent. */
export function rewarded(
  category: string,
  percent: number,
  limits: Partial<CategoryRule> = {},
): CategoryRule {
  const key = category as CategoryKey;
  return {
    category: key,
    categoryIndex: categoryIndex(key),
    shareMicroPercent: Math.round(percent * 1e6),
    minGpuCount: 1,
    minMemoryMib: 0,
    ...limits,
  };
}

/** 10 % burned to UID 0, the rest divided between H200 (30 %), H100 (50 %) and A100 (20 %). */
export function paying(overrides: Partial<AllocationPolicy> = {}): AllocationPolicy {
  return {
    burnMicroPercent: 10_000_000,
    burnUid: 0,
    categories: [rewarded('H200', 30), rewarded('H100', 50), rewarded('A100', 20)],
    minMinersPerCategory: 1,
    minScoreMicros: 0,
    unallocated: 'burn',
    attribution: 'all',
    gpuCount: 'linear',
    resolution: 'sum',
    hasPositiveFloor: true,
    ...overrides,
  };
}

export function gpus(category: string, count: number, more: Partial<FactGpus> = {}): FactGpus {
  return { executor: 0, category: category as CategoryKey, count, memoryMib: 81_559, ...more };
}

/** Miners 5 to 8: 8 and 64 H100, one with 8 H100 and 4 A100, and 16 A100; nobody has an H200. */
export const OTHERS = [
  sampleFacts(5, { scoreMicros: 812_345 }),
  sampleFacts(6, { gpus: [gpus('H100', 64)] }),
  sampleFacts(7, { gpus: [gpus('H100', 8), gpus('A100', 4, { executor: 1 })] }),
  sampleFacts(8, {
    gpus: [gpus('A100', 16)],
    primaryCategory: 'A100' as CategoryKey,
  }),
];

/** What the ledger knows of a UID; the set is verified unless told otherwise. */
export function questionOf(
  content: LedgerContent,
  uid: number,
  set: WeightQuestion['set'] = { state: 'verified' },
): WeightQuestion {
  return {
    sealed: content.sealed,
    uid: minerUid(uid),
    set,
    facts: content.miners.find((facts) => facts.uid === uid),
    pairs: content.pairs.filter((pair) => pair.uid === uid),
    shutPairs: content.pairs.filter(({ reason }) => reason === 'CATEGORY_BELOW_MIN_MINERS'),
  };
}

/** Why a UID got its weight in a decision. */
export function explained(uid: number, decision: SampleDecision, set?: WeightQuestion['set']) {
  return explainWeight(questionOf(ledgerContent(decision), uid, set));
}

/** The weight set that stands beside a ledger entry. */
export function setOf(
  { sealed, weights }: LedgerContent,
  overrides: Partial<WeightSet> = {},
): WeightSet {
  const vector = {
    uids: Uint16Array.from(weights, ({ uid }) => uid),
    weights: Uint16Array.from(weights, ({ weight }) => weight),
  };
  const { block } = sealed.entry;
  const hotkeys = weights.map(({ hotkey }) => hotkey);
  return sampleWeightSet({ block, vector, hotkeys, state: 'verified', ...overrides });
}
