import { AssayError } from '../errors.ts';
import type { CategoryKey } from '../gpu/catalogue.ts';
import type { MinerUid } from '../ids.ts';
import type { MinerFacts } from '../miner-facts.ts';
import type { WeightSet } from '../weight-set.ts';
import { type AskedMiner, counterfactuals } from './counterfactual.ts';
import type { CategoryGpus, PairExplanation, RuleCheck, WeightExplanation } from './explanation.ts';
import type { LedgerCategory, LedgerEntry, LedgerPair, SealedEntry } from './ledger-entry.ts';
import { gpuCounts, otherMiners, receivedWeight } from './outlook.ts';
import { minerChecks, pairChecks } from './rule-checks.ts';

/** Everything that the ledger knows of one UID in one decision. */
export interface WeightQuestion {
  readonly sealed: SealedEntry;
  readonly uid: MinerUid;
  /** What became of the decision on chain. */
  readonly set: Pick<WeightSet, 'state' | 'failure'>;
  /** Undefined when no profile was stored at the UID. */
  readonly facts: MinerFacts | undefined;
  /** The UID's own, in the order of the catalogue. */
  readonly pairs: readonly LedgerPair[];
  /** The pairs of all miners that were left out as too few, of every category of `unpaidCategories`. */
  readonly shutPairs: readonly LedgerPair[];
}

/**
 * Says why a UID got its weight, zero or not.
 *
 * @throws AssayError `miner_not_found` when the subnet had no such UID.
 */
export function explainWeight(question: WeightQuestion): WeightExplanation {
  const { sealed, uid, set, facts, pairs } = question;
  const { entry, digest } = sealed;
  if (facts === undefined && uid >= entry.neuronCount) throw minerNotFound(entry, uid);
  const asked: AskedMiner = { ...question, entry };
  const weight = receivedWeight(asked);
  return {
    block: entry.block,
    blockHash: entry.blockHash,
    decidedAtMs: entry.decidedAtMs,
    emissionConfigVersion: entry.emissionConfigVersion,
    entryDigest: digest,
    uid,
    state: set.state,
    failureReason: set.failure?.reason,
    miner: facts && { hotkey: facts.hotkey, registeredAtBlock: facts.registeredAtBlock },
    weight,
    totalWeight: entry.totalWeight,
    percentage: (100 * weight) / entry.totalWeight,
    burnWeight: entry.burn.uid === uid ? entry.burn.weight : 0,
    policy: entry.policy,
    checks: facts === undefined ? [] : minerChecks(facts, entry.rules),
    pairs: pairs.map((pair) => pairExplanation(asked, pair)),
    uncountedGpus: uncountedGpus(facts, entry),
    counterfactuals: counterfactuals(asked),
  };
}

/** The rewarded categories of which nobody was paid: only of these can pairs have been left out as too few. */
export function unpaidCategories({ policy, categories }: LedgerEntry): readonly CategoryKey[] {
  if (policy.minMinersPerCategory <= 1) return [];
  return categories.filter(({ minerCount }) => minerCount === 0).map(({ category }) => category);
}

function minerNotFound({ block, neuronCount }: LedgerEntry, uid: MinerUid): AssayError {
  const message = `there was no UID ${uid} at block ${block}: the subnet had ${neuronCount} UIDs`;
  return new AssayError('miner_not_found', message);
}

function pairExplanation(asked: AskedMiner, pair: LedgerPair): PairExplanation {
  const { uid: _, ...own } = pair;
  const { minerCount, totalBasis, weightPool } = categoryOf(asked.entry, pair);
  const part = partOfPool(pair, { minerCount, totalBasis });
  const exactWeight = part * weightPool;
  const owned = asked.facts?.gpus.filter(({ category }) => category === pair.category) ?? [];
  return {
    ...own,
    ownedGpuCount: owned.reduce((sum, { count }) => sum + count, 0),
    minerCount,
    categoryTotalBasis: totalBasis,
    sharePercentage: 100 * part,
    weightPool,
    exactWeight,
    rounding: pair.weight - exactWeight,
    checks: checksOf(asked, pair),
  };
}

type CategorySums = Pick<LedgerCategory, 'minerCount' | 'totalBasis' | 'weightPool'>;

const NOTHING: CategorySums = { minerCount: 0, totalBasis: 0n, weightPool: 0 };

function categoryOf({ categories }: LedgerEntry, pair: LedgerPair): CategorySums {
  return categories.find(({ category }) => category === pair.category) ?? NOTHING;
}

function partOfPool(
  { reason, basis }: LedgerPair,
  { minerCount, totalBasis }: Omit<CategorySums, 'weightPool'>,
): number {
  if (reason !== undefined) return 0;
  return totalBasis > 0n ? basis / Number(totalBasis) : 1 / minerCount;
}

function checksOf(asked: AskedMiner, { category }: LedgerPair): readonly RuleCheck[] {
  const { facts, entry } = asked;
  const isMinerOut =
    facts === undefined || minerChecks(facts, entry.rules).some(({ passed }) => !passed);
  if (isMinerOut) return [];
  const others = otherMiners(asked).find(({ rule }) => rule.category === category);
  return pairChecks(facts, {
    rule: others?.rule,
    policy: entry.policy,
    qualifiedMiners: (others?.minerCount ?? 0) + 1,
  });
}

function uncountedGpus(
  facts: MinerFacts | undefined,
  { policy, catalogue }: LedgerEntry,
): readonly CategoryGpus[] {
  if (facts === undefined || policy.attribution === 'all') return [];
  return [...gpuCounts(facts.gpus)]
    .filter(([category]) => category !== facts.primaryCategory)
    .map(([category, count]) => ({ category, count }))
    .sort((a, b) => catalogue.indexOf(a.category) - catalogue.indexOf(b.category));
}
