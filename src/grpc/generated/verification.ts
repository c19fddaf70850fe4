import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Attestation as _assay_v1_Attestation, Attestation__Output as _assay_v1_Attestation__Output } from './assay/v1/Attestation.ts';
import type { ExecutorVerification as _assay_v1_ExecutorVerification, ExecutorVerification__Output as _assay_v1_ExecutorVerification__Output } from './assay/v1/ExecutorVerification.ts';
import type { GpuGroup as _assay_v1_GpuGroup, GpuGroup__Output as _assay_v1_GpuGroup__Output } from './assay/v1/GpuGroup.ts';
import type { Refusal as _assay_v1_Refusal, Refusal__Output as _assay_v1_Refusal__Output } from './assay/v1/Refusal.ts';
import type { Report as _assay_v1_Report, Report__Output as _assay_v1_Report__Output } from './assay/v1/Report.ts';
import type { ReportResult as _assay_v1_ReportResult, ReportResult__Output as _assay_v1_ReportResult__Output } from './assay/v1/ReportResult.ts';
import type { StreamReportsRequest as _assay_v1_StreamReportsRequest, StreamReportsRequest__Output as _assay_v1_StreamReportsRequest__Output } from './assay/v1/StreamReportsRequest.ts';
import type { StreamReportsResponse as _assay_v1_StreamReportsResponse, StreamReportsResponse__Output as _assay_v1_StreamReportsResponse__Output } from './assay/v1/StreamReportsResponse.ts';
import type { SubmitReportsRequest as _assay_v1_SubmitReportsRequest, SubmitReportsRequest__Output as _assay_v1_SubmitReportsRequest__Output } from './assay/v1/SubmitReportsRequest.ts';
import type { SubmitReportsResponse as _assay_v1_SubmitReportsResponse, SubmitReportsResponse__Output as _assay_v1_SubmitReportsResponse__Output } from './assay/v1/SubmitReportsResponse.ts';
import type { VerificationServiceClient as _assay_v1_VerificationServiceClient, VerificationServiceDefinition as _assay_v1_VerificationServiceDefinition } from './assay/v1/VerificationService.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  assay: {
    v1: {
      Attestation: MessageTypeDefinition<_assay_v1_Attestation, _assay_v1_Attestation__Output>
      ExecutorVerification: MessageTypeDefinition<_assay_v1_ExecutorVerification, _assay_v1_ExecutorVerification__Output>
      GpuGroup: MessageTypeDefinition<_assay_v1_GpuGroup, _assay_v1_GpuGroup__Output>
      Refusal: MessageTypeDefinition<_assay_v1_Refusal, _assay_v1_Refusal__Output>
      RefusalReason: EnumTypeDefinition
      Report: MessageTypeDefinition<_assay_v1_Report, _assay_v1_Report__Output>
      ReportOutcome: EnumTypeDefinition
      ReportResult: MessageTypeDefinition<_assay_v1_ReportResult, _assay_v1_ReportResult__Output>
      StreamReportsRequest: MessageTypeDefinition<_assay_v1_StreamReportsRequest, _assay_v1_StreamReportsRequest__Output>
      StreamReportsResponse: MessageTypeDefinition<_assay_v1_StreamReportsResponse, _assay_v1_StreamReportsResponse__Output>
      SubmitReportsRequest: MessageTypeDefinition<_assay_v1_SubmitReportsRequest, _assay_v1_SubmitReportsRequest__Output>
      SubmitReportsResponse: MessageTypeDefinition<_assay_v1_SubmitReportsResponse, _assay_v1_SubmitReportsResponse__Output>
      /**
       * Takes the reports of provers. What is acknowledged is on disk.
       */
      VerificationService: SubtypeConstructor<typeof grpc.Client, _assay_v1_VerificationServiceClient> & { service: _assay_v1_VerificationServiceDefinition }
    }
  }
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
}

