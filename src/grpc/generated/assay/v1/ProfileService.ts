// Original file: proto/assay/v1/profile.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetProfileRequest as _assay_v1_GetProfileRequest, GetProfileRequest__Output as _assay_v1_GetProfileRequest__Output } from '../../assay/v1/GetProfileRequest.ts';
import type { GetProfileResponse as _assay_v1_GetProfileResponse, GetProfileResponse__Output as _assay_v1_GetProfileResponse__Output } from '../../assay/v1/GetProfileResponse.ts';
import type { ListProfilesRequest as _assay_v1_ListProfilesRequest, ListProfilesRequest__Output as _assay_v1_ListProfilesRequest__Output } from '../../assay/v1/ListProfilesRequest.ts';
import type { ListProfilesResponse as _assay_v1_ListProfilesResponse, ListProfilesResponse__Output as _assay_v1_ListProfilesResponse__Output } from '../../assay/v1/ListProfilesResponse.ts';

/**
 * Reads what is known of miners.
 */
export interface ProfileServiceClient extends grpc.Client {
  /**
   * Returns one miner's profile. NOT_FOUND when no report of the miner now registered at the UID was ever applied.
   */
  GetProfile(argument: _assay_v1_GetProfileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetProfileResponse__Output>): grpc.ClientUnaryCall;
  GetProfile(argument: _assay_v1_GetProfileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetProfileResponse__Output>): grpc.ClientUnaryCall;
  GetProfile(argument: _assay_v1_GetProfileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetProfileResponse__Output>): grpc.ClientUnaryCall;
  GetProfile(argument: _assay_v1_GetProfileRequest, callback: grpc.requestCallback<_assay_v1_GetProfileResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns one miner's profile. NOT_FOUND when no report of the miner now registered at the UID was ever applied.
   */
  getProfile(argument: _assay_v1_GetProfileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetProfileResponse__Output>): grpc.ClientUnaryCall;
  getProfile(argument: _assay_v1_GetProfileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetProfileResponse__Output>): grpc.ClientUnaryCall;
  getProfile(argument: _assay_v1_GetProfileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetProfileResponse__Output>): grpc.ClientUnaryCall;
  getProfile(argument: _assay_v1_GetProfileRequest, callback: grpc.requestCallback<_assay_v1_GetProfileResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Lists profiles by rising UID, without their executors.
   */
  ListProfiles(argument: _assay_v1_ListProfilesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListProfilesResponse__Output>): grpc.ClientUnaryCall;
  ListProfiles(argument: _assay_v1_ListProfilesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListProfilesResponse__Output>): grpc.ClientUnaryCall;
  ListProfiles(argument: _assay_v1_ListProfilesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListProfilesResponse__Output>): grpc.ClientUnaryCall;
  ListProfiles(argument: _assay_v1_ListProfilesRequest, callback: grpc.requestCallback<_assay_v1_ListProfilesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists profiles by rising UID, without their executors.
   */
  listProfiles(argument: _assay_v1_ListProfilesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListProfilesResponse__Output>): grpc.ClientUnaryCall;
  listProfiles(argument: _assay_v1_ListProfilesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListProfilesResponse__Output>): grpc.ClientUnaryCall;
  listProfiles(argument: _assay_v1_ListProfilesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListProfilesResponse__Output>): grpc.ClientUnaryCall;
  listProfiles(argument: _assay_v1_ListProfilesRequest, callback: grpc.requestCallback<_assay_v1_ListProfilesResponse__Output>): grpc.ClientUnaryCall;

}

/**
 * Reads what is known of miners.
 */
export interface ProfileServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Returns one miner's profile. NOT_FOUND when no report of the miner now registered at the UID was ever applied.
   */
  GetProfile: grpc.handleUnaryCall<_assay_v1_GetProfileRequest__Output, _assay_v1_GetProfileResponse>;

  /**
   * Lists profiles by rising UID, without their executors.
   */
  ListProfiles: grpc.handleUnaryCall<_assay_v1_ListProfilesRequest__Output, _assay_v1_ListProfilesResponse>;

}

export interface ProfileServiceDefinition extends grpc.ServiceDefinition {
  GetProfile: MethodDefinition<_assay_v1_GetProfileRequest, _assay_v1_GetProfileResponse, _assay_v1_GetProfileRequest__Output, _assay_v1_GetProfileResponse__Output>
  ListProfiles: MethodDefinition<_assay_v1_ListProfilesRequest, _assay_v1_ListProfilesResponse, _assay_v1_ListProfilesRequest__Output, _assay_v1_ListProfilesResponse__Output>
}
