/**
 * Messages of reports arrive as bytes and are decoded once there is room for them: decoded they take some ten times the
 * memory, and grpc-js reads up to 16 messages of each stream ahead.
 */
import type { handleBidiStreamingCall, handleUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import { AssayError } from '../../domain/errors.ts';
import type { StreamReportsRequest__Output } from '../generated/assay/v1/StreamReportsRequest.ts';
import type { StreamReportsResponse } from '../generated/assay/v1/StreamReportsResponse.ts';
import type { SubmitReportsRequest__Output } from '../generated/assay/v1/SubmitReportsRequest.ts';
import type { SubmitReportsResponse } from '../generated/assay/v1/SubmitReportsResponse.ts';
import { packages } from '../proto.ts';

/** The handlers of the service, whose requests are bytes. */
export type VerificationHandlers = {
  readonly StreamReports: handleBidiStreamingCall<Buffer, StreamReportsResponse>;
  readonly SubmitReports: handleUnaryCall<Buffer, SubmitReportsResponse>;
};

const { StreamReports, SubmitReports } = packages.assay.v1.VerificationService.service;

/** The service as it is registered with such handlers. */
export const VERIFICATION_SERVICE: ServiceDefinition<VerificationHandlers> = {
  StreamReports: { ...StreamReports, requestDeserialize: (bytes) => bytes },
  SubmitReports: { ...SubmitReports, requestDeserialize: (bytes) => bytes },
};

/** @throws AssayError `invalid_argument`. */
export function streamReportsRequest(bytes: Buffer): StreamReportsRequest__Output {
  return decoded(bytes, StreamReports.requestDeserialize);
}

/** @throws AssayError `invalid_argument`. */
export function submitReportsRequest(bytes: Buffer): SubmitReportsRequest__Output {
  return decoded(bytes, SubmitReports.requestDeserialize);
}

function decoded<Message>(bytes: Buffer, decode: (bytes: Buffer) => Message): Message {
  try {
    return decode(bytes);
  } catch (cause) {
    const text = `${bytes.length} bytes are not a message of this method`;
    throw new AssayError('invalid_argument', text, { cause });
  }
}
