// Original file: proto/assay/v1/allocation.proto

import type { RuleCheck as _assay_v1_RuleCheck, RuleCheck__Output as _assay_v1_RuleCheck__Output } from '../../assay/v1/RuleCheck.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One category of a miner in one weight set.
 */
export interface PairExplanation {
  /**
   * The category key; empty for a miner without any valid GPU.
   */
  'gpu_model'?: (string);
  /**
   * GPUs that counted; for an excluded pair without any, all its GPUs of the category.
   */
  'gpu_count'?: (number);
  /**
   * The miner's score, 0 to 1, in millionths.
   */
  'score'?: (number | string);
  /**
   * Score in millionths times GPUs; 0 when excluded.
   */
  'basis'?: (number | string | Long);
  /**
   * Sum of the basis over the category.
   */
  'category_total_basis'?: (number | string | Long);
  /**
   * Part of the category's pool that the basis is worth, in percent.
   */
  'share_percentage'?: (number | string);
  /**
   * Weight units of the category.
   */
  'weight_pool'?: (number | string | Long);
  /**
   * The exact part before rounding, in weight units.
   */
  'exact_weight'?: (number | string);
  /**
   * Weight units received.
   */
  'weight'?: (number | string | Long);
  /**
   * `weight` minus `exact_weight`: what rounding and the positive floor gave or took.
   */
  'rounding'?: (number | string);
  /**
   * Why the pair was left out, for example "BELOW_MIN_SCORE"; empty when it took part.
   */
  'exclusion_reason'?: (string);
  /**
   * The rules that hold for the pair, in the order in which they were asked, up to the first that failed.
   */
  'checks'?: (_assay_v1_RuleCheck)[];
}

/**
 * One category of a miner in one weight set.
 */
export interface PairExplanation__Output {
  /**
   * The category key; empty for a miner without any valid GPU.
   */
  'gpu_model': (string);
  /**
   * GPUs that counted; for an excluded pair without any, all its GPUs of the category.
   */
  'gpu_count': (number);
  /**
   * The miner's score, 0 to 1, in millionths.
   */
  'score': (number);
  /**
   * Score in millionths times GPUs; 0 when excluded.
   */
  'basis': (number);
  /**
   * Sum of the basis over the category.
   */
  'category_total_basis': (number);
  /**
   * Part of the category's pool that the basis is worth, in percent.
   */
  'share_percentage': (number);
  /**
   * Weight units of the category.
   */
  'weight_pool': (number);
  /**
   * The exact part before rounding, in weight units.
   */
  'exact_weight': (number);
  /**
   * Weight units received.
   */
  'weight': (number);
  /**
   * `weight` minus `exact_weight`: what rounding and the positive floor gave or took.
   */
  'rounding': (number);
  /**
   * Why the pair was left out, for example "BELOW_MIN_SCORE"; empty when it took part.
   */
  'exclusion_reason': (string);
  /**
   * The rules that hold for the pair, in the order in which they were asked, up to the first that failed.
   */
  'checks': (_assay_v1_RuleCheck__Output)[];
}
