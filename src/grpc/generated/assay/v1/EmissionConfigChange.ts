// Original file: proto/assay/v1/emission_config.proto


/**
 * One field that differs.
 */
export interface EmissionConfigChange {
  /**
   * Path of the field, for example "gpu_allocations.H100.weight".
   */
  'field'?: (string);
  /**
   * Value before, empty when it was not there.
   */
  'old_value'?: (string);
  /**
   * Value after, empty when it is gone.
   */
  'new_value'?: (string);
}

/**
 * One field that differs.
 */
export interface EmissionConfigChange__Output {
  /**
   * Path of the field, for example "gpu_allocations.H100.weight".
   */
  'field': (string);
  /**
   * Value before, empty when it was not there.
   */
  'old_value': (string);
  /**
   * Value after, empty when it is gone.
   */
  'new_value': (string);
}
