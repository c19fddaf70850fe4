// Original file: proto/assay/v1/verification.proto

import type { RefusalReason as _assay_v1_RefusalReason, RefusalReason__Output as _assay_v1_RefusalReason__Output } from '../../assay/v1/RefusalReason.ts';

/**
 * Why a report was refused, for machines and people.
 */
export interface Refusal {
  /**
   * The reason.
   */
  'reason'?: (_assay_v1_RefusalReason);
  /**
   * Path of the field, for example "executors[3].hardware_score".
   */
  'field'?: (string);
  /**
   * The value that was sent, shortened to 64 characters.
   */
  'value'?: (string);
  /**
   * The rule that it breaks, for example "is a number from 0 to 1".
   */
  'rule'?: (string);
}

/**
 * Why a report was refused, for machines and people.
 */
export interface Refusal__Output {
  /**
   * The reason.
   */
  'reason': (_assay_v1_RefusalReason__Output);
  /**
   * Path of the field, for example "executors[3].hardware_score".
   */
  'field': (string);
  /**
   * The value that was sent, shortened to 64 characters.
   */
  'value': (string);
  /**
   * The rule that it breaks, for example "is a number from 0 to 1".
   */
  'rule': (string);
}
