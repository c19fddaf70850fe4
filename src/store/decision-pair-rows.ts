/** Pairs of a decision as rows of `weight_allocation_history` and back, by position: there can be many. */
import type { WeightDecision } from '../actors/ports.ts';
import { CATALOGUE, type CategoryKey } from '../domain/gpu/catalogue.ts';
import { minerUid } from '../domain/ids.ts';
import type { LedgerPair } from '../domain/ledger/ledger-entry.ts';
import { pairAt } from '../domain/ledger/pair-lines.ts';
import { SCORE_MICROS } from '../domain/miner-facts.ts';
import { EXCLUSION_REASONS, type ExclusionReason } from '../domain/population.ts';
import { present } from '../lib/assert.ts';
import { storedRow } from './stored-row.ts';
import { timeText } from './time-text.ts';
import { totalScore } from './weight-set-rows.ts';

/** Parameters of an insert, in the order of `HISTORY_COLUMNS`. */
export type HistoryParameters = [
  allocatedWeight: number,
  basis: number,
  categoryTotalScore: number,
  emissionMetricsId: number,
  exclusionReason: string | null,
  gpuCategory: string,
  gpuCount: number,
  minerHotkey: string,
  minerScore: number,
  minerUid: number,
  timestamp: string,
  weightSetBlock: number,
];

/** Sorted, as Knex sorts them. */
export const HISTORY_COLUMNS = [
  'allocated_weight',
  'basis',
  'category_total_score',
  'emission_metrics_id',
  'exclusion_reason',
  'gpu_category',
  'gpu_count',
  'miner_hotkey',
  'miner_score',
  'miner_uid',
  'timestamp',
  'weight_set_block',
] as const;

/** What a pair is read from, in the order of `PAIR_FIELDS`. */
export type PairRow = [
  id: number,
  minerUid: number,
  gpuCategory: string,
  exclusionReason: string | null,
  gpuCount: number,
  minerScore: number,
  basis: number,
  allocatedWeight: number,
];

export const PAIR_FIELDS = [
  'id',
  'miner_uid',
  'gpu_category',
  'exclusion_reason',
  'gpu_count',
  'miner_score',
  'basis',
  'allocated_weight',
] as const;

/** The category of a pair whose miner has no valid GPU. */
const NO_CATEGORY_TEXT = '';

/** The rows of one decision's pairs. */
export class DecisionPairRows {
  readonly #decision: WeightDecision;
  readonly #holders: ReadonlyMap<number, string>;
  readonly #totalScores: ReadonlyMap<string, number>;
  readonly #timestamp: string;

  /** @param holders the hotkey of the miner at each UID. */
  constructor(decision: WeightDecision, holders: ReadonlyMap<number, string>) {
    const { categories } = decision.allocation;
    this.#decision = decision;
    this.#holders = holders;
    this.#timestamp = timeText(decision.set.decidedAtMs);
    this.#totalScores = new Map(categories.map((each) => [each.category, totalScore(each)]));
  }

  /** The row of the pair at this place of the columns. */
  at(place: number, metricsId: number): HistoryParameters {
    const pair = pairAt(this.#decision.allocation.pairs, place, CATALOGUE);
    return [
      pair.weight,
      pair.basis,
      this.#totalScore(pair),
      metricsId,
      pair.reason ?? null,
      pair.category ?? NO_CATEGORY_TEXT,
      pair.gpuCount,
      present(this.#holders.get(pair.uid), 'every pair belongs to a miner of the input'),
      pair.scoreMicros / SCORE_MICROS,
      pair.uid,
      this.#timestamp,
      this.#decision.set.block,
    ];
  }

  /** Zero for a pair of a category that is not rewarded: nothing is divided there. */
  #totalScore({ category, reason }: LedgerPair): number {
    const found = this.#totalScores.get(category ?? NO_CATEGORY_TEXT);
    return reason === undefined ? present(found, 'a paid pair has a category') : (found ?? 0);
  }
}

/** @throws AssayError `store_unusable` when the row is damaged. */
export function pairOf(row: PairRow): LedgerPair {
  const [id, uid, category, reason, gpuCount, score, basis, weight] = row;
  return storedRow({ table: 'weight_allocation_history', key: id }, () => {
    const scoreMicros = Math.round(score * SCORE_MICROS);
    // The digest of the pairs takes the rounded score: what it would not notice is found here.
    if (scoreMicros / SCORE_MICROS !== score)
      throw new Error('miner_score has more than six digits');
    return {
      uid: minerUid(uid),
      category: category === NO_CATEGORY_TEXT ? undefined : (category as CategoryKey),
      reason: reason === null ? undefined : exclusionReason(reason),
      gpuCount,
      scoreMicros,
      basis,
      weight,
    };
  });
}

function exclusionReason(text: string): ExclusionReason {
  const reason = EXCLUSION_REASONS.find((known) => known === text);
  if (reason === undefined) throw new Error('exclusion_reason is not a known reason');
  return reason;
}
