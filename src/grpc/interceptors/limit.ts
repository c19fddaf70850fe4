import type { ServerInterceptor } from '@grpc/grpc-js';
import { AssayError, type ErrorCode } from '../../domain/errors.ts';
import type { GrpcLimits } from '../limits.ts';
import { guard } from './guard.ts';

const OWN_SERVICES = '/assay.';
const RETRY_AFTER_MS = 1_000;

interface Pool {
  readonly what: string;
  readonly code: ErrorCode;
  readonly max: number;
  open: number;
}

/** Bounds the calls that are open over all connections. */
export function limitInterceptor(limits: GrpcLimits): ServerInterceptor {
  const streams = pool('streams', 'too_many_streams', limits.streamsMax);
  const auxiliary = pool('auxiliary streams', 'too_many_streams', limits.auxiliaryStreamsMax);
  const unary = pool('calls', 'too_many_calls', limits.unaryCallsMax);
  return guard(({ path, requestStream, responseStream }) => {
    const isStream = requestStream || responseStream;
    if (!isStream) return enter(unary);
    return enter(path.startsWith(OWN_SERVICES) ? streams : auxiliary);
  });
}

function pool(what: string, code: ErrorCode, max: number): Pool {
  return { what, code, max, open: 0 };
}

function enter(calls: Pool) {
  if (calls.open >= calls.max) {
    const message = `${calls.open} ${calls.what} are open, the limit is ${calls.max}`;
    return new AssayError(calls.code, message, { retryAfterMs: RETRY_AFTER_MS });
  }
  calls.open += 1;
  return {
    over: () => {
      calls.open -= 1;
    },
  };
}
