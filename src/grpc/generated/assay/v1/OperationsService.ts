// Original file: proto/assay/v1/operations.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetStatusRequest as _assay_v1_GetStatusRequest, GetStatusRequest__Output as _assay_v1_GetStatusRequest__Output } from '../../assay/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _assay_v1_GetStatusResponse, GetStatusResponse__Output as _assay_v1_GetStatusResponse__Output } from '../../assay/v1/GetStatusResponse.ts';
import type { SetWeightsRequest as _assay_v1_SetWeightsRequest, SetWeightsRequest__Output as _assay_v1_SetWeightsRequest__Output } from '../../assay/v1/SetWeightsRequest.ts';
import type { SetWeightsResponse as _assay_v1_SetWeightsResponse, SetWeightsResponse__Output as _assay_v1_SetWeightsResponse__Output } from '../../assay/v1/SetWeightsResponse.ts';

/**
 * For the people who run the service.
 */
export interface OperationsServiceClient extends grpc.Client {
  /**
   * Says in one answer whether the service does its work.
   */
  GetStatus(argument: _assay_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _assay_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _assay_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _assay_v1_GetStatusRequest, callback: grpc.requestCallback<_assay_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says in one answer whether the service does its work.
   */
  getStatus(argument: _assay_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _assay_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _assay_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _assay_v1_GetStatusRequest, callback: grpc.requestCallback<_assay_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Sets weights now. FAILED_PRECONDITION, with the block at which it becomes possible, when the interval has not passed;
   * ABORTED when a weight set is under way. Answers when the set has ended, verified or failed; with commit-reveal already
   * when the commitment is on chain (COMMITTED), or the set has failed before: WatchWeightSets tells of the reveal and what
   * comes of it. When the outcome is not known, for example because the chain stopped answering, it answers with the state
   * reached; the service then asks the chain at every head.
   */
  SetWeights(argument: _assay_v1_SetWeightsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_SetWeightsResponse__Output>): grpc.ClientUnaryCall;
  SetWeights(argument: _assay_v1_SetWeightsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_SetWeightsResponse__Output>): grpc.ClientUnaryCall;
  SetWeights(argument: _assay_v1_SetWeightsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_SetWeightsResponse__Output>): grpc.ClientUnaryCall;
  SetWeights(argument: _assay_v1_SetWeightsRequest, callback: grpc.requestCallback<_assay_v1_SetWeightsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Sets weights now. FAILED_PRECONDITION, with the block at which it becomes possible, when the interval has not passed;
   * ABORTED when a weight set is under way. Answers when the set has ended, verified or failed; with commit-reveal already
   * when the commitment is on chain (COMMITTED), or the set has failed before: WatchWeightSets tells of the reveal and what
   * comes of it. When the outcome is not known, for example because the chain stopped answering, it answers with the state
   * reached; the service then asks the chain at every head.
   */
  setWeights(argument: _assay_v1_SetWeightsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_SetWeightsResponse__Output>): grpc.ClientUnaryCall;
  setWeights(argument: _assay_v1_SetWeightsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_SetWeightsResponse__Output>): grpc.ClientUnaryCall;
  setWeights(argument: _assay_v1_SetWeightsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_SetWeightsResponse__Output>): grpc.ClientUnaryCall;
  setWeights(argument: _assay_v1_SetWeightsRequest, callback: grpc.requestCallback<_assay_v1_SetWeightsResponse__Output>): grpc.ClientUnaryCall;

}

/**
 * For the people who run the service.
 */
export interface OperationsServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Says in one answer whether the service does its work.
   */
  GetStatus: grpc.handleUnaryCall<_assay_v1_GetStatusRequest__Output, _assay_v1_GetStatusResponse>;

  /**
   * Sets weights now. FAILED_PRECONDITION, with the block at which it becomes possible, when the interval has not passed;
   * ABORTED when a weight set is under way. Answers when the set has ended, verified or failed; with commit-reveal already
   * when the commitment is on chain (COMMITTED), or the set has failed before: WatchWeightSets tells of the reveal and what
   * comes of it. When the outcome is not known, for example because the chain stopped answering, it answers with the state
   * reached; the service then asks the chain at every head.
   */
  SetWeights: grpc.handleUnaryCall<_assay_v1_SetWeightsRequest__Output, _assay_v1_SetWeightsResponse>;

}

export interface OperationsServiceDefinition extends grpc.ServiceDefinition {
  GetStatus: MethodDefinition<_assay_v1_GetStatusRequest, _assay_v1_GetStatusResponse, _assay_v1_GetStatusRequest__Output, _assay_v1_GetStatusResponse__Output>
  SetWeights: MethodDefinition<_assay_v1_SetWeightsRequest, _assay_v1_SetWeightsResponse, _assay_v1_SetWeightsRequest__Output, _assay_v1_SetWeightsResponse__Output>
}
