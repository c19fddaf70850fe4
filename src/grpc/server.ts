/**
 * The gRPC server. Its end has an order: health says NOT_SERVING, new calls are turned away, report streams acknowledge
 * what they have taken and end with UNAVAILABLE, then health watches end and the connections close. What is still open
 * after the grace is cut off.
 * grpc-js alone would wait for ever for an open stream, or cut it off as cancelled.
 */
import { setMaxListeners } from 'node:events';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { AssayError } from '../domain/errors.ts';
import { errorText } from '../lib/error-text.ts';
import { Calls } from './calls.ts';
import { Health } from './health.ts';
import { drainInterceptor } from './interceptors/drain.ts';
import { limitInterceptor } from './interceptors/limit.ts';
import { observeInterceptor } from './interceptors/observe.ts';
import { GRPC_LIMITS, type GrpcLimits } from './limits.ts';
import { OpenCalls } from './open-calls.ts';
import { packages } from './proto.ts';
import { assayServices, type GrpcPorts, reflectionServices } from './services.ts';
import { FormRefusals } from './verification/report-batch.ts';

export interface GrpcServerOptions {
  /** `host:port` or `[v6]:port`; port 0 takes any free one. */
  readonly listen: string;
  readonly ports: GrpcPorts;
  /** Whether clients may ask for the protos. */
  readonly reflection: boolean;
  /** Instead of those of `GRPC_LIMITS`. */
  readonly limits?: Partial<GrpcLimits>;
  /** A broken invariant was found, and is logged: the process must stop. */
  readonly onBug: (error: unknown) => void;
}

interface Parts {
  readonly server: Server;
  readonly address: string;
  readonly health: Health;
  readonly refusals: FormRefusals;
  readonly draining: AbortController;
  readonly openCalls: OpenCalls;
  readonly limits: GrpcLimits;
  readonly clock: GrpcPorts['clock'];
}

const KEEPALIVE_TIME_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const CONNECTION_IDLE_MS = 15 * 60_000;

export class GrpcServer {
  /** `host:port` that is listened on. */
  readonly address: string;
  readonly #parts: Parts;
  #drained: Promise<void> | undefined;

  private constructor(parts: Parts) {
    this.address = parts.address;
    this.#parts = parts;
  }

  /** @throws AssayError `invalid_argument` when the address cannot be listened on. */
  static async start(options: GrpcServerOptions): Promise<GrpcServer> {
    const limits = { ...GRPC_LIMITS, ...options.limits };
    const { events, clock } = options.ports;
    const draining = new AbortController();
    // Every open stream listens to it, and they have a limit of their own.
    setMaxListeners(0, draining.signal);
    const openCalls = new OpenCalls();
    const { unaryDeadlineMs } = limits;
    const calls = new Calls({ events, clock, onBug: options.onBug, unaryDeadlineMs });
    const refusals = new FormRefusals(events);
    const setting = { calls, limits, refusals, draining: draining.signal };
    const services = assayServices(options.ports, setting);
    const health = new Health(services.map(({ definition }) => serviceName(definition)));
    const server = new Server({
      ...transportOptions(limits),
      interceptors: [
        observeInterceptor(),
        drainInterceptor(draining.signal, openCalls),
        limitInterceptor(limits),
      ],
    });
    if (options.reflection) services.push(...reflectionServices(setting));
    for (const { definition, handlers } of services) server.addService(definition, handlers);
    server.addService(packages.grpc.health.v1.Health.service, health.handlers);
    const port = await bind(server, options.listen);
    const address = `${options.listen.slice(0, options.listen.lastIndexOf(':'))}:${port}`;
    return new GrpcServer({
      server,
      address,
      health,
      refusals,
      draining,
      openCalls,
      limits,
      clock,
    });
  }

  /** Reports that were refused for their form since the start; the intake never saw them. */
  get formRefusals(): number {
    return this.#parts.refusals.count;
  }

  /** Ends every call as described at the top of this file and stops listening. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    const { server, health, draining, openCalls, limits, clock } = this.#parts;
    health.stopServing();
    draining.abort();
    const closed = new AbortController();
    const forced = clock.sleep(limits.drainGraceMs, closed.signal).then(
      () => server.forceShutdown(),
      () => undefined,
    );
    await openCalls.none();
    health.endWatches();
    await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    closed.abort();
    await forced;
  }
}

/** Channelz stays enabled, as it is by default: without it grpc-js forgets its sessions and cannot force a shutdown. */
function transportOptions(limits: GrpcLimits) {
  return {
    'grpc.max_receive_message_length': limits.messageBytesMax,
    'grpc.max_concurrent_streams': limits.callsPerConnectionMax,
    'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.max_connection_idle_ms': CONNECTION_IDLE_MS,
  };
}

function serviceName(definition: Readonly<Record<string, { readonly path: string }>>): string {
  const [method] = Object.values(definition);
  return method?.path.split('/')[1] ?? '';
}

async function bind(server: Server, listen: string): Promise<number> {
  try {
    return await new Promise<number>((resolve, reject) => {
      server.bindAsync(listen, ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
  } catch (cause) {
    const message = `server.listen: ${listen} cannot be listened on: ${bindProblem(cause)}`;
    throw new AssayError('invalid_argument', message, { cause });
  }
}

/** The system's name of the problem, for example EADDRINUSE: grpc-js wraps it in text of its own. */
function bindProblem(error: unknown): string {
  const text = errorText(error);
  return /\bE[A-Z]{3,}\b/.exec(text)?.[0] ?? text;
}
