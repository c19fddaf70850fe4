import type { ServerInterceptor } from '@grpc/grpc-js';
import { shuttingDown } from '../drain.ts';
import type { OpenCalls } from '../open-calls.ts';
import { guard } from './guard.ts';

/** Health must stay askable to the end: it is what tells a load balancer to go elsewhere. */
const EXEMPT = '/grpc.health.';

/** Turns calls away that come after the draining has begun, UNAVAILABLE with RetryInfo, and counts those before. */
export function drainInterceptor(draining: AbortSignal, openCalls: OpenCalls): ServerInterceptor {
  return guard(({ path }) => {
    if (path.startsWith(EXEMPT)) return { over: () => undefined };
    if (draining.aborted) return shuttingDown();
    openCalls.enter();
    return { over: () => openCalls.leave() };
  });
}
