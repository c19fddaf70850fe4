/**
 * Sets OpenTelemetry up when the standard variables ask for it, and reads them nowhere else. Without an endpoint nothing
 * is loaded and every span is the API's no-op. The exporter, sampler, resource and batch variables (`OTEL_EXPORTER_OTLP_*`,
 * `OTEL_TRACES_SAMPLER`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_BSP_*`) are the SDK's own.
 */

import { AssayError } from './domain/errors.ts';

/** A running telemetry pipeline. */
export interface Telemetry {
  /** Sends what is buffered and stops. */
  shutdown(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/** Whether the environment names a place to send traces to. */
export function isTracingWanted(env: Environment): boolean {
  const isDisabled =
    env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none';
  return !isDisabled && ENDPOINTS.some((name) => (env[name] ?? '') !== '');
}

async function exporterFor(env: Environment) {
  const field = 'OTEL_EXPORTER_OTLP_PROTOCOL';
  const value = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env[field] ?? 'grpc';
  if (value === 'grpc') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
    return new OTLPTraceExporter();
  }
  if (value === 'http/protobuf') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
    return new OTLPTraceExporter();
  }
  throw AssayError.invalid({ field, value, rule: 'is grpc or http/protobuf' });
}

/**
 * Starts the pipeline, or nothing when tracing is not wanted.
 *
 * @throws AssayError `invalid_argument` for a protocol that is neither `grpc`, the default, nor `http/protobuf`.
 */
export async function startTelemetry(env: Environment, version: string): Promise<Telemetry> {
  if (!isTracingWanted(env)) return { shutdown: () => Promise.resolve() };
  const [{ NodeTracerProvider, BatchSpanProcessor }, exporter, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    exporterFor(env),
    import('@opentelemetry/resources'),
  ]);
  const own = resources.resourceFromAttributes({
    'service.name': env.OTEL_SERVICE_NAME ?? 'assay',
    'service.version': version,
  });
  const fromEnvironment = resources.detectResources({ detectors: [resources.envDetector] });
  const provider = new NodeTracerProvider({
    resource: own.merge(fromEnvironment),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return { shutdown: () => provider.shutdown() };
}
