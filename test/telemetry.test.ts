import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { context, propagation, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { isTracingWanted, startTelemetry } from '../src/telemetry.ts';

afterEach(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

describe('tracing', () => {
  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4317' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', OTEL_SDK_DISABLED: 'TRUE' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', OTEL_TRACES_EXPORTER: 'none' }, false],
  ])('with %j is wanted: %s', (env, wanted) => {
    expect(isTracingWanted(env)).toBe(wanted);
  });

  it('records nothing when it is not wanted', async () => {
    const telemetry = await startTelemetry({}, '1.2.3');
    expect(trace.getTracer('test').startSpan('unheard').isRecording()).toBe(false);
    await telemetry.shutdown();
  });

  it('sends spans over OTLP to the endpoint that the standard variable names', async () => {
    const collector = await startCollector();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${collector.port}`;
    try {
      const telemetry = await startTelemetry(process.env, '1.2.3');
      trace.getTracer('test').startSpan('heard').end();
      await telemetry.shutdown();
      const received = Buffer.concat(collector.requests).toString('latin1');
      expect(received).toContain('heard');
      expect(received).toContain('service.name');
      expect(received).toContain('assay');
      expect(received).toContain('1.2.3');
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
      collector.stop();
    }
  });
});

describe('the protocol', () => {
  it('may be HTTP with protobuf bodies', async () => {
    const bodies: Buffer[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk));
      request.on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
    process.env.OTEL_EXPORTER_OTLP_PROTOCOL = 'http/protobuf';
    try {
      const telemetry = await startTelemetry(process.env, '1.2.3');
      trace.getTracer('test').startSpan('heard over HTTP').end();
      await telemetry.shutdown();
      expect(Buffer.concat(bodies).toString('latin1')).toContain('heard over HTTP');
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
      delete process.env.OTEL_EXPORTER_OTLP_PROTOCOL;
      server.close();
      server.closeAllConnections();
    }
  });

  it('is refused when it is another one, instead of sending to nobody', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    };
    await expect(startTelemetry(env, '1.2.3')).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL: http/json'),
    });
  });
});

/** A collector that keeps what it receives as bytes: names and attributes are plain text in them. */
async function startCollector() {
  const requests: Buffer[] = [];
  const server = new Server();
  const pass = (bytes: Buffer) => bytes;
  const definition = {
    Export: {
      path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      requestStream: false,
      responseStream: false,
      requestSerialize: pass,
      requestDeserialize: pass,
      responseSerialize: pass,
      responseDeserialize: pass,
    },
  };
  server.addService(definition, {
    Export: (call: { request: Buffer }, callback: (error: null, answer: Buffer) => void) => {
      requests.push(call.request);
      callback(null, Buffer.alloc(0));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, requests, stop: () => server.forceShutdown() };
}
