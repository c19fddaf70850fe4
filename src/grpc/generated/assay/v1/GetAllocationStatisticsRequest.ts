// Original file: proto/assay/v1/allocation.proto


/**
 * Asks for the statistics.
 */
export interface GetAllocationStatisticsRequest {
}

/**
 * Asks for the statistics.
 */
export interface GetAllocationStatisticsRequest__Output {
}
