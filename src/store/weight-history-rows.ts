/** Rows of `weight_allocation_history` and `emission_metrics` as they are read. */
import * as z from 'zod';
import type {
  EmissionMetrics,
  EmissionMetricsCategory,
  WeightHistoryRow,
} from '../actors/record-ports.ts';
import { type CategoryKey, compareCategories } from '../domain/gpu/catalogue.ts';
import { type Hotkey, hotkey } from '../domain/ids.ts';
import type { WeightSetState } from '../domain/weight-set.ts';
import { pairOf } from './history-rows.ts';
import { storedJson, storedRow } from './stored-row.ts';
import { storedTimeMs } from './time-text.ts';

export interface HistoryRow {
  readonly id: number;
  readonly emission_metrics_id: number;
  readonly miner_uid: number;
  readonly miner_hotkey: string;
  readonly gpu_category: string;
  readonly gpu_count: number;
  readonly basis: number;
  readonly allocated_weight: number;
  readonly miner_score: number;
  readonly category_total_score: number;
  readonly weight_set_block: number;
  readonly timestamp: string;
  readonly exclusion_reason: string | null;
}

/** Of the submission that a row belongs to. */
export interface OutcomeRow {
  readonly state: WeightSetState;
}

export interface MetricsRow {
  readonly id: number;
  readonly timestamp: string;
  readonly burn_amount: number;
  readonly burn_percentage: number;
  readonly category_distributions_json: string;
  readonly total_miners: number;
  readonly weight_set_block: number;
}

export const HISTORY_FIELDS = [
  'id',
  'emission_metrics_id',
  'miner_uid',
  'miner_hotkey',
  'gpu_category',
  'gpu_count',
  'basis',
  'allocated_weight',
  'miner_score',
  'category_total_score',
  'weight_set_block',
  'timestamp',
  'exclusion_reason',
] as const satisfies readonly (keyof HistoryRow)[];

export const METRICS_FIELDS = [
  'id',
  'timestamp',
  'burn_amount',
  'burn_percentage',
  'category_distributions_json',
  'total_miners',
  'weight_set_block',
] as const satisfies readonly (keyof MetricsRow)[];

const DISTRIBUTIONS = z.record(
  z.string(),
  z.strictObject({
    gpu_model: z.string(),
    miner_count: z.int().min(0),
    total_score: z.number().min(0),
    weight_allocation: z.int().min(0),
    allocation_percentage: z.number().min(0),
  }),
);

/**
 * The categories of a set, in the order of the catalogue; those that it no longer has come last.
 *
 * @throws AssayError `store_unusable` when the row is damaged.
 */
export function categoriesOf(
  row: Pick<MetricsRow, 'id' | 'category_distributions_json'>,
): readonly EmissionMetricsCategory[] {
  const stored = storedRow({ table: 'emission_metrics', key: row.id }, () =>
    storedJson(DISTRIBUTIONS, 'category_distributions_json', row.category_distributions_json),
  );
  return Object.values(stored)
    .map((category) => ({
      category: category.gpu_model as CategoryKey,
      minerCount: category.miner_count,
      totalScore: category.total_score,
      weightPool: category.weight_allocation,
      allocationPercentage: category.allocation_percentage,
    }))
    .sort((a, b) => compareCategories(a.category, b.category));
}

/** @throws AssayError `store_unusable` when the row is damaged. */
export function emissionMetricsOf(row: MetricsRow & OutcomeRow): EmissionMetrics {
  const categories = categoriesOf(row);
  return storedRow({ table: 'emission_metrics', key: row.id }, () => ({
    block: row.weight_set_block,
    decidedAtMs: storedTimeMs('timestamp', row.timestamp),
    burnWeight: row.burn_amount,
    burnPercentage: row.burn_percentage,
    minersServed: row.total_miners,
    categories,
    state: row.state,
  }));
}

/**
 * The pair is copied field by field: V8 gives each object that spreads another and adds to it a hidden class of its own, and
 * collecting those of a page took ten times as long as reading it.
 *
 * @throws AssayError `store_unusable` when the row is damaged.
 */
export function weightHistoryRowOf(
  row: HistoryRow & OutcomeRow,
  categoryWeightPool: number,
): WeightHistoryRow {
  const pair = pairOf([
    row.id,
    row.miner_uid,
    row.gpu_category,
    row.exclusion_reason,
    row.gpu_count,
    row.miner_score,
    row.basis,
    row.allocated_weight,
  ]);
  return storedRow({ table: 'weight_allocation_history', key: row.id }, () => ({
    uid: pair.uid,
    category: pair.category,
    reason: pair.reason,
    gpuCount: pair.gpuCount,
    scoreMicros: pair.scoreMicros,
    basis: pair.basis,
    weight: pair.weight,
    id: row.id,
    block: row.weight_set_block,
    hotkey: hotkeyOf(row.miner_hotkey),
    categoryTotalScore: row.category_total_score,
    categoryWeightPool,
    decidedAtMs: storedTimeMs('timestamp', row.timestamp),
    state: row.state,
  }));
}

/** Sets older than the ledger do not say whose a pair was. */
function hotkeyOf(stored: string): Hotkey {
  return stored === '' ? (stored as Hotkey) : hotkey(stored);
}
