// Original file: proto/assay/v1/emission_config.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetEmissionConfigRequest as _assay_v1_GetEmissionConfigRequest, GetEmissionConfigRequest__Output as _assay_v1_GetEmissionConfigRequest__Output } from '../../assay/v1/GetEmissionConfigRequest.ts';
import type { GetEmissionConfigResponse as _assay_v1_GetEmissionConfigResponse, GetEmissionConfigResponse__Output as _assay_v1_GetEmissionConfigResponse__Output } from '../../assay/v1/GetEmissionConfigResponse.ts';
import type { ListEmissionConfigsRequest as _assay_v1_ListEmissionConfigsRequest, ListEmissionConfigsRequest__Output as _assay_v1_ListEmissionConfigsRequest__Output } from '../../assay/v1/ListEmissionConfigsRequest.ts';
import type { ListEmissionConfigsResponse as _assay_v1_ListEmissionConfigsResponse, ListEmissionConfigsResponse__Output as _assay_v1_ListEmissionConfigsResponse__Output } from '../../assay/v1/ListEmissionConfigsResponse.ts';
import type { RestoreEmissionConfigRequest as _assay_v1_RestoreEmissionConfigRequest, RestoreEmissionConfigRequest__Output as _assay_v1_RestoreEmissionConfigRequest__Output } from '../../assay/v1/RestoreEmissionConfigRequest.ts';
import type { RestoreEmissionConfigResponse as _assay_v1_RestoreEmissionConfigResponse, RestoreEmissionConfigResponse__Output as _assay_v1_RestoreEmissionConfigResponse__Output } from '../../assay/v1/RestoreEmissionConfigResponse.ts';
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
   * Lists every version that was ever accepted, newest first.
   */
  ListEmissionConfigs(argument: _assay_v1_ListEmissionConfigsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListEmissionConfigsResponse__Output>): grpc.ClientUnaryCall;
  ListEmissionConfigs(argument: _assay_v1_ListEmissionConfigsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListEmissionConfigsResponse__Output>): grpc.ClientUnaryCall;
  ListEmissionConfigs(argument: _assay_v1_ListEmissionConfigsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListEmissionConfigsResponse__Output>): grpc.ClientUnaryCall;
  ListEmissionConfigs(argument: _assay_v1_ListEmissionConfigsRequest, callback: grpc.requestCallback<_assay_v1_ListEmissionConfigsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists every version that was ever accepted, newest first.
   */
  listEmissionConfigs(argument: _assay_v1_ListEmissionConfigsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListEmissionConfigsResponse__Output>): grpc.ClientUnaryCall;
  listEmissionConfigs(argument: _assay_v1_ListEmissionConfigsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListEmissionConfigsResponse__Output>): grpc.ClientUnaryCall;
  listEmissionConfigs(argument: _assay_v1_ListEmissionConfigsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListEmissionConfigsResponse__Output>): grpc.ClientUnaryCall;
  listEmissionConfigs(argument: _assay_v1_ListEmissionConfigsRequest, callback: grpc.requestCallback<_assay_v1_ListEmissionConfigsResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Makes the configuration of an old version current again, as a new version. NOT_FOUND when there is no such version;
   * otherwise as UpdateEmissionConfig.
   */
  RestoreEmissionConfig(argument: _assay_v1_RestoreEmissionConfigRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_RestoreEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  RestoreEmissionConfig(argument: _assay_v1_RestoreEmissionConfigRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_RestoreEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  RestoreEmissionConfig(argument: _assay_v1_RestoreEmissionConfigRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_RestoreEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  RestoreEmissionConfig(argument: _assay_v1_RestoreEmissionConfigRequest, callback: grpc.requestCallback<_assay_v1_RestoreEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes the configuration of an old version current again, as a new version. NOT_FOUND when there is no such version;
   * otherwise as UpdateEmissionConfig.
   */
  restoreEmissionConfig(argument: _assay_v1_RestoreEmissionConfigRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_RestoreEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  restoreEmissionConfig(argument: _assay_v1_RestoreEmissionConfigRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_RestoreEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  restoreEmissionConfig(argument: _assay_v1_RestoreEmissionConfigRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_RestoreEmissionConfigResponse__Output>): grpc.ClientUnaryCall;
  restoreEmissionConfig(argument: _assay_v1_RestoreEmissionConfigRequest, callback: grpc.requestCallback<_assay_v1_RestoreEmissionConfigResponse__Output>): grpc.ClientUnaryCall;

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
   * Lists every version that was ever accepted, newest first.
   */
  ListEmissionConfigs: grpc.handleUnaryCall<_assay_v1_ListEmissionConfigsRequest__Output, _assay_v1_ListEmissionConfigsResponse>;

  /**
   * Makes the configuration of an old version current again, as a new version. NOT_FOUND when there is no such version;
   * otherwise as UpdateEmissionConfig.
   */
  RestoreEmissionConfig: grpc.handleUnaryCall<_assay_v1_RestoreEmissionConfigRequest__Output, _assay_v1_RestoreEmissionConfigResponse>;

  /**
   * Replaces the configuration as a new version and says what changed. ABORTED when `etag` is not that of the current
   * version; INVALID_ARGUMENT with one violation per broken rule.
   */
  UpdateEmissionConfig: grpc.handleUnaryCall<_assay_v1_UpdateEmissionConfigRequest__Output, _assay_v1_UpdateEmissionConfigResponse>;

}

export interface EmissionConfigServiceDefinition extends grpc.ServiceDefinition {
  GetEmissionConfig: MethodDefinition<_assay_v1_GetEmissionConfigRequest, _assay_v1_GetEmissionConfigResponse, _assay_v1_GetEmissionConfigRequest__Output, _assay_v1_GetEmissionConfigResponse__Output>
  ListEmissionConfigs: MethodDefinition<_assay_v1_ListEmissionConfigsRequest, _assay_v1_ListEmissionConfigsResponse, _assay_v1_ListEmissionConfigsRequest__Output, _assay_v1_ListEmissionConfigsResponse__Output>
  RestoreEmissionConfig: MethodDefinition<_assay_v1_RestoreEmissionConfigRequest, _assay_v1_RestoreEmissionConfigResponse, _assay_v1_RestoreEmissionConfigRequest__Output, _assay_v1_RestoreEmissionConfigResponse__Output>
  UpdateEmissionConfig: MethodDefinition<_assay_v1_UpdateEmissionConfigRequest, _assay_v1_UpdateEmissionConfigResponse, _assay_v1_UpdateEmissionConfigRequest__Output, _assay_v1_UpdateEmissionConfigResponse__Output>
}
