import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { DeleteProfileRequest as _assay_v1_DeleteProfileRequest, DeleteProfileRequest__Output as _assay_v1_DeleteProfileRequest__Output } from './assay/v1/DeleteProfileRequest.ts';
import type { DeleteProfileResponse as _assay_v1_DeleteProfileResponse, DeleteProfileResponse__Output as _assay_v1_DeleteProfileResponse__Output } from './assay/v1/DeleteProfileResponse.ts';
import type { ExecutorGpus as _assay_v1_ExecutorGpus, ExecutorGpus__Output as _assay_v1_ExecutorGpus__Output } from './assay/v1/ExecutorGpus.ts';
import type { ExecutorProfile as _assay_v1_ExecutorProfile, ExecutorProfile__Output as _assay_v1_ExecutorProfile__Output } from './assay/v1/ExecutorProfile.ts';
import type { GetProfileRequest as _assay_v1_GetProfileRequest, GetProfileRequest__Output as _assay_v1_GetProfileRequest__Output } from './assay/v1/GetProfileRequest.ts';
import type { GetProfileResponse as _assay_v1_GetProfileResponse, GetProfileResponse__Output as _assay_v1_GetProfileResponse__Output } from './assay/v1/GetProfileResponse.ts';
import type { GetProfileStatisticsRequest as _assay_v1_GetProfileStatisticsRequest, GetProfileStatisticsRequest__Output as _assay_v1_GetProfileStatisticsRequest__Output } from './assay/v1/GetProfileStatisticsRequest.ts';
import type { GetProfileStatisticsResponse as _assay_v1_GetProfileStatisticsResponse, GetProfileStatisticsResponse__Output as _assay_v1_GetProfileStatisticsResponse__Output } from './assay/v1/GetProfileStatisticsResponse.ts';
import type { ListProfilesRequest as _assay_v1_ListProfilesRequest, ListProfilesRequest__Output as _assay_v1_ListProfilesRequest__Output } from './assay/v1/ListProfilesRequest.ts';
import type { ListProfilesResponse as _assay_v1_ListProfilesResponse, ListProfilesResponse__Output as _assay_v1_ListProfilesResponse__Output } from './assay/v1/ListProfilesResponse.ts';
import type { ListVerificationResultsRequest as _assay_v1_ListVerificationResultsRequest, ListVerificationResultsRequest__Output as _assay_v1_ListVerificationResultsRequest__Output } from './assay/v1/ListVerificationResultsRequest.ts';
import type { ListVerificationResultsResponse as _assay_v1_ListVerificationResultsResponse, ListVerificationResultsResponse__Output as _assay_v1_ListVerificationResultsResponse__Output } from './assay/v1/ListVerificationResultsResponse.ts';
import type { MinerProfile as _assay_v1_MinerProfile, MinerProfile__Output as _assay_v1_MinerProfile__Output } from './assay/v1/MinerProfile.ts';
import type { ProfileServiceClient as _assay_v1_ProfileServiceClient, ProfileServiceDefinition as _assay_v1_ProfileServiceDefinition } from './assay/v1/ProfileService.ts';
import type { VerificationResult as _assay_v1_VerificationResult, VerificationResult__Output as _assay_v1_VerificationResult__Output } from './assay/v1/VerificationResult.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  assay: {
    v1: {
      DeleteProfileRequest: MessageTypeDefinition<_assay_v1_DeleteProfileRequest, _assay_v1_DeleteProfileRequest__Output>
      DeleteProfileResponse: MessageTypeDefinition<_assay_v1_DeleteProfileResponse, _assay_v1_DeleteProfileResponse__Output>
      ExecutorGpus: MessageTypeDefinition<_assay_v1_ExecutorGpus, _assay_v1_ExecutorGpus__Output>
      ExecutorProfile: MessageTypeDefinition<_assay_v1_ExecutorProfile, _assay_v1_ExecutorProfile__Output>
      GetProfileRequest: MessageTypeDefinition<_assay_v1_GetProfileRequest, _assay_v1_GetProfileRequest__Output>
      GetProfileResponse: MessageTypeDefinition<_assay_v1_GetProfileResponse, _assay_v1_GetProfileResponse__Output>
      GetProfileStatisticsRequest: MessageTypeDefinition<_assay_v1_GetProfileStatisticsRequest, _assay_v1_GetProfileStatisticsRequest__Output>
      GetProfileStatisticsResponse: MessageTypeDefinition<_assay_v1_GetProfileStatisticsResponse, _assay_v1_GetProfileStatisticsResponse__Output>
      ListProfilesRequest: MessageTypeDefinition<_assay_v1_ListProfilesRequest, _assay_v1_ListProfilesRequest__Output>
      ListProfilesResponse: MessageTypeDefinition<_assay_v1_ListProfilesResponse, _assay_v1_ListProfilesResponse__Output>
      ListVerificationResultsRequest: MessageTypeDefinition<_assay_v1_ListVerificationResultsRequest, _assay_v1_ListVerificationResultsRequest__Output>
      ListVerificationResultsResponse: MessageTypeDefinition<_assay_v1_ListVerificationResultsResponse, _assay_v1_ListVerificationResultsResponse__Output>
      MinerProfile: MessageTypeDefinition<_assay_v1_MinerProfile, _assay_v1_MinerProfile__Output>
      /**
       * Reads what is known of miners, and forgets it.
       */
      ProfileService: SubtypeConstructor<typeof grpc.Client, _assay_v1_ProfileServiceClient> & { service: _assay_v1_ProfileServiceDefinition }
      VerificationResult: MessageTypeDefinition<_assay_v1_VerificationResult, _assay_v1_VerificationResult__Output>
    }
  }
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
}

