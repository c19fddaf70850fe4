// Original file: proto/assay/v1/emission_config.proto


/**
 * Asks for the current configuration.
 */
export interface GetEmissionConfigRequest {
}

/**
 * Asks for the current configuration.
 */
export interface GetEmissionConfigRequest__Output {
}
