// Original file: proto/assay/v1/operations.proto


/**
 * Asks for the status.
 */
export interface GetStatusRequest {
}

/**
 * Asks for the status.
 */
export interface GetStatusRequest__Output {
}
