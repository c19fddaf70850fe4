// Original file: proto/assay/v1/allocation.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { RuleCheck as _assay_v1_RuleCheck, RuleCheck__Output as _assay_v1_RuleCheck__Output } from '../../assay/v1/RuleCheck.ts';
import type { PairExplanation as _assay_v1_PairExplanation, PairExplanation__Output as _assay_v1_PairExplanation__Output } from '../../assay/v1/PairExplanation.ts';
import type { Counterfactual as _assay_v1_Counterfactual, Counterfactual__Output as _assay_v1_Counterfactual__Output } from '../../assay/v1/Counterfactual.ts';
import type { WeightSetState as _assay_v1_WeightSetState, WeightSetState__Output as _assay_v1_WeightSetState__Output } from '../../assay/v1/WeightSetState.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Why a miner got its weight in one weight set.
 */
export interface WeightExplanation {
  /**
   * The weight set's block.
   */
  'block'?: (number | string | Long);
  /**
   * Its hash.
   */
  'block_hash'?: (string);
  /**
   * When it was decided.
   */
  'decided_time'?: (_google_protobuf_Timestamp | null);
  /**
   * The emission configuration it was decided by.
   */
  'emission_config_version'?: (number | string | Long);
  /**
   * Digest of the ledger entry that this was read from, 64 hexadecimal digits.
   */
  'entry_digest'?: (string);
  /**
   * The UID.
   */
  'miner_uid'?: (number);
  /**
   * The hotkey whose profile was stored at the UID; empty when there was none.
   */
  'miner_hotkey'?: (string);
  /**
   * The block since which that hotkey held the UID; 0 without a profile.
   */
  'registered_at_block'?: (number | string | Long);
  /**
   * What the UID received, burn included.
   */
  'weight'?: (number);
  /**
   * Sum of all weights of the set.
   */
  'total_weight'?: (number | string | Long);
  /**
   * `weight` as a percentage of it.
   */
  'percentage'?: (number | string);
  /**
   * The part of `weight` that is the burn; not 0 only for the burn target.
   */
  'burn_weight'?: (number | string | Long);
  /**
   * The rules that hold for the miner as a whole, in the order in which they were asked, up to the first that failed.
   */
  'checks'?: (_assay_v1_RuleCheck)[];
  /**
   * One for each category of the miner, in the order of the catalogue.
   */
  'pairs'?: (_assay_v1_PairExplanation)[];
  /**
   * What would change the weight.
   */
  'counterfactuals'?: (_assay_v1_Counterfactual)[];
  /**
   * All of it as a paragraph for people.
   */
  'summary'?: (string);
  /**
   * What became of the weight set on chain: only with VERIFIED are these the weights that the chain stored.
   */
  'state'?: (_assay_v1_WeightSetState);
  /**
   * Why the weight set failed, as in WeightSetFailure; empty unless the state is FAILED or LOST.
   */
  'failure_reason'?: (string);
}

/**
 * Why a miner got its weight in one weight set.
 */
export interface WeightExplanation__Output {
  /**
   * The weight set's block.
   */
  'block': (number);
  /**
   * Its hash.
   */
  'block_hash': (string);
  /**
   * When it was decided.
   */
  'decided_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * The emission configuration it was decided by.
   */
  'emission_config_version': (number);
  /**
   * Digest of the ledger entry that this was read from, 64 hexadecimal digits.
   */
  'entry_digest': (string);
  /**
   * The UID.
   */
  'miner_uid': (number);
  /**
   * The hotkey whose profile was stored at the UID; empty when there was none.
   */
  'miner_hotkey': (string);
  /**
   * The block since which that hotkey held the UID; 0 without a profile.
   */
  'registered_at_block': (number);
  /**
   * What the UID received, burn included.
   */
  'weight': (number);
  /**
   * Sum of all weights of the set.
   */
  'total_weight': (number);
  /**
   * `weight` as a percentage of it.
   */
  'percentage': (number);
  /**
   * The part of `weight` that is the burn; not 0 only for the burn target.
   */
  'burn_weight': (number);
  /**
   * The rules that hold for the miner as a whole, in the order in which they were asked, up to the first that failed.
   */
  'checks': (_assay_v1_RuleCheck__Output)[];
  /**
   * One for each category of the miner, in the order of the catalogue.
   */
  'pairs': (_assay_v1_PairExplanation__Output)[];
  /**
   * What would change the weight.
   */
  'counterfactuals': (_assay_v1_Counterfactual__Output)[];
  /**
   * All of it as a paragraph for people.
   */
  'summary': (string);
  /**
   * What became of the weight set on chain: only with VERIFIED are these the weights that the chain stored.
   */
  'state': (_assay_v1_WeightSetState__Output);
  /**
   * Why the weight set failed, as in WeightSetFailure; empty unless the state is FAILED or LOST.
   */
  'failure_reason': (string);
}
