import type { EmissionConfigUpdate } from '../../actors/ports.ts';
import type { CategoryImpact, EmissionImpact, MinerImpact } from '../../domain/emission-impact.ts';
import type { CategoryImpact as CategoryImpactMessage } from '../generated/assay/v1/CategoryImpact.ts';
import type { EmissionConfigChange } from '../generated/assay/v1/EmissionConfigChange.ts';
import type { EmissionImpact as EmissionImpactMessage } from '../generated/assay/v1/EmissionImpact.ts';
import type { MinerImpact as MinerImpactMessage } from '../generated/assay/v1/MinerImpact.ts';

export function toChangeMessages(changes: EmissionConfigUpdate['changes']): EmissionConfigChange[] {
  return changes.map(({ field, oldValue, newValue }) => ({
    field,
    old_value: oldValue,
    new_value: newValue,
  }));
}

export function toImpactMessage(impact: EmissionImpact): EmissionImpactMessage {
  return {
    old_burn_percentage: impact.oldBurnPercentage,
    new_burn_percentage: impact.newBurnPercentage,
    categories: impact.categories.map(toCategoryImpact),
    miners: impact.miners.map(toMinerImpact),
  };
}

function toCategoryImpact(impact: CategoryImpact): CategoryImpactMessage {
  return {
    gpu_model: impact.category,
    old_percentage: impact.oldPercentage,
    new_percentage: impact.newPercentage,
    old_miner_count: impact.oldMinerCount,
    new_miner_count: impact.newMinerCount,
  };
}

function toMinerImpact(impact: MinerImpact): MinerImpactMessage {
  return {
    miner_uid: impact.uid,
    miner_hotkey: impact.hotkey,
    old_percentage: impact.oldPercentage,
    new_percentage: impact.newPercentage,
  };
}
