// Original file: proto/assay/v1/allocation.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { WeightSetState as _assay_v1_WeightSetState, WeightSetState__Output as _assay_v1_WeightSetState__Output } from '../../assay/v1/WeightSetState.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One (miner, category) pair of one weight set.
 */
export interface WeightHistoryEntry {
  /**
   * The weight set's block.
   */
  'block'?: (number | string | Long);
  /**
   * When it was decided.
   */
  'decided_time'?: (_google_protobuf_Timestamp | null);
  /**
   * The UID.
   */
  'miner_uid'?: (number);
  /**
   * The hotkey whose profile was stored there; empty in sets older than the ledger.
   */
  'miner_hotkey'?: (string);
  /**
   * The category key; empty for a miner without any valid GPU.
   */
  'gpu_model'?: (string);
  /**
   * GPUs that counted; for an excluded pair without any, all its GPUs of the category.
   */
  'gpu_count'?: (number);
  /**
   * The miner's score, 0 to 1.
   */
  'score'?: (number | string);
  /**
   * Score in millionths times GPUs; 0 when excluded.
   */
  'basis'?: (number | string | Long);
  /**
   * Sum of score times GPUs over the category.
   */
  'category_total_score'?: (number | string);
  /**
   * Weight units of the category.
   */
  'weight_pool'?: (number | string | Long);
  /**
   * Weight units received from this category.
   */
  'weight'?: (number | string | Long);
  /**
   * Why the pair was left out, for example "STALE"; empty when it took part.
   */
  'exclusion_reason'?: (string);
  /**
   * What became of the weight set on chain: only with VERIFIED is this what the chain stored.
   */
  'state'?: (_assay_v1_WeightSetState);
}

/**
 * One (miner, category) pair of one weight set.
 */
export interface WeightHistoryEntry__Output {
  /**
   * The weight set's block.
   */
  'block': (number);
  /**
   * When it was decided.
   */
  'decided_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * The UID.
   */
  'miner_uid': (number);
  /**
   * The hotkey whose profile was stored there; empty in sets older than the ledger.
   */
  'miner_hotkey': (string);
  /**
   * The category key; empty for a miner without any valid GPU.
   */
  'gpu_model': (string);
  /**
   * GPUs that counted; for an excluded pair without any, all its GPUs of the category.
   */
  'gpu_count': (number);
  /**
   * The miner's score, 0 to 1.
   */
  'score': (number);
  /**
   * Score in millionths times GPUs; 0 when excluded.
   */
  'basis': (number);
  /**
   * Sum of score times GPUs over the category.
   */
  'category_total_score': (number);
  /**
   * Weight units of the category.
   */
  'weight_pool': (number);
  /**
   * Weight units received from this category.
   */
  'weight': (number);
  /**
   * Why the pair was left out, for example "STALE"; empty when it took part.
   */
  'exclusion_reason': (string);
  /**
   * What became of the weight set on chain: only with VERIFIED is this what the chain stored.
   */
  'state': (_assay_v1_WeightSetState__Output);
}
