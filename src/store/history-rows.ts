/** Pairs of a decision as rows of `weight_allocation_history` and back, by position: there can be many. */
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { minerUid } from '../domain/ids.ts';
import type { LedgerPair } from '../domain/ledger/ledger-entry.ts';
import { SCORE_MICROS } from '../domain/miner-facts.ts';
import { exclusionReason } from '../domain/population.ts';
import { present } from '../lib/assert.ts';
import { storedRow } from './stored-row.ts';

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
export const NO_CATEGORY_TEXT = '';

/** A pair and the hotkey of its miner. */
export interface HeldPair {
  readonly pair: LedgerPair;
  readonly hotkey: string;
}

/** What all rows of one decision have in common. */
export interface HistoryDecision {
  readonly metricsId: number;
  readonly block: number;
  /** When it was decided, as text. */
  readonly timestamp: string;
  /** What the pool of each category was divided by. */
  readonly totalScores: ReadonlyMap<string, number>;
}

export function historyRow(
  { metricsId, block, timestamp, totalScores }: HistoryDecision,
  { pair, hotkey }: HeldPair,
): HistoryParameters {
  const { category = NO_CATEGORY_TEXT, reason } = pair;
  const found = totalScores.get(category);
  // Nothing is divided in a category that is not rewarded.
  const total = reason === undefined ? present(found, 'a paid pair has a category') : (found ?? 0);
  return [
    pair.weight,
    pair.basis,
    total,
    metricsId,
    reason ?? null,
    category,
    pair.gpuCount,
    hotkey,
    pair.scoreMicros / SCORE_MICROS,
    pair.uid,
    timestamp,
    block,
  ];
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
