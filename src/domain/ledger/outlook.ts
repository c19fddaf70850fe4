/**
 * What part of the total a miner would receive if it had other GPUs or another score, everything else being as a ledger
 * entry says. The shares are the calculation's own, before rounding: with β the configured burn, `s` the share of a
 * category, `S` the sum of the shares (with `redistribute` of those categories only that are paid), `b` the basis of the
 * miner and `T` that of the others in the category, it is the sum over its categories of `(1 − β) × s / S × b / (T + b)`,
 * and for the burn target what no category takes besides. The positive floor is left out: it moves single units.
 */
import { type AllocationPolicy, type CategoryRule, MICRO_PERCENT_MAX } from '../allocation.ts';
import type { CategoryKey } from '../gpu/catalogue.ts';
import type { MinerUid } from '../ids.ts';
import type { FactGpus, MinerFacts } from '../miner-facts.ts';
import type { Population } from '../population.ts';
import { scorePairs } from '../score-pairs.ts';
import type { CategoryGpus } from './explanation.ts';
import type { LedgerEntry, LedgerPair } from './ledger-entry.ts';
import { pairAt } from './pair-lines.ts';

/** What of a miner decides about its pairs once its own rules are kept. */
export type Holding = Pick<MinerFacts, 'gpus' | 'scoreMicros'>;

/** The miners of one rewarded category without the one that is looked at. */
export interface OtherMiners {
  readonly rule: CategoryRule;
  /** Those that qualified, even when they were too few for the category to be paid. */
  readonly minerCount: number;
  readonly totalBasis: bigint;
  /** Weight units of the category, those of the miner included. */
  readonly weightPool: number;
}

/** What is known of one miner in one decision. */
export interface KnownPairs {
  readonly entry: LedgerEntry;
  readonly uid: MinerUid;
  /** The miner's own. */
  readonly pairs: readonly LedgerPair[];
  /** Those that were left out as too few, of every category without a paid miner. */
  readonly shutPairs: readonly LedgerPair[];
}

/** What the UID received, the burn included for its target. */
export function receivedWeight({ entry, uid, pairs }: Pick<KnownPairs, 'entry' | 'uid' | 'pairs'>) {
  const burn = entry.burn.uid === uid ? entry.burn.weight : 0;
  return pairs.reduce((sum, { weight }) => sum + weight, burn);
}

/** The others of each rewarded category, in the order of the policy. */
export function otherMiners({ entry, uid, pairs, shutPairs }: KnownPairs): readonly OtherMiners[] {
  return entry.policy.categories.map((rule) => {
    const { category } = rule;
    const paid = entry.categories.find((each) => each.category === category);
    const own = pairs.find((pair) => pair.category === category && pair.reason === undefined);
    const shut = shutPairs.filter((pair) => pair.category === category && pair.uid !== uid);
    const shutBasis = shut.reduce((sum, pair) => sum + basisOf(pair, entry.policy), 0n);
    return {
      rule,
      minerCount: (paid?.minerCount ?? 0) - (own === undefined ? 0 : 1) + shut.length,
      totalBasis: (paid?.totalBasis ?? 0n) - BigInt(own?.basis ?? 0) + shutBasis,
      weightPool: paid?.weightPool ?? 0,
    };
  });
}

/** The pairs of a miner with these GPUs and this score, as far as they do not depend on other miners. */
export function pairsOf(
  holding: Holding,
  { policy, catalogue }: LedgerEntry,
): readonly LedgerPair[] {
  const scored = scorePairs(populationOfOne(holding, catalogue), policy);
  const columns = { ...scored, weight: new Float64Array(scored.uid.length) };
  return Array.from(columns.uid, (_, row) => pairAt(columns, row, catalogue));
}

/** The category with most of the GPUs and how many they are, of equals the first of the catalogue; undefined without GPUs. */
export function primaryOf(
  gpus: readonly FactGpus[],
  catalogue: readonly CategoryKey[],
): CategoryGpus | undefined {
  const counts = [...gpuCounts(gpus)].map(([category, count]) => ({
    category,
    count,
    index: catalogue.indexOf(category),
  }));
  return counts.sort((a, b) => b.count - a.count || a.index - b.index)[0];
}

/** GPUs by category. */
export function gpuCounts(gpus: readonly FactGpus[]): ReadonlyMap<CategoryKey, number> {
  const counts = new Map<CategoryKey, number>();
  for (const { category, count } of gpus) counts.set(category, (counts.get(category) ?? 0) + count);
  return counts;
}

/** What one miner's part follows from. */
interface Outlook {
  /** The miner's pairs as `pairsOf` gives them; its score is more than 0. */
  readonly own: readonly LedgerPair[];
  readonly others: readonly OtherMiners[];
  readonly policy: AllocationPolicy;
  readonly isBurnTarget: boolean;
}

/** The miner's part of the total, 0 to 1, the burn included for its target; see the top of this file. */
export function partOfTotal({ own, others, policy, isBurnTarget }: Outlook): number {
  const pools = others
    .map(({ rule, minerCount, totalBasis }) => {
      const pair = own.find(({ category, reason }) => category === rule.category && !reason);
      const share = rule.shareMicroPercent;
      return pair === undefined
        ? { share, minerCount, part: 0 }
        : {
            share,
            minerCount: minerCount + 1,
            part: pair.basis / (Number(totalBasis) + pair.basis),
          };
    })
    .filter(({ minerCount }) => minerCount >= Math.max(1, policy.minMinersPerCategory));
  const all = shareSum(policy.categories.map(({ shareMicroPercent }) => shareMicroPercent));
  const used = shareSum(pools.map(({ share }) => share));
  const whole = policy.unallocated === 'redistribute' && used > 0 ? used : Math.max(all, 1);
  const paid = 1 - policy.burnMicroPercent / MICRO_PERCENT_MAX;
  const parts = pools.reduce((sum, { share, part }) => sum + paid * (share / whole) * part, 0);
  return parts + (isBurnTarget ? 1 - paid * (used / whole) : 0);
}

function basisOf({ scoreMicros, gpuCount }: LedgerPair, policy: AllocationPolicy): bigint {
  return BigInt(scoreMicros) * BigInt(policy.gpuCount === 'linear' ? gpuCount : 1);
}

function shareSum(shares: readonly number[]): number {
  return shares.reduce((sum, share) => sum + share, 0);
}

function populationOfOne(
  { gpus, scoreMicros }: Holding,
  catalogue: readonly CategoryKey[],
): Population {
  const primary = primaryOf(gpus, catalogue);
  const indexOf = (category: CategoryKey) => catalogue.indexOf(category);
  return {
    miners: {
      uid: Int32Array.of(0),
      scoreMicros: Int32Array.of(scoreMicros),
      standing: Uint8Array.of(0),
      primaryCategory: Uint16Array.of(primary === undefined ? 0 : indexOf(primary.category)),
    },
    gpus: {
      miner: new Int32Array(gpus.length),
      executor: Int32Array.from(gpus, ({ executor }) => executor),
      category: Uint16Array.from(gpus, ({ category }) => indexOf(category)),
      count: Int32Array.from(gpus, ({ count }) => count),
      memoryMib: Int32Array.from(gpus, ({ memoryMib }) => memoryMib),
    },
  };
}
