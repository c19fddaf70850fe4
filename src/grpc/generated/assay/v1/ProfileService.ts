// Original file: proto/assay/v1/profile.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DeleteProfileRequest as _assay_v1_DeleteProfileRequest, DeleteProfileRequest__Output as _assay_v1_DeleteProfileRequest__Output } from '../../assay/v1/DeleteProfileRequest.ts';
import type { DeleteProfileResponse as _assay_v1_DeleteProfileResponse, DeleteProfileResponse__Output as _assay_v1_DeleteProfileResponse__Output } from '../../assay/v1/DeleteProfileResponse.ts';
import type { GetProfileRequest as _assay_v1_GetProfileRequest, GetProfileRequest__Output as _assay_v1_GetProfileRequest__Output } from '../../assay/v1/GetProfileRequest.ts';
import type { GetProfileResponse as _assay_v1_GetProfileResponse, GetProfileResponse__Output as _assay_v1_GetProfileResponse__Output } from '../../assay/v1/GetProfileResponse.ts';
import type { GetProfileStatisticsRequest as _assay_v1_GetProfileStatisticsRequest, GetProfileStatisticsRequest__Output as _assay_v1_GetProfileStatisticsRequest__Output } from '../../assay/v1/GetProfileStatisticsRequest.ts';
import type { GetProfileStatisticsResponse as _assay_v1_GetProfileStatisticsResponse, GetProfileStatisticsResponse__Output as _assay_v1_GetProfileStatisticsResponse__Output } from '../../assay/v1/GetProfileStatisticsResponse.ts';
import type { ListProfilesRequest as _assay_v1_ListProfilesRequest, ListProfilesRequest__Output as _assay_v1_ListProfilesRequest__Output } from '../../assay/v1/ListProfilesRequest.ts';
import type { ListProfilesResponse as _assay_v1_ListProfilesResponse, ListProfilesResponse__Output as _assay_v1_ListProfilesResponse__Output } from '../../assay/v1/ListProfilesResponse.ts';
import type { ListVerificationResultsRequest as _assay_v1_ListVerificationResultsRequest, ListVerificationResultsRequest__Output as _assay_v1_ListVerificationResultsRequest__Output } from '../../assay/v1/ListVerificationResultsRequest.ts';
import type { ListVerificationResultsResponse as _assay_v1_ListVerificationResultsResponse, ListVerificationResultsResponse__Output as _assay_v1_ListVerificationResultsResponse__Output } from '../../assay/v1/ListVerificationResultsResponse.ts';

/**
 * Reads what is known of miners, and forgets it.
 */
export interface ProfileServiceClient extends grpc.Client {
  /**
   * Deletes the profile stored at a UID, whoever it belongs to, with its machines; the next report begins a new one. What
   * provers reported and what was paid stays. NOT_FOUND when there is none.
   */
  DeleteProfile(argument: _assay_v1_DeleteProfileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_DeleteProfileResponse__Output>): grpc.ClientUnaryCall;
  DeleteProfile(argument: _assay_v1_DeleteProfileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_DeleteProfileResponse__Output>): grpc.ClientUnaryCall;
  DeleteProfile(argument: _assay_v1_DeleteProfileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_DeleteProfileResponse__Output>): grpc.ClientUnaryCall;
  DeleteProfile(argument: _assay_v1_DeleteProfileRequest, callback: grpc.requestCallback<_assay_v1_DeleteProfileResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Deletes the profile stored at a UID, whoever it belongs to, with its machines; the next report begins a new one. What
   * provers reported and what was paid stays. NOT_FOUND when there is none.
   */
  deleteProfile(argument: _assay_v1_DeleteProfileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_DeleteProfileResponse__Output>): grpc.ClientUnaryCall;
  deleteProfile(argument: _assay_v1_DeleteProfileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_DeleteProfileResponse__Output>): grpc.ClientUnaryCall;
  deleteProfile(argument: _assay_v1_DeleteProfileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_DeleteProfileResponse__Output>): grpc.ClientUnaryCall;
  deleteProfile(argument: _assay_v1_DeleteProfileRequest, callback: grpc.requestCallback<_assay_v1_DeleteProfileResponse__Output>): grpc.ClientUnaryCall;

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
   * Says what all profiles together come to.
   */
  GetProfileStatistics(argument: _assay_v1_GetProfileStatisticsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetProfileStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetProfileStatistics(argument: _assay_v1_GetProfileStatisticsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetProfileStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetProfileStatistics(argument: _assay_v1_GetProfileStatisticsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetProfileStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetProfileStatistics(argument: _assay_v1_GetProfileStatisticsRequest, callback: grpc.requestCallback<_assay_v1_GetProfileStatisticsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says what all profiles together come to.
   */
  getProfileStatistics(argument: _assay_v1_GetProfileStatisticsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetProfileStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getProfileStatistics(argument: _assay_v1_GetProfileStatisticsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetProfileStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getProfileStatistics(argument: _assay_v1_GetProfileStatisticsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetProfileStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getProfileStatistics(argument: _assay_v1_GetProfileStatisticsRequest, callback: grpc.requestCallback<_assay_v1_GetProfileStatisticsResponse__Output>): grpc.ClientUnaryCall;

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

  /**
   * Lists what provers reported, newest verification first: one result for each group of GPUs of each machine.
   */
  ListVerificationResults(argument: _assay_v1_ListVerificationResultsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListVerificationResultsResponse__Output>): grpc.ClientUnaryCall;
  ListVerificationResults(argument: _assay_v1_ListVerificationResultsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListVerificationResultsResponse__Output>): grpc.ClientUnaryCall;
  ListVerificationResults(argument: _assay_v1_ListVerificationResultsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListVerificationResultsResponse__Output>): grpc.ClientUnaryCall;
  ListVerificationResults(argument: _assay_v1_ListVerificationResultsRequest, callback: grpc.requestCallback<_assay_v1_ListVerificationResultsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists what provers reported, newest verification first: one result for each group of GPUs of each machine.
   */
  listVerificationResults(argument: _assay_v1_ListVerificationResultsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListVerificationResultsResponse__Output>): grpc.ClientUnaryCall;
  listVerificationResults(argument: _assay_v1_ListVerificationResultsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListVerificationResultsResponse__Output>): grpc.ClientUnaryCall;
  listVerificationResults(argument: _assay_v1_ListVerificationResultsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListVerificationResultsResponse__Output>): grpc.ClientUnaryCall;
  listVerificationResults(argument: _assay_v1_ListVerificationResultsRequest, callback: grpc.requestCallback<_assay_v1_ListVerificationResultsResponse__Output>): grpc.ClientUnaryCall;

}

/**
 * Reads what is known of miners, and forgets it.
 */
export interface ProfileServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Deletes the profile stored at a UID, whoever it belongs to, with its machines; the next report begins a new one. What
   * provers reported and what was paid stays. NOT_FOUND when there is none.
   */
  DeleteProfile: grpc.handleUnaryCall<_assay_v1_DeleteProfileRequest__Output, _assay_v1_DeleteProfileResponse>;

  /**
   * Returns one miner's profile. NOT_FOUND when no report of the miner now registered at the UID was ever applied.
   */
  GetProfile: grpc.handleUnaryCall<_assay_v1_GetProfileRequest__Output, _assay_v1_GetProfileResponse>;

  /**
   * Says what all profiles together come to.
   */
  GetProfileStatistics: grpc.handleUnaryCall<_assay_v1_GetProfileStatisticsRequest__Output, _assay_v1_GetProfileStatisticsResponse>;

  /**
   * Lists profiles by rising UID, without their executors.
   */
  ListProfiles: grpc.handleUnaryCall<_assay_v1_ListProfilesRequest__Output, _assay_v1_ListProfilesResponse>;

  /**
   * Lists what provers reported, newest verification first: one result for each group of GPUs of each machine.
   */
  ListVerificationResults: grpc.handleUnaryCall<_assay_v1_ListVerificationResultsRequest__Output, _assay_v1_ListVerificationResultsResponse>;

}

export interface ProfileServiceDefinition extends grpc.ServiceDefinition {
  DeleteProfile: MethodDefinition<_assay_v1_DeleteProfileRequest, _assay_v1_DeleteProfileResponse, _assay_v1_DeleteProfileRequest__Output, _assay_v1_DeleteProfileResponse__Output>
  GetProfile: MethodDefinition<_assay_v1_GetProfileRequest, _assay_v1_GetProfileResponse, _assay_v1_GetProfileRequest__Output, _assay_v1_GetProfileResponse__Output>
  GetProfileStatistics: MethodDefinition<_assay_v1_GetProfileStatisticsRequest, _assay_v1_GetProfileStatisticsResponse, _assay_v1_GetProfileStatisticsRequest__Output, _assay_v1_GetProfileStatisticsResponse__Output>
  ListProfiles: MethodDefinition<_assay_v1_ListProfilesRequest, _assay_v1_ListProfilesResponse, _assay_v1_ListProfilesRequest__Output, _assay_v1_ListProfilesResponse__Output>
  ListVerificationResults: MethodDefinition<_assay_v1_ListVerificationResultsRequest, _assay_v1_ListVerificationResultsResponse, _assay_v1_ListVerificationResultsRequest__Output, _assay_v1_ListVerificationResultsResponse__Output>
}
