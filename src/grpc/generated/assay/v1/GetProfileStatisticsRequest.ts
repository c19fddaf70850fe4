// Original file: proto/assay/v1/profile.proto


/**
 * Asks for the statistics.
 */
export interface GetProfileStatisticsRequest {
}

/**
 * Asks for the statistics.
 */
export interface GetProfileStatisticsRequest__Output {
}
