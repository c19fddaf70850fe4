// Original file: proto/assay/v1/allocation.proto


/**
 * Asks for every weight set from now on.
 */
export interface WatchWeightSetsRequest {
}

/**
 * Asks for every weight set from now on.
 */
export interface WatchWeightSetsRequest__Output {
}
