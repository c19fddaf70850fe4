import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AllocationServiceClient as _assay_v1_AllocationServiceClient, AllocationServiceDefinition as _assay_v1_AllocationServiceDefinition } from './assay/v1/AllocationService.ts';
import type { Burn as _assay_v1_Burn, Burn__Output as _assay_v1_Burn__Output } from './assay/v1/Burn.ts';
import type { BurnStatistics as _assay_v1_BurnStatistics, BurnStatistics__Output as _assay_v1_BurnStatistics__Output } from './assay/v1/BurnStatistics.ts';
import type { CategoryAllocation as _assay_v1_CategoryAllocation, CategoryAllocation__Output as _assay_v1_CategoryAllocation__Output } from './assay/v1/CategoryAllocation.ts';
import type { CategoryDistribution as _assay_v1_CategoryDistribution, CategoryDistribution__Output as _assay_v1_CategoryDistribution__Output } from './assay/v1/CategoryDistribution.ts';
import type { CategoryImpact as _assay_v1_CategoryImpact, CategoryImpact__Output as _assay_v1_CategoryImpact__Output } from './assay/v1/CategoryImpact.ts';
import type { CategoryStatistics as _assay_v1_CategoryStatistics, CategoryStatistics__Output as _assay_v1_CategoryStatistics__Output } from './assay/v1/CategoryStatistics.ts';
import type { Commitment as _assay_v1_Commitment, Commitment__Output as _assay_v1_Commitment__Output } from './assay/v1/Commitment.ts';
import type { Counterfactual as _assay_v1_Counterfactual, Counterfactual__Output as _assay_v1_Counterfactual__Output } from './assay/v1/Counterfactual.ts';
import type { EmissionConfig as _assay_v1_EmissionConfig, EmissionConfig__Output as _assay_v1_EmissionConfig__Output } from './assay/v1/EmissionConfig.ts';
import type { EmissionConfigChange as _assay_v1_EmissionConfigChange, EmissionConfigChange__Output as _assay_v1_EmissionConfigChange__Output } from './assay/v1/EmissionConfigChange.ts';
import type { EmissionConfigServiceClient as _assay_v1_EmissionConfigServiceClient, EmissionConfigServiceDefinition as _assay_v1_EmissionConfigServiceDefinition } from './assay/v1/EmissionConfigService.ts';
import type { EmissionConfigVersion as _assay_v1_EmissionConfigVersion, EmissionConfigVersion__Output as _assay_v1_EmissionConfigVersion__Output } from './assay/v1/EmissionConfigVersion.ts';
import type { EmissionImpact as _assay_v1_EmissionImpact, EmissionImpact__Output as _assay_v1_EmissionImpact__Output } from './assay/v1/EmissionImpact.ts';
import type { EmissionMetrics as _assay_v1_EmissionMetrics, EmissionMetrics__Output as _assay_v1_EmissionMetrics__Output } from './assay/v1/EmissionMetrics.ts';
import type { ExplainWeightRequest as _assay_v1_ExplainWeightRequest, ExplainWeightRequest__Output as _assay_v1_ExplainWeightRequest__Output } from './assay/v1/ExplainWeightRequest.ts';
import type { ExplainWeightResponse as _assay_v1_ExplainWeightResponse, ExplainWeightResponse__Output as _assay_v1_ExplainWeightResponse__Output } from './assay/v1/ExplainWeightResponse.ts';
import type { GetAllocationStatisticsRequest as _assay_v1_GetAllocationStatisticsRequest, GetAllocationStatisticsRequest__Output as _assay_v1_GetAllocationStatisticsRequest__Output } from './assay/v1/GetAllocationStatisticsRequest.ts';
import type { GetAllocationStatisticsResponse as _assay_v1_GetAllocationStatisticsResponse, GetAllocationStatisticsResponse__Output as _assay_v1_GetAllocationStatisticsResponse__Output } from './assay/v1/GetAllocationStatisticsResponse.ts';
import type { GetEmissionConfigRequest as _assay_v1_GetEmissionConfigRequest, GetEmissionConfigRequest__Output as _assay_v1_GetEmissionConfigRequest__Output } from './assay/v1/GetEmissionConfigRequest.ts';
import type { GetEmissionConfigResponse as _assay_v1_GetEmissionConfigResponse, GetEmissionConfigResponse__Output as _assay_v1_GetEmissionConfigResponse__Output } from './assay/v1/GetEmissionConfigResponse.ts';
import type { GetStatusRequest as _assay_v1_GetStatusRequest, GetStatusRequest__Output as _assay_v1_GetStatusRequest__Output } from './assay/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _assay_v1_GetStatusResponse, GetStatusResponse__Output as _assay_v1_GetStatusResponse__Output } from './assay/v1/GetStatusResponse.ts';
import type { GetWeightsRequest as _assay_v1_GetWeightsRequest, GetWeightsRequest__Output as _assay_v1_GetWeightsRequest__Output } from './assay/v1/GetWeightsRequest.ts';
import type { GetWeightsResponse as _assay_v1_GetWeightsResponse, GetWeightsResponse__Output as _assay_v1_GetWeightsResponse__Output } from './assay/v1/GetWeightsResponse.ts';
import type { GpuAllocation as _assay_v1_GpuAllocation, GpuAllocation__Output as _assay_v1_GpuAllocation__Output } from './assay/v1/GpuAllocation.ts';
import type { ListEmissionConfigsRequest as _assay_v1_ListEmissionConfigsRequest, ListEmissionConfigsRequest__Output as _assay_v1_ListEmissionConfigsRequest__Output } from './assay/v1/ListEmissionConfigsRequest.ts';
import type { ListEmissionConfigsResponse as _assay_v1_ListEmissionConfigsResponse, ListEmissionConfigsResponse__Output as _assay_v1_ListEmissionConfigsResponse__Output } from './assay/v1/ListEmissionConfigsResponse.ts';
import type { ListEmissionMetricsRequest as _assay_v1_ListEmissionMetricsRequest, ListEmissionMetricsRequest__Output as _assay_v1_ListEmissionMetricsRequest__Output } from './assay/v1/ListEmissionMetricsRequest.ts';
import type { ListEmissionMetricsResponse as _assay_v1_ListEmissionMetricsResponse, ListEmissionMetricsResponse__Output as _assay_v1_ListEmissionMetricsResponse__Output } from './assay/v1/ListEmissionMetricsResponse.ts';
import type { ListWeightHistoryRequest as _assay_v1_ListWeightHistoryRequest, ListWeightHistoryRequest__Output as _assay_v1_ListWeightHistoryRequest__Output } from './assay/v1/ListWeightHistoryRequest.ts';
import type { ListWeightHistoryResponse as _assay_v1_ListWeightHistoryResponse, ListWeightHistoryResponse__Output as _assay_v1_ListWeightHistoryResponse__Output } from './assay/v1/ListWeightHistoryResponse.ts';
import type { MinerImpact as _assay_v1_MinerImpact, MinerImpact__Output as _assay_v1_MinerImpact__Output } from './assay/v1/MinerImpact.ts';
import type { OperationsServiceClient as _assay_v1_OperationsServiceClient, OperationsServiceDefinition as _assay_v1_OperationsServiceDefinition } from './assay/v1/OperationsService.ts';
import type { PairExplanation as _assay_v1_PairExplanation, PairExplanation__Output as _assay_v1_PairExplanation__Output } from './assay/v1/PairExplanation.ts';
import type { PreviewAllocationRequest as _assay_v1_PreviewAllocationRequest, PreviewAllocationRequest__Output as _assay_v1_PreviewAllocationRequest__Output } from './assay/v1/PreviewAllocationRequest.ts';
import type { PreviewAllocationResponse as _assay_v1_PreviewAllocationResponse, PreviewAllocationResponse__Output as _assay_v1_PreviewAllocationResponse__Output } from './assay/v1/PreviewAllocationResponse.ts';
import type { RestoreEmissionConfigRequest as _assay_v1_RestoreEmissionConfigRequest, RestoreEmissionConfigRequest__Output as _assay_v1_RestoreEmissionConfigRequest__Output } from './assay/v1/RestoreEmissionConfigRequest.ts';
import type { RestoreEmissionConfigResponse as _assay_v1_RestoreEmissionConfigResponse, RestoreEmissionConfigResponse__Output as _assay_v1_RestoreEmissionConfigResponse__Output } from './assay/v1/RestoreEmissionConfigResponse.ts';
import type { RuleCheck as _assay_v1_RuleCheck, RuleCheck__Output as _assay_v1_RuleCheck__Output } from './assay/v1/RuleCheck.ts';
import type { SetWeightsRequest as _assay_v1_SetWeightsRequest, SetWeightsRequest__Output as _assay_v1_SetWeightsRequest__Output } from './assay/v1/SetWeightsRequest.ts';
import type { SetWeightsResponse as _assay_v1_SetWeightsResponse, SetWeightsResponse__Output as _assay_v1_SetWeightsResponse__Output } from './assay/v1/SetWeightsResponse.ts';
import type { SignedExtrinsic as _assay_v1_SignedExtrinsic, SignedExtrinsic__Output as _assay_v1_SignedExtrinsic__Output } from './assay/v1/SignedExtrinsic.ts';
import type { UpdateEmissionConfigRequest as _assay_v1_UpdateEmissionConfigRequest, UpdateEmissionConfigRequest__Output as _assay_v1_UpdateEmissionConfigRequest__Output } from './assay/v1/UpdateEmissionConfigRequest.ts';
import type { UpdateEmissionConfigResponse as _assay_v1_UpdateEmissionConfigResponse, UpdateEmissionConfigResponse__Output as _assay_v1_UpdateEmissionConfigResponse__Output } from './assay/v1/UpdateEmissionConfigResponse.ts';
import type { WatchWeightSetsRequest as _assay_v1_WatchWeightSetsRequest, WatchWeightSetsRequest__Output as _assay_v1_WatchWeightSetsRequest__Output } from './assay/v1/WatchWeightSetsRequest.ts';
import type { WatchWeightSetsResponse as _assay_v1_WatchWeightSetsResponse, WatchWeightSetsResponse__Output as _assay_v1_WatchWeightSetsResponse__Output } from './assay/v1/WatchWeightSetsResponse.ts';
import type { Weight as _assay_v1_Weight, Weight__Output as _assay_v1_Weight__Output } from './assay/v1/Weight.ts';
import type { WeightExplanation as _assay_v1_WeightExplanation, WeightExplanation__Output as _assay_v1_WeightExplanation__Output } from './assay/v1/WeightExplanation.ts';
import type { WeightHistoryEntry as _assay_v1_WeightHistoryEntry, WeightHistoryEntry__Output as _assay_v1_WeightHistoryEntry__Output } from './assay/v1/WeightHistoryEntry.ts';
import type { WeightSet as _assay_v1_WeightSet, WeightSet__Output as _assay_v1_WeightSet__Output } from './assay/v1/WeightSet.ts';
import type { WeightSetFailure as _assay_v1_WeightSetFailure, WeightSetFailure__Output as _assay_v1_WeightSetFailure__Output } from './assay/v1/WeightSetFailure.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  assay: {
    v1: {
      /**
       * Tells how the subnet's emission was and would be divided.
       */
      AllocationService: SubtypeConstructor<typeof grpc.Client, _assay_v1_AllocationServiceClient> & { service: _assay_v1_AllocationServiceDefinition }
      Attribution: EnumTypeDefinition
      Burn: MessageTypeDefinition<_assay_v1_Burn, _assay_v1_Burn__Output>
      BurnStatistics: MessageTypeDefinition<_assay_v1_BurnStatistics, _assay_v1_BurnStatistics__Output>
      CategoryAllocation: MessageTypeDefinition<_assay_v1_CategoryAllocation, _assay_v1_CategoryAllocation__Output>
      CategoryDistribution: MessageTypeDefinition<_assay_v1_CategoryDistribution, _assay_v1_CategoryDistribution__Output>
      CategoryImpact: MessageTypeDefinition<_assay_v1_CategoryImpact, _assay_v1_CategoryImpact__Output>
      CategoryStatistics: MessageTypeDefinition<_assay_v1_CategoryStatistics, _assay_v1_CategoryStatistics__Output>
      Commitment: MessageTypeDefinition<_assay_v1_Commitment, _assay_v1_Commitment__Output>
      Counterfactual: MessageTypeDefinition<_assay_v1_Counterfactual, _assay_v1_Counterfactual__Output>
      EmissionConfig: MessageTypeDefinition<_assay_v1_EmissionConfig, _assay_v1_EmissionConfig__Output>
      EmissionConfigChange: MessageTypeDefinition<_assay_v1_EmissionConfigChange, _assay_v1_EmissionConfigChange__Output>
      /**
       * Reads and changes how emission is divided.
       */
      EmissionConfigService: SubtypeConstructor<typeof grpc.Client, _assay_v1_EmissionConfigServiceClient> & { service: _assay_v1_EmissionConfigServiceDefinition }
      EmissionConfigVersion: MessageTypeDefinition<_assay_v1_EmissionConfigVersion, _assay_v1_EmissionConfigVersion__Output>
      EmissionImpact: MessageTypeDefinition<_assay_v1_EmissionImpact, _assay_v1_EmissionImpact__Output>
      EmissionMetrics: MessageTypeDefinition<_assay_v1_EmissionMetrics, _assay_v1_EmissionMetrics__Output>
      ExplainWeightRequest: MessageTypeDefinition<_assay_v1_ExplainWeightRequest, _assay_v1_ExplainWeightRequest__Output>
      ExplainWeightResponse: MessageTypeDefinition<_assay_v1_ExplainWeightResponse, _assay_v1_ExplainWeightResponse__Output>
      GetAllocationStatisticsRequest: MessageTypeDefinition<_assay_v1_GetAllocationStatisticsRequest, _assay_v1_GetAllocationStatisticsRequest__Output>
      GetAllocationStatisticsResponse: MessageTypeDefinition<_assay_v1_GetAllocationStatisticsResponse, _assay_v1_GetAllocationStatisticsResponse__Output>
      GetEmissionConfigRequest: MessageTypeDefinition<_assay_v1_GetEmissionConfigRequest, _assay_v1_GetEmissionConfigRequest__Output>
      GetEmissionConfigResponse: MessageTypeDefinition<_assay_v1_GetEmissionConfigResponse, _assay_v1_GetEmissionConfigResponse__Output>
      GetStatusRequest: MessageTypeDefinition<_assay_v1_GetStatusRequest, _assay_v1_GetStatusRequest__Output>
      GetStatusResponse: MessageTypeDefinition<_assay_v1_GetStatusResponse, _assay_v1_GetStatusResponse__Output>
      GetWeightsRequest: MessageTypeDefinition<_assay_v1_GetWeightsRequest, _assay_v1_GetWeightsRequest__Output>
      GetWeightsResponse: MessageTypeDefinition<_assay_v1_GetWeightsResponse, _assay_v1_GetWeightsResponse__Output>
      GpuAllocation: MessageTypeDefinition<_assay_v1_GpuAllocation, _assay_v1_GpuAllocation__Output>
      GpuCountPolicy: EnumTypeDefinition
      ListEmissionConfigsRequest: MessageTypeDefinition<_assay_v1_ListEmissionConfigsRequest, _assay_v1_ListEmissionConfigsRequest__Output>
      ListEmissionConfigsResponse: MessageTypeDefinition<_assay_v1_ListEmissionConfigsResponse, _assay_v1_ListEmissionConfigsResponse__Output>
      ListEmissionMetricsRequest: MessageTypeDefinition<_assay_v1_ListEmissionMetricsRequest, _assay_v1_ListEmissionMetricsRequest__Output>
      ListEmissionMetricsResponse: MessageTypeDefinition<_assay_v1_ListEmissionMetricsResponse, _assay_v1_ListEmissionMetricsResponse__Output>
      ListWeightHistoryRequest: MessageTypeDefinition<_assay_v1_ListWeightHistoryRequest, _assay_v1_ListWeightHistoryRequest__Output>
      ListWeightHistoryResponse: MessageTypeDefinition<_assay_v1_ListWeightHistoryResponse, _assay_v1_ListWeightHistoryResponse__Output>
      MinerImpact: MessageTypeDefinition<_assay_v1_MinerImpact, _assay_v1_MinerImpact__Output>
      /**
       * For the people who run the service.
       */
      OperationsService: SubtypeConstructor<typeof grpc.Client, _assay_v1_OperationsServiceClient> & { service: _assay_v1_OperationsServiceDefinition }
      PairExplanation: MessageTypeDefinition<_assay_v1_PairExplanation, _assay_v1_PairExplanation__Output>
      PreviewAllocationRequest: MessageTypeDefinition<_assay_v1_PreviewAllocationRequest, _assay_v1_PreviewAllocationRequest__Output>
      PreviewAllocationResponse: MessageTypeDefinition<_assay_v1_PreviewAllocationResponse, _assay_v1_PreviewAllocationResponse__Output>
      RestoreEmissionConfigRequest: MessageTypeDefinition<_assay_v1_RestoreEmissionConfigRequest, _assay_v1_RestoreEmissionConfigRequest__Output>
      RestoreEmissionConfigResponse: MessageTypeDefinition<_assay_v1_RestoreEmissionConfigResponse, _assay_v1_RestoreEmissionConfigResponse__Output>
      RetryAction: EnumTypeDefinition
      RuleCheck: MessageTypeDefinition<_assay_v1_RuleCheck, _assay_v1_RuleCheck__Output>
      SetWeightsRequest: MessageTypeDefinition<_assay_v1_SetWeightsRequest, _assay_v1_SetWeightsRequest__Output>
      SetWeightsResponse: MessageTypeDefinition<_assay_v1_SetWeightsResponse, _assay_v1_SetWeightsResponse__Output>
      SignedExtrinsic: MessageTypeDefinition<_assay_v1_SignedExtrinsic, _assay_v1_SignedExtrinsic__Output>
      UnallocatedPolicy: EnumTypeDefinition
      UpdateEmissionConfigRequest: MessageTypeDefinition<_assay_v1_UpdateEmissionConfigRequest, _assay_v1_UpdateEmissionConfigRequest__Output>
      UpdateEmissionConfigResponse: MessageTypeDefinition<_assay_v1_UpdateEmissionConfigResponse, _assay_v1_UpdateEmissionConfigResponse__Output>
      WatchWeightSetsRequest: MessageTypeDefinition<_assay_v1_WatchWeightSetsRequest, _assay_v1_WatchWeightSetsRequest__Output>
      WatchWeightSetsResponse: MessageTypeDefinition<_assay_v1_WatchWeightSetsResponse, _assay_v1_WatchWeightSetsResponse__Output>
      Weight: MessageTypeDefinition<_assay_v1_Weight, _assay_v1_Weight__Output>
      WeightExplanation: MessageTypeDefinition<_assay_v1_WeightExplanation, _assay_v1_WeightExplanation__Output>
      WeightHistoryEntry: MessageTypeDefinition<_assay_v1_WeightHistoryEntry, _assay_v1_WeightHistoryEntry__Output>
      WeightResolution: EnumTypeDefinition
      WeightSet: MessageTypeDefinition<_assay_v1_WeightSet, _assay_v1_WeightSet__Output>
      WeightSetFailure: MessageTypeDefinition<_assay_v1_WeightSetFailure, _assay_v1_WeightSetFailure__Output>
      WeightSetState: EnumTypeDefinition
    }
  }
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
}

