// Original file: proto/assay/v1/emission_config.proto

import type { CategoryImpact as _assay_v1_CategoryImpact, CategoryImpact__Output as _assay_v1_CategoryImpact__Output } from '../../assay/v1/CategoryImpact.ts';
import type { MinerImpact as _assay_v1_MinerImpact, MinerImpact__Output as _assay_v1_MinerImpact__Output } from '../../assay/v1/MinerImpact.ts';

/**
 * What a configuration changes against the current one, calculated with the profiles and the metagraph of this moment.
 */
export interface EmissionImpact {
  /**
   * Effective burn before, in percent of the total.
   */
  'old_burn_percentage'?: (number | string);
  /**
   * And after.
   */
  'new_burn_percentage'?: (number | string);
  /**
   * Every category that either configuration rewards, in the order of the catalogue.
   */
  'categories'?: (_assay_v1_CategoryImpact)[];
  /**
   * The ten miners whose part of the total changes most, the largest change first; none whose part stays.
   */
  'miners'?: (_assay_v1_MinerImpact)[];
}

/**
 * What a configuration changes against the current one, calculated with the profiles and the metagraph of this moment.
 */
export interface EmissionImpact__Output {
  /**
   * Effective burn before, in percent of the total.
   */
  'old_burn_percentage': (number);
  /**
   * And after.
   */
  'new_burn_percentage': (number);
  /**
   * Every category that either configuration rewards, in the order of the catalogue.
   */
  'categories': (_assay_v1_CategoryImpact__Output)[];
  /**
   * The ten miners whose part of the total changes most, the largest change first; none whose part stays.
   */
  'miners': (_assay_v1_MinerImpact__Output)[];
}
