/** The one conversion of whatever was thrown into what a caller sees: a gRPC status with `google.rpc` details. */
import { Metadata, status } from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';
import { AssayError, type ErrorKind, type Violation } from '../domain/errors.ts';
import type { Any } from './generated/google/protobuf/Any.ts';
import { packages } from './proto.ts';
import { shownText, toDuration } from './wire-values.ts';

export interface CallStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

const STATUS_BY_KIND: Readonly<Record<ErrorKind, status>> = {
  refused: status.INVALID_ARGUMENT,
  missing: status.NOT_FOUND,
  conflict: status.ABORTED,
  precondition: status.FAILED_PRECONDITION,
  busy: status.UNAVAILABLE,
  exhausted: status.RESOURCE_EXHAUSTED,
};

/** Kinds after which the same call can succeed, so that the answer says when. */
const RETRYABLE: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['busy', 'exhausted']);
const RETRY_AFTER_MS_DEFAULT = 1_000;

/** Trailers over 8 KiB are refused by some clients; the details are base64 and travel beside the message. */
const MESSAGE_CHARACTERS_MAX = 512;
const VIOLATIONS_CHARACTERS_MAX = 2_000;

const ERROR_DOMAIN = 'assay';
const { rpc } = packages.google;

/** The status of an error. Anything that is neither ours nor a cancellation is a bug: INTERNAL, and not a word about it. */
export function statusOf(error: unknown): CallStatus {
  if (error instanceof AssayError) return statusOfAssayError(error);
  return (
    statusOfCancellation(error) ?? {
      code: status.INTERNAL,
      details: 'internal error',
      metadata: new Metadata(),
    }
  );
}

/** Whether an error can only come from a broken invariant. */
export function isBug(error: unknown): boolean {
  return !(error instanceof AssayError) && statusOfCancellation(error) === undefined;
}

function statusOfCancellation(error: unknown): CallStatus | undefined {
  if (!(error instanceof Error)) return undefined;
  const metadata = new Metadata();
  if (error.name === 'AbortError') {
    return { code: status.CANCELLED, details: 'the call was cancelled', metadata };
  }
  if (error.name === 'TimeoutError') {
    return { code: status.DEADLINE_EXCEEDED, details: error.message, metadata };
  }
  return undefined;
}

function statusOfAssayError(error: AssayError): CallStatus {
  const code = STATUS_BY_KIND[error.kind];
  const details = shownText(error.message, MESSAGE_CHARACTERS_MAX);
  const metadata = new Metadata();
  const retryAfterMs = retryAfter(error);
  if (retryAfterMs !== undefined) {
    metadata.set('grpc-retry-pushback-ms', String(Math.ceil(retryAfterMs)));
  }
  metadata.set(
    'grpc-status-details-bin',
    rpc.Status.serialize({ code, message: details, details: detailsOf(error, retryAfterMs) }),
  );
  return { code, details, metadata };
}

function retryAfter({ kind, details }: AssayError): number | undefined {
  return details.retryAfterMs ?? (RETRYABLE.has(kind) ? RETRY_AFTER_MS_DEFAULT : undefined);
}

function detailsOf({ code, details }: AssayError, retryAfterMs: number | undefined): Any[] {
  const { violations = [], metadata = {} } = details;
  const packed = [
    packedAs('ErrorInfo', rpc.ErrorInfo, {
      reason: code.toUpperCase(),
      domain: ERROR_DOMAIN,
      metadata: { ...metadata },
    }),
  ];
  if (violations.length > 0) {
    const field_violations = shownViolations(violations);
    packed.push(packedAs('BadRequest', rpc.BadRequest, { field_violations }));
  }
  if (retryAfterMs !== undefined) {
    packed.push(packedAs('RetryInfo', rpc.RetryInfo, { retry_delay: toDuration(retryAfterMs) }));
  }
  return packed;
}

/** As many as fit; the first always does. */
function shownViolations(violations: readonly Violation[]) {
  const shown: { field: string; description: string }[] = [];
  let characters = 0;
  for (const { field, value, rule } of violations) {
    const description = shownText(`${rule}; got ${value === '' ? '(empty)' : value}`, 256);
    characters += field.length + description.length;
    if (shown.length > 0 && characters > VIOLATIONS_CHARACTERS_MAX) break;
    shown.push({ field: shownText(field, 128), description });
  }
  return shown;
}

function packedAs<Input, Output>(
  name: string,
  type: MessageTypeDefinition<Input, Output>,
  message: Input & object,
): Any {
  const serialize = type.serialize as (value: object) => Buffer;
  return { type_url: `type.googleapis.com/google.rpc.${name}`, value: serialize(message) };
}
