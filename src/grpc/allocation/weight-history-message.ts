import type { EmissionMetrics, WeightHistoryRow } from '../../actors/record-ports.ts';
import { SCORE_MICROS } from '../../domain/miner-facts.ts';
import type { EmissionMetrics as EmissionMetricsMessage } from '../generated/assay/v1/EmissionMetrics.ts';
import type { WeightHistoryEntry } from '../generated/assay/v1/WeightHistoryEntry.ts';
import { toTimestamp } from '../wire-values.ts';
import { STATE_MESSAGES } from './weight-set-message.ts';

export function toWeightHistoryEntry(row: WeightHistoryRow): WeightHistoryEntry {
  return {
    block: row.block,
    decided_time: toTimestamp(row.decidedAtMs),
    miner_uid: row.uid,
    miner_hotkey: row.hotkey,
    gpu_model: row.category ?? '',
    gpu_count: row.gpuCount,
    score: row.scoreMicros / SCORE_MICROS,
    basis: row.basis,
    category_total_score: row.categoryTotalScore,
    weight_pool: row.categoryWeightPool,
    weight: row.weight,
    exclusion_reason: row.reason ?? '',
    state: STATE_MESSAGES[row.state],
  };
}

export function toEmissionMetricsMessage(metrics: EmissionMetrics): EmissionMetricsMessage {
  return {
    weight_set_block: metrics.block,
    decided_time: toTimestamp(metrics.decidedAtMs),
    burn_amount: metrics.burnWeight,
    burn_percentage: metrics.burnPercentage,
    total_miners: metrics.minersServed,
    categories: metrics.categories.map((category) => ({
      gpu_model: category.category,
      miner_count: category.minerCount,
      total_score: category.totalScore,
      weight_allocation: category.weightPool,
      allocation_percentage: category.allocationPercentage,
    })),
    state: STATE_MESSAGES[metrics.state],
  };
}
