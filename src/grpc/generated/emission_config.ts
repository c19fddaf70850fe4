import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { CategoryImpact as _assay_v1_CategoryImpact, CategoryImpact__Output as _assay_v1_CategoryImpact__Output } from './assay/v1/CategoryImpact.ts';
import type { EmissionConfig as _assay_v1_EmissionConfig, EmissionConfig__Output as _assay_v1_EmissionConfig__Output } from './assay/v1/EmissionConfig.ts';
import type { EmissionConfigChange as _assay_v1_EmissionConfigChange, EmissionConfigChange__Output as _assay_v1_EmissionConfigChange__Output } from './assay/v1/EmissionConfigChange.ts';
import type { EmissionConfigServiceClient as _assay_v1_EmissionConfigServiceClient, EmissionConfigServiceDefinition as _assay_v1_EmissionConfigServiceDefinition } from './assay/v1/EmissionConfigService.ts';
import type { EmissionConfigVersion as _assay_v1_EmissionConfigVersion, EmissionConfigVersion__Output as _assay_v1_EmissionConfigVersion__Output } from './assay/v1/EmissionConfigVersion.ts';
import type { EmissionImpact as _assay_v1_EmissionImpact, EmissionImpact__Output as _assay_v1_EmissionImpact__Output } from './assay/v1/EmissionImpact.ts';
import type { GetEmissionConfigRequest as _assay_v1_GetEmissionConfigRequest, GetEmissionConfigRequest__Output as _assay_v1_GetEmissionConfigRequest__Output } from './assay/v1/GetEmissionConfigRequest.ts';
import type { GetEmissionConfigResponse as _assay_v1_GetEmissionConfigResponse, GetEmissionConfigResponse__Output as _assay_v1_GetEmissionConfigResponse__Output } from './assay/v1/GetEmissionConfigResponse.ts';
import type { GpuAllocation as _assay_v1_GpuAllocation, GpuAllocation__Output as _assay_v1_GpuAllocation__Output } from './assay/v1/GpuAllocation.ts';
import type { ListEmissionConfigsRequest as _assay_v1_ListEmissionConfigsRequest, ListEmissionConfigsRequest__Output as _assay_v1_ListEmissionConfigsRequest__Output } from './assay/v1/ListEmissionConfigsRequest.ts';
import type { ListEmissionConfigsResponse as _assay_v1_ListEmissionConfigsResponse, ListEmissionConfigsResponse__Output as _assay_v1_ListEmissionConfigsResponse__Output } from './assay/v1/ListEmissionConfigsResponse.ts';
import type { MinerImpact as _assay_v1_MinerImpact, MinerImpact__Output as _assay_v1_MinerImpact__Output } from './assay/v1/MinerImpact.ts';
import type { RestoreEmissionConfigRequest as _assay_v1_RestoreEmissionConfigRequest, RestoreEmissionConfigRequest__Output as _assay_v1_RestoreEmissionConfigRequest__Output } from './assay/v1/RestoreEmissionConfigRequest.ts';
import type { RestoreEmissionConfigResponse as _assay_v1_RestoreEmissionConfigResponse, RestoreEmissionConfigResponse__Output as _assay_v1_RestoreEmissionConfigResponse__Output } from './assay/v1/RestoreEmissionConfigResponse.ts';
import type { UpdateEmissionConfigRequest as _assay_v1_UpdateEmissionConfigRequest, UpdateEmissionConfigRequest__Output as _assay_v1_UpdateEmissionConfigRequest__Output } from './assay/v1/UpdateEmissionConfigRequest.ts';
import type { UpdateEmissionConfigResponse as _assay_v1_UpdateEmissionConfigResponse, UpdateEmissionConfigResponse__Output as _assay_v1_UpdateEmissionConfigResponse__Output } from './assay/v1/UpdateEmissionConfigResponse.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  assay: {
    v1: {
      Attribution: EnumTypeDefinition
      CategoryImpact: MessageTypeDefinition<_assay_v1_CategoryImpact, _assay_v1_CategoryImpact__Output>
      EmissionConfig: MessageTypeDefinition<_assay_v1_EmissionConfig, _assay_v1_EmissionConfig__Output>
      EmissionConfigChange: MessageTypeDefinition<_assay_v1_EmissionConfigChange, _assay_v1_EmissionConfigChange__Output>
      /**
       * Reads and changes how emission is divided.
       */
      EmissionConfigService: SubtypeConstructor<typeof grpc.Client, _assay_v1_EmissionConfigServiceClient> & { service: _assay_v1_EmissionConfigServiceDefinition }
      EmissionConfigVersion: MessageTypeDefinition<_assay_v1_EmissionConfigVersion, _assay_v1_EmissionConfigVersion__Output>
      EmissionImpact: MessageTypeDefinition<_assay_v1_EmissionImpact, _assay_v1_EmissionImpact__Output>
      GetEmissionConfigRequest: MessageTypeDefinition<_assay_v1_GetEmissionConfigRequest, _assay_v1_GetEmissionConfigRequest__Output>
      GetEmissionConfigResponse: MessageTypeDefinition<_assay_v1_GetEmissionConfigResponse, _assay_v1_GetEmissionConfigResponse__Output>
      GpuAllocation: MessageTypeDefinition<_assay_v1_GpuAllocation, _assay_v1_GpuAllocation__Output>
      GpuCountPolicy: EnumTypeDefinition
      ListEmissionConfigsRequest: MessageTypeDefinition<_assay_v1_ListEmissionConfigsRequest, _assay_v1_ListEmissionConfigsRequest__Output>
      ListEmissionConfigsResponse: MessageTypeDefinition<_assay_v1_ListEmissionConfigsResponse, _assay_v1_ListEmissionConfigsResponse__Output>
      MinerImpact: MessageTypeDefinition<_assay_v1_MinerImpact, _assay_v1_MinerImpact__Output>
      RestoreEmissionConfigRequest: MessageTypeDefinition<_assay_v1_RestoreEmissionConfigRequest, _assay_v1_RestoreEmissionConfigRequest__Output>
      RestoreEmissionConfigResponse: MessageTypeDefinition<_assay_v1_RestoreEmissionConfigResponse, _assay_v1_RestoreEmissionConfigResponse__Output>
      UnallocatedPolicy: EnumTypeDefinition
      UpdateEmissionConfigRequest: MessageTypeDefinition<_assay_v1_UpdateEmissionConfigRequest, _assay_v1_UpdateEmissionConfigRequest__Output>
      UpdateEmissionConfigResponse: MessageTypeDefinition<_assay_v1_UpdateEmissionConfigResponse, _assay_v1_UpdateEmissionConfigResponse__Output>
      WeightResolution: EnumTypeDefinition
    }
  }
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
}

