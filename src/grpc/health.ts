/** `grpc.health.v1`: one status per service, and one for the server as a whole under the empty name. */
import type { ServerWritableStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { HealthHandlers } from './generated/grpc/health/v1/Health.ts';
import type { HealthCheckRequest__Output } from './generated/grpc/health/v1/HealthCheckRequest.ts';
import type { HealthCheckResponse } from './generated/grpc/health/v1/HealthCheckResponse.ts';

type ServingStatus = 'SERVING' | 'NOT_SERVING';
type Watch = ServerWritableStream<HealthCheckRequest__Output, HealthCheckResponse>;

export class Health {
  readonly #statuses: Map<string, ServingStatus>;
  readonly #watches = new Set<Watch>();

  /** @param services Full names of the services; all of them serve. */
  constructor(services: readonly string[]) {
    this.#statuses = new Map(['', ...services].map((service) => [service, 'SERVING']));
  }

  readonly handlers: HealthHandlers = {
    Check: (call, callback) => {
      const { service } = call.request;
      const serving = this.#statuses.get(service);
      if (serving !== undefined) callback(null, { status: serving });
      else callback({ code: status.NOT_FOUND, details: 'no such service' });
    },
    Watch: (call) => {
      this.#watches.add(call);
      call.once('cancelled', () => this.#watches.delete(call));
      call.write({ status: this.#statuses.get(call.request.service) ?? 'SERVICE_UNKNOWN' });
    },
  };

  /** Says of every service that it does not serve any more. */
  stopServing(): void {
    for (const service of this.#statuses.keys()) this.#statuses.set(service, 'NOT_SERVING');
    for (const watch of this.#watches) {
      if (this.#statuses.has(watch.request.service)) watch.write({ status: 'NOT_SERVING' });
    }
  }

  /** Ends every watch; the server cannot close while one is open. */
  endWatches(): void {
    for (const watch of this.#watches) {
      watch.emit('error', { code: status.UNAVAILABLE, details: 'the service is shutting down' });
    }
  }
}
