// Original file: proto/assay/v1/allocation.proto

import type { WeightHistoryEntry as _assay_v1_WeightHistoryEntry, WeightHistoryEntry__Output as _assay_v1_WeightHistoryEntry__Output } from '../../assay/v1/WeightHistoryEntry.ts';

/**
 * A page of the weight history.
 */
export interface ListWeightHistoryResponse {
  /**
   * The pairs.
   */
  'entries'?: (_assay_v1_WeightHistoryEntry)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token'?: (string);
}

/**
 * A page of the weight history.
 */
export interface ListWeightHistoryResponse__Output {
  /**
   * The pairs.
   */
  'entries': (_assay_v1_WeightHistoryEntry__Output)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token': (string);
}
