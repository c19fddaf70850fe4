import type { CategoryAllocation } from '../allocation.ts';
import { MICROS_PER_PERCENT } from '../emission-rules.ts';
import { SCORE_MICROS } from '../miner-facts.ts';
import { EXCLUSION_REASONS, type ExclusionReason } from '../population.ts';
import type { WeightSet } from '../weight-set.ts';
import type { LedgerCategory, LedgerContent, LedgerPair } from './ledger-entry.ts';

/** The weight set that a ledger entry with its pairs and weights speaks of, as it was when it was recorded. */
export function decidedSet(content: LedgerContent): WeightSet {
  const { sealed, pairs, weights } = content;
  const { entry } = sealed;
  return {
    netuid: entry.netuid,
    mecid: entry.mecid,
    block: entry.block,
    blockHash: entry.blockHash,
    state: 'computed',
    totalWeight: entry.totalWeight,
    vector: {
      uids: Uint16Array.from(weights, ({ uid }) => uid),
      weights: Uint16Array.from(weights, ({ weight }) => weight),
    },
    hotkeys: weights.map(({ hotkey }) => hotkey),
    burn: entry.burn,
    configuredBurnPercentage: entry.policy.burnMicroPercent / MICROS_PER_PERCENT,
    categories: categoriesOf(content),
    exclusions: exclusionsOf(pairs),
    minersServed: entry.minersServed,
    emissionConfigVersion: entry.emissionConfigVersion,
    versionKey: entry.versionKey,
    decidedAtMs: entry.decidedAtMs,
    updatedAtMs: entry.decidedAtMs,
    phasesMs: new Map(),
  };
}

function categoriesOf({ sealed: { entry }, pairs }: LedgerContent): readonly CategoryAllocation[] {
  const scoreSums = new Map<string | undefined, number>();
  for (const { category, reason, scoreMicros } of pairs) {
    if (reason !== undefined) continue;
    scoreSums.set(category, (scoreSums.get(category) ?? 0) + scoreMicros);
  }
  const shares = new Map(
    entry.policy.categories.map((rule) => [rule.category, rule.shareMicroPercent]),
  );
  return entry.categories.map((category) => ({
    ...category,
    shareMicroPercent: shares.get(category.category) ?? 0,
    averageScore: averageScore(category, scoreSums.get(category.category) ?? 0),
  }));
}

function averageScore({ minerCount }: LedgerCategory, scoreSum: number): number {
  return minerCount === 0 ? 0 : scoreSum / minerCount / SCORE_MICROS;
}

function exclusionsOf(pairs: readonly LedgerPair[]): ReadonlyMap<ExclusionReason, number> {
  const counts = new Map<ExclusionReason, number>();
  for (const { reason } of pairs) {
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const ordered = EXCLUSION_REASONS.map((reason) => [reason, counts.get(reason) ?? 0] as const);
  return new Map(ordered.filter(([, count]) => count > 0));
}
