// Original file: proto/assay/v1/emission_config.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetEmissionConfigRequest as _assay_v1_GetEmissionConfigRequest, GetEmissionConfigRequest__Output as _assay_v1_GetEmissionConfigRequest__Output } from '../../assay/v1/GetEmissionConfigRequest.ts';
import type { GetEmissionConfigResponse as _assay_v1_GetEmissionConfigResponse, GetEmissionConfigResponse__Output as _assay_v1_GetEmissionConfigResponse__Output } from '../../assay/v1/GetEmissionConfigResponse.ts';
import type { UpdateEmissionConfigRequest as _assay_v1_UpdateEmissionConfigRequest, UpdateEmissionConfigRequest__Output as _assay_v1_UpdateEmissionConfigRequest__Output } from '../../assay/v1/UpdateEmissionConfigRequest.ts';
import type { UpdateEmissionConfigResponse as _assay_v1_UpdateEmissionConfigResponse, UpdateEmissionConfigResponse__Output as _assay_v1_UpdateEmissionConfigResponse__Output } from '../../assay/v1/UpdateEmissionConfigResponse.ts';

/**
 * Reads and changes how emission is divided.
 */
export interface EmissionConfigServiceClient extends grpc.Client {
  /**
   * Returns the configuration that the next weight set will use.
   */
  GetEmissionConfig(argument: _assay_v1_GetEmissionConfigRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  GetEmissionConfig(argument: _assay_v1_GetEmissionConfigRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  GetEmissionConfig(argument: _assay_v1_GetEmissionConfigRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  GetEmissionConfig(argument: _assay_v1_GetEmissionConfigRequest, callback: grpc.requestCallback<_assay_v1_GetEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns the configuration that the next weight set will use.
   */
  getEmissionConfig(argument: _assay_v1_GetEmissionConfigRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  getEmissionConfig(argument: _assay_v1_GetEmissionConfigRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  getEmissionConfig(argument: _assay_v1_GetEmissionConfigRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  getEmissionConfig(argument: _assay_v1_GetEmissionConfigRequest, callback: grpc.requestCallback<_assay_v1_GetEmissionConfigResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Replaces the configuration as a new version and says what changed. ABORTED when `etag` is not that of the current
   * version; INVALID_ARGUMENT with one violation per broken rule.
   */
  UpdateEmissionConfig(argument: _assay_v1_UpdateEmissionConfigRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_UpdateEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  UpdateEmissionConfig(argument: _assay_v1_UpdateEmissionConfigRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_UpdateEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  UpdateEmissionConfig(argument: _assay_v1_UpdateEmissionConfigRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_UpdateEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  UpdateEmissionConfig(argument: _assay_v1_UpdateEmissionConfigRequest, callback: grpc.requestCallback<_assay_v1_UpdateEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Replaces the configuration as a new version and says what changed. ABORTED when `etag` is not that of the current
   * version; INVALID_ARGUMENT with one violation per broken rule.
   */
  updateEmissionConfig(argument: _assay_v1_UpdateEmissionConfigRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_UpdateEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  updateEmissionConfig(argument: _assay_v1_UpdateEmissionConfigRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_UpdateEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  updateEmissionConfig(argument: _assay_v1_UpdateEmissionConfigRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_UpdateEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  updateEmissionConfig(argument: _assay_v1_UpdateEmissionConfigRequest, callback: grpc.requestCallback<_assay_v1_UpdateEmissionConfigResponse__Output>): grpc.ClientUnaryCall;

}

/**
 * Reads and changes how emission is divided.
 */
export interface EmissionConfigServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Returns the configuration that the next weight set will use.
   */
  GetEmissionConfig: grpc.handleUnaryCall<_assay_v1_GetEmissionConfigRequest__Output, _assay_v1_GetEmissionConfigResponse>;

  /**
   * Replaces the configuration as a new version and says what changed. ABORTED when `etag` is not that of the current
   * version; INVALID_ARGUMENT with one violation per broken rule.
   */
  UpdateEmissionConfig: grpc.handleUnaryCall<_assay_v1_UpdateEmissionConfigRequest__Output, _assay_v1_UpdateEmissionConfigResponse>;

}

export interface EmissionConfigServiceDefinition extends grpc.ServiceDefinition {
  GetEmissionConfig: MethodDefinition<_assay_v1_GetEmissionConfigRequest, _assay_v1_GetEmissionConfigResponse, _assay_v1_GetEmissionConfigRequest__Output, _assay_v1_GetEmissionConfigResponse__Output>
  UpdateEmissionConfig: MethodDefinition<_assay_v1_UpdateEmissionConfigRequest, _assay_v1_UpdateEmissionConfigResponse, _assay_v1_UpdateEmissionConfigRequest__Output, _assay_v1_UpdateEmissionConfigResponse__Output>
}
