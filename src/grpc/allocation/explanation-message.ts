import type {
  Counterfactual,
  PairExplanation,
  RuleCheck,
  WeightExplanation,
} from '../../domain/ledger/explanation.ts';
import { explanationText } from '../../domain/ledger/explanation-text.ts';
import { SCORE_MICROS } from '../../domain/miner-facts.ts';
import { toTimestamp } from '../wire-values.ts';
import { STATE_MESSAGES } from './weight-set-message.ts';

/** Also what `assay weights explain --json` prints: 64-bit numbers are numbers, and text only where a double loses digits. */
export function toExplanationMessage(explanation: WeightExplanation) {
  return {
    block: explanation.block,
    block_hash: explanation.blockHash,
    decided_time: toTimestamp(explanation.decidedAtMs),
    emission_config_version: explanation.emissionConfigVersion,
    entry_digest: explanation.entryDigest,
    miner_uid: explanation.uid,
    miner_hotkey: explanation.miner?.hotkey ?? '',
    registered_at_block: explanation.miner?.registeredAtBlock ?? 0,
    weight: explanation.weight,
    total_weight: explanation.totalWeight,
    percentage: explanation.percentage,
    burn_weight: explanation.burnWeight,
    checks: explanation.checks.map(checkMessage),
    pairs: explanation.pairs.map(pairMessage),
    counterfactuals: explanation.counterfactuals.map(counterfactualMessage),
    summary: explanationText(explanation),
    state: STATE_MESSAGES[explanation.state],
    failure_reason: explanation.failureReason ?? '',
  };
}

function checkMessage({ rule, passed, value, threshold }: RuleCheck) {
  return { rule, passed, value, threshold };
}

function pairMessage(pair: PairExplanation) {
  return {
    gpu_model: pair.category ?? '',
    gpu_count: pair.gpuCount,
    score: pair.scoreMicros / SCORE_MICROS,
    basis: pair.basis,
    category_total_basis: int64(pair.categoryTotalBasis),
    share_percentage: pair.sharePercentage,
    weight_pool: pair.weightPool,
    exact_weight: pair.exactWeight,
    weight: pair.weight,
    rounding: pair.rounding,
    exclusion_reason: pair.reason ?? '',
    checks: pair.checks.map(checkMessage),
  };
}

function int64(value: bigint): number | string {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
}

function counterfactualMessage({ change, category, percentage, withoutEffect }: Counterfactual) {
  return { change, gpu_model: category, percentage, without_effect: withoutEffect ?? '' };
}
