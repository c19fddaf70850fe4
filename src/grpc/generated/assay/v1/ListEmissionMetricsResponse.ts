// Original file: proto/assay/v1/allocation.proto

import type { EmissionMetrics as _assay_v1_EmissionMetrics, EmissionMetrics__Output as _assay_v1_EmissionMetrics__Output } from '../../assay/v1/EmissionMetrics.ts';

/**
 * A page of emission metrics.
 */
export interface ListEmissionMetricsResponse {
  /**
   * The metrics.
   */
  'metrics'?: (_assay_v1_EmissionMetrics)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token'?: (string);
}

/**
 * A page of emission metrics.
 */
export interface ListEmissionMetricsResponse__Output {
  /**
   * The metrics.
   */
  'metrics': (_assay_v1_EmissionMetrics__Output)[];
  /**
   * Token of the next page; empty on the last.
   */
  'next_page_token': (string);
}
