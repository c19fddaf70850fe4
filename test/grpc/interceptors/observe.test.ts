import { Metadata } from '@grpc/grpc-js';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture, reportMessage } from '../../support/grpc-fixture.ts';

const exporter = new InMemorySpanExporter();
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
let fixture: GrpcFixture;

function caller(): Metadata {
  const metadata = new Metadata();
  metadata.set('traceparent', `00-${TRACE_ID}-${SPAN_ID}-01`);
  return metadata;
}

function spans(name: string) {
  return exporter.getFinishedSpans().filter((span) => span.name === name);
}

beforeAll(async () => {
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  fixture = await GrpcFixture.start();
});
afterEach(() => exporter.reset());
afterAll(async () => {
  await fixture.close();
  trace.disable();
  context.disable();
  propagation.disable();
});

describe('the span of a unary call', () => {
  const method = 'assay.v1.VerificationService/SubmitReports';

  it('is a child of the caller, and what the call stores is linked to it', async () => {
    const { verification } = fixture.client();
    const request = { prover_id: 'p', reports: [reportMessage()] };
    await answer((callback) => verification.SubmitReports(request, caller(), callback));
    const [span] = spans(method);
    expect(span).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: { spanId: SPAN_ID },
      attributes: { 'rpc.system.name': 'grpc', 'rpc.method': method, 'rpc.status_code': 'OK' },
    });
    expect(span?.spanContext().traceId).toBe(TRACE_ID);
    expect(fixture.intake.deliveries.at(-1)?.options.link).toEqual(span?.spanContext());
  });

  it('blames the server for its own faults only', async () => {
    const client = fixture.client();
    await refusal((callback) => client.verification.SubmitReports({}, callback));
    expect(spans(method)[0]).toMatchObject({
      attributes: { 'rpc.status_code': 'INVALID_ARGUMENT' },
      status: { code: SpanStatusCode.UNSET },
    });
    fixture.weightSetting.setNow = () => Promise.reject(new Error('bug'));
    await refusal((callback) => client.operations.SetWeights({}, callback));
    expect(spans('assay.v1.OperationsService/SetWeights')[0]).toMatchObject({
      attributes: { 'rpc.status_code': 'INTERNAL' },
      status: { code: SpanStatusCode.ERROR },
    });
  });

  it('ends when the caller goes away', async () => {
    fixture.intake.isHolding = true;
    const { verification } = fixture.client();
    const request = { prover_id: 'p', reports: [reportMessage()] };
    const before = fixture.intake.deliveries.length;
    const gone = refusal((callback) => {
      const call = verification.SubmitReports(request, callback);
      void fixture.intake.delivered(before + 1).then(() => call.cancel());
    });
    expect(await gone).toMatchObject({ code: 'CANCELLED' });
    while (spans(method).length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(spans(method)[0]?.attributes).toMatchObject({ 'rpc.status_code': 'CANCELLED' });
    fixture.intake.isHolding = false;
  });
});

describe('a report stream', () => {
  it('has no span of its call, but one of its own in the trace of the caller', async () => {
    const { verification } = fixture.client();
    const call = verification.StreamReports(caller());
    const ended = new Promise((resolve) => call.on('end', resolve));
    call.resume();
    call.write({ prover_id: 'p', sequence: 1, reports: [reportMessage()] });
    call.end();
    await ended;
    expect(spans('assay.v1.VerificationService/StreamReports')).toEqual([]);
    const [span] = spans('assay.report_stream');
    expect(span).toMatchObject({ parentSpanContext: { spanId: SPAN_ID } });
    expect(fixture.intake.deliveries.at(-1)?.options.link).toEqual(span?.spanContext());
  });
});
