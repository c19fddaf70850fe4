/**
 * A server span and a duration for every unary call, as a child of the caller's span. A stream would keep its span open,
 * and so unexported, for hours: it only runs in the caller's context, and `Events.streamOpened` starts the span of a report
 * stream there.
 */
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import {
  type Attributes,
  type Context,
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';

const SCOPE = 'assay';
/** Statuses that are the server's fault, by the semantic conventions for gRPC servers. */
const SERVER_ERRORS: ReadonlySet<status> = new Set([
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

const carrier: TextMapGetter<Metadata> = {
  keys: (metadata) => Object.keys(metadata.getMap()),
  get: (metadata, key) => metadata.get(key).map(String),
};

interface ObservedCall {
  readonly rpcMethod: string;
  readonly startedMs: number;
  readonly span?: Span;
}

export function observeInterceptor(): ServerInterceptor {
  const tracer = trace.getTracer(SCOPE);
  const durations = metrics
    .getMeter(SCOPE)
    .createHistogram('rpc.server.call.duration', { unit: 's' });
  const end = ({ rpcMethod, startedMs, span }: ObservedCall, code: status) => {
    const attributes = { ...identity(rpcMethod), 'rpc.status_code': status[code] };
    durations.record((performance.now() - startedMs) / 1_000, attributes);
    span?.setAttributes(attributes);
    if (SERVER_ERRORS.has(code)) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  };
  return ({ path, requestStream, responseStream }, call) => {
    const rpcMethod = path.slice(1);
    let observed: ObservedCall | undefined = { rpcMethod, startedMs: performance.now() };
    let active: Context = ROOT_CONTEXT;
    const endOnce = (code: status) => {
      if (observed !== undefined) end(observed, code);
      observed = undefined;
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            active = propagation.extract(ROOT_CONTEXT, metadata, carrier);
            if (observed !== undefined && !requestStream && !responseStream) {
              const options = { kind: SpanKind.SERVER, attributes: identity(rpcMethod) };
              const span = tracer.startSpan(rpcMethod, options, active);
              observed = { ...observed, span };
              active = trace.setSpan(active, span);
            }
            context.with(active, () => proceed(metadata));
          },
          onReceiveMessage: (message, proceed) => context.with(active, () => proceed(message)),
          onReceiveHalfClose: (proceed) => context.with(active, proceed),
          onCancel: () => endOnce(status.CANCELLED),
        }),
      sendStatus: (sent, proceed) => {
        endOnce(sent.code ?? status.UNKNOWN);
        proceed(sent);
      },
    });
  };
}

function identity(rpcMethod: string): Attributes {
  return { 'rpc.system.name': 'grpc', 'rpc.method': rpcMethod };
}
