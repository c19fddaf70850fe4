import type { CategoryAllocation } from '../../domain/allocation.ts';
import { unallocatedWeight } from '../../domain/burn-split.ts';
import { MICROS_PER_PERCENT } from '../../domain/emission-rules.ts';
import type {
  RetryAction,
  WeightSet,
  WeightSetFailure,
  WeightSetState,
} from '../../domain/weight-set.ts';
import { present } from '../../lib/assert.ts';
import type { CategoryAllocation as CategoryAllocationMessage } from '../generated/assay/v1/CategoryAllocation.ts';
import type { RetryAction as RetryActionMessage } from '../generated/assay/v1/RetryAction.ts';
import type { Weight } from '../generated/assay/v1/Weight.ts';
import type { WeightSet as WeightSetMessage } from '../generated/assay/v1/WeightSet.ts';
import type { WeightSetFailure as WeightSetFailureMessage } from '../generated/assay/v1/WeightSetFailure.ts';
import type { WeightSetState as WeightSetStateMessage } from '../generated/assay/v1/WeightSetState.ts';
import { toDuration, toTimestamp } from '../wire-values.ts';
import { toSignedExtrinsicMessage, toSignedExtrinsicSummary } from './signed-extrinsic-message.ts';

/** How the API spells the states of a weight set. */
export const STATE_MESSAGES: Readonly<Record<WeightSetState, WeightSetStateMessage>> = {
  computed: 'WEIGHT_SET_STATE_COMPUTED',
  submitted: 'WEIGHT_SET_STATE_SUBMITTED',
  in_block: 'WEIGHT_SET_STATE_IN_BLOCK',
  finalized: 'WEIGHT_SET_STATE_FINALIZED',
  committed: 'WEIGHT_SET_STATE_COMMITTED',
  revealed: 'WEIGHT_SET_STATE_REVEALED',
  verified: 'WEIGHT_SET_STATE_VERIFIED',
  failed: 'WEIGHT_SET_STATE_FAILED',
  lost: 'WEIGHT_SET_STATE_LOST',
};

const ACTIONS: Readonly<Record<RetryAction['kind'], RetryActionMessage>> = {
  retry_now: 'RETRY_ACTION_RETRY_NOW',
  retry_at_block: 'RETRY_ACTION_RETRY_AT_BLOCK',
  stop: 'RETRY_ACTION_STOP',
};

export function toWeightSetMessage(set: WeightSet): WeightSetMessage {
  const { extrinsic } = set;
  return {
    ...withoutVectors(set),
    weights: weights(set),
    ...(extrinsic === undefined ? {} : { extrinsic: toSignedExtrinsicMessage(extrinsic) }),
  };
}

/** For answers that many callers ask for often. */
export function toWeightSetSummary(set: WeightSet): WeightSetMessage {
  const { extrinsic } = set;
  return {
    ...withoutVectors(set),
    ...(extrinsic === undefined ? {} : { extrinsic: toSignedExtrinsicSummary(extrinsic) }),
  };
}

/** Percentage of the non-burned part that the configuration gives a category. */
export function allocationPercentage({ shareMicroPercent }: CategoryAllocation): number {
  return shareMicroPercent / MICROS_PER_PERCENT;
}

function withoutVectors(set: WeightSet): WeightSetMessage {
  return {
    block: set.block,
    netuid: set.netuid,
    mecid: set.mecid,
    state: STATE_MESSAGES[set.state],
    total_weight: set.totalWeight,
    burn: {
      ...(set.burn.uid === null ? {} : { uid: set.burn.uid }),
      weight: set.burn.weight,
      percentage: set.burn.percentage,
      configured_percentage: set.configuredBurnPercentage,
      unallocated_weight: unallocatedWeight(set.burn),
      configured_weight: set.burn.configuredWeight,
      empty_category_weight: set.burn.emptyCategoryWeight,
      below_minimum_weight: set.burn.belowMinimumWeight,
      rounding_weight: set.burn.roundingWeight,
    },
    categories: set.categories.map(toCategoryMessage),
    exclusions: Object.fromEntries(set.exclusions),
    decided_time: toTimestamp(set.decidedAtMs),
    update_time: toTimestamp(set.updatedAtMs),
    emission_config_version: set.emissionConfigVersion,
    version_key: set.versionKey,
    extrinsic_hash: set.extrinsicHash ?? '',
    ...(set.failure === undefined ? {} : { failure: toFailureMessage(set.failure) }),
    phases: Object.fromEntries([...set.phasesMs].map(([phase, ms]) => [phase, toDuration(ms)])),
  };
}

function weights({ vector, hotkeys }: WeightSet): Weight[] {
  return Array.from(vector.uids, (uid, index) => ({
    uid,
    weight: present(vector.weights[index], 'one weight per UID'),
    hotkey: hotkeys[index] ?? '',
  }));
}

function toCategoryMessage(category: CategoryAllocation): CategoryAllocationMessage {
  return {
    gpu_model: category.category,
    miner_count: category.minerCount,
    weight_pool: category.weightPool,
    allocation_percentage: allocationPercentage(category),
    total_basis: String(category.totalBasis),
    average_score: category.averageScore,
    gpu_count: category.gpuCount,
  };
}

function toFailureMessage({ reason, message, action }: WeightSetFailure): WeightSetFailureMessage {
  return {
    reason,
    message,
    action: ACTIONS[action.kind],
    ...(action.kind === 'retry_at_block' ? { retry_block: action.block } : {}),
  };
}
