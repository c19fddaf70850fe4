// Original file: proto/assay/v1/verification.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { StreamReportsRequest as _assay_v1_StreamReportsRequest, StreamReportsRequest__Output as _assay_v1_StreamReportsRequest__Output } from '../../assay/v1/StreamReportsRequest.ts';
import type { StreamReportsResponse as _assay_v1_StreamReportsResponse, StreamReportsResponse__Output as _assay_v1_StreamReportsResponse__Output } from '../../assay/v1/StreamReportsResponse.ts';
import type { SubmitReportsRequest as _assay_v1_SubmitReportsRequest, SubmitReportsRequest__Output as _assay_v1_SubmitReportsRequest__Output } from '../../assay/v1/SubmitReportsRequest.ts';
import type { SubmitReportsResponse as _assay_v1_SubmitReportsResponse, SubmitReportsResponse__Output as _assay_v1_SubmitReportsResponse__Output } from '../../assay/v1/SubmitReportsResponse.ts';

/**
 * Takes the reports of provers. What is acknowledged is on disk.
 */
export interface VerificationServiceClient extends grpc.Client {
  /**
   * Streams reports and receives cumulative acknowledgements. An acknowledgement of sequence n says that every report
   * of every message up to and including n is durable or was refused; a prover that reconnects sends again what was not
   * acknowledged, and nothing counts twice. The service answers each message in the order sent. When it shuts down it
   * acknowledges what it has taken and ends the stream with UNAVAILABLE and RetryInfo.
   *
   * Errors that end the stream: INVALID_ARGUMENT (no prover_id, a prover_id that changes, a sequence that does not rise),
   * RESOURCE_EXHAUSTED (a message over the size limit, too many streams), UNAVAILABLE (the store cannot be written).
   */
  StreamReports(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_assay_v1_StreamReportsRequest, _assay_v1_StreamReportsResponse__Output>;
  StreamReports(options?: grpc.CallOptions): grpc.ClientDuplexStream<_assay_v1_StreamReportsRequest, _assay_v1_StreamReportsResponse__Output>;
  /**
   * Streams reports and receives cumulative acknowledgements. An acknowledgement of sequence n says that every report
   * of every message up to and including n is durable or was refused; a prover that reconnects sends again what was not
   * acknowledged, and nothing counts twice. The service answers each message in the order sent. When it shuts down it
   * acknowledges what it has taken and ends the stream with UNAVAILABLE and RetryInfo.
   *
   * Errors that end the stream: INVALID_ARGUMENT (no prover_id, a prover_id that changes, a sequence that does not rise),
   * RESOURCE_EXHAUSTED (a message over the size limit, too many streams), UNAVAILABLE (the store cannot be written).
   */
  streamReports(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_assay_v1_StreamReportsRequest, _assay_v1_StreamReportsResponse__Output>;
  streamReports(options?: grpc.CallOptions): grpc.ClientDuplexStream<_assay_v1_StreamReportsRequest, _assay_v1_StreamReportsResponse__Output>;

  /**
   * Submits one batch of reports and answers when all of them are durable. A caller that outruns the service receives
   * RESOURCE_EXHAUSTED with RetryInfo; sending the same batch again is safe.
   */
  SubmitReports(argument: _assay_v1_SubmitReportsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_SubmitReportsResponse__Output>): grpc.ClientUnaryCall;
  SubmitReports(argument: _assay_v1_SubmitReportsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_SubmitReportsResponse__Output>): grpc.ClientUnaryCall;
  SubmitReports(argument: _assay_v1_SubmitReportsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_SubmitReportsResponse__Output>): grpc.ClientUnaryCall;
  SubmitReports(argument: _assay_v1_SubmitReportsRequest, callback: grpc.requestCallback<_assay_v1_SubmitReportsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Submits one batch of reports and answers when all of them are durable. A caller that outruns the service receives
   * RESOURCE_EXHAUSTED with RetryInfo; sending the same batch again is safe.
   */
  submitReports(argument: _assay_v1_SubmitReportsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_SubmitReportsResponse__Output>): grpc.ClientUnaryCall;
  submitReports(argument: _assay_v1_SubmitReportsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_SubmitReportsResponse__Output>): grpc.ClientUnaryCall;
  submitReports(argument: _assay_v1_SubmitReportsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_SubmitReportsResponse__Output>): grpc.ClientUnaryCall;
  submitReports(argument: _assay_v1_SubmitReportsRequest, callback: grpc.requestCallback<_assay_v1_SubmitReportsResponse__Output>): grpc.ClientUnaryCall;

}

/**
 * Takes the reports of provers. What is acknowledged is on disk.
 */
export interface VerificationServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Streams reports and receives cumulative acknowledgements. An acknowledgement of sequence n says that every report
   * of every message up to and including n is durable or was refused; a prover that reconnects sends again what was not
   * acknowledged, and nothing counts twice. The service answers each message in the order sent. When it shuts down it
   * acknowledges what it has taken and ends the stream with UNAVAILABLE and RetryInfo.
   *
   * Errors that end the stream: INVALID_ARGUMENT (no prover_id, a prover_id that changes, a sequence that does not rise),
   * RESOURCE_EXHAUSTED (a message over the size limit, too many streams), UNAVAILABLE (the store cannot be written).
   */
  StreamReports: grpc.handleBidiStreamingCall<_assay_v1_StreamReportsRequest__Output, _assay_v1_StreamReportsResponse>;

  /**
   * Submits one batch of reports and answers when all of them are durable. A caller that outruns the service receives
   * RESOURCE_EXHAUSTED with RetryInfo; sending the same batch again is safe.
   */
  SubmitReports: grpc.handleUnaryCall<_assay_v1_SubmitReportsRequest__Output, _assay_v1_SubmitReportsResponse>;

}

export interface VerificationServiceDefinition extends grpc.ServiceDefinition {
  StreamReports: MethodDefinition<_assay_v1_StreamReportsRequest, _assay_v1_StreamReportsResponse, _assay_v1_StreamReportsRequest__Output, _assay_v1_StreamReportsResponse__Output>
  SubmitReports: MethodDefinition<_assay_v1_SubmitReportsRequest, _assay_v1_SubmitReportsResponse, _assay_v1_SubmitReportsRequest__Output, _assay_v1_SubmitReportsResponse__Output>
}
