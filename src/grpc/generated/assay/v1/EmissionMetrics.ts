// Original file: proto/assay/v1/allocation.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { CategoryDistribution as _assay_v1_CategoryDistribution, CategoryDistribution__Output as _assay_v1_CategoryDistribution__Output } from '../../assay/v1/CategoryDistribution.ts';
import type { WeightSetState as _assay_v1_WeightSetState, WeightSetState__Output as _assay_v1_WeightSetState__Output } from '../../assay/v1/WeightSetState.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What one weight set came to.
 */
export interface EmissionMetrics {
  /**
   * The weight set's block.
   */
  'weight_set_block'?: (number | string | Long);
  /**
   * When it was decided.
   */
  'decided_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Weight units burned.
   */
  'burn_amount'?: (number | string | Long);
  /**
   * Effective percentage of the total.
   */
  'burn_percentage'?: (number | string);
  /**
   * Miners with a positive weight, each counted once.
   */
  'total_miners'?: (number);
  /**
   * Every configured category, in the order of the catalogue.
   */
  'categories'?: (_assay_v1_CategoryDistribution)[];
  /**
   * What became of the weight set on chain: only with VERIFIED is this what the chain stored.
   */
  'state'?: (_assay_v1_WeightSetState);
}

/**
 * What one weight set came to.
 */
export interface EmissionMetrics__Output {
  /**
   * The weight set's block.
   */
  'weight_set_block': (number);
  /**
   * When it was decided.
   */
  'decided_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Weight units burned.
   */
  'burn_amount': (number);
  /**
   * Effective percentage of the total.
   */
  'burn_percentage': (number);
  /**
   * Miners with a positive weight, each counted once.
   */
  'total_miners': (number);
  /**
   * Every configured category, in the order of the catalogue.
   */
  'categories': (_assay_v1_CategoryDistribution__Output)[];
  /**
   * What became of the weight set on chain: only with VERIFIED is this what the chain stored.
   */
  'state': (_assay_v1_WeightSetState__Output);
}
