import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WEIGHT_SET_PHASES } from '../../src/domain/weight-set.ts';
import { RunningService } from '../support/running-service.ts';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

beforeAll(() => provider.register());
afterEach(() => exporter.reset());
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

function spans(name: string): ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name);
}

function only(name: string): ReadableSpan {
  const [span, ...more] = spans(name);
  expect(more).toEqual([]);
  if (span === undefined) throw new Error(`there is no span ${name}`);
  return span;
}

function ms([seconds, nanos]: ReadableSpan['startTime']): number {
  return seconds * 1_000 + nanos / 1e6;
}

async function served(toml = '') {
  const service = await RunningService.start({ toml, tracer: provider.getTracer('test') });
  const prover = service.prover();
  await prover.deliver(service.report(2), service.report(3));
  return { service, prover };
}

describe('the spans of a weight set', () => {
  it('are one tree: a root for the set and a child for each phase, in order', async () => {
    const { service } = await served();
    await service.nextSet();
    await service.stop();
    const root = only('assay.weight_set');
    expect(root.parentSpanContext).toBe(undefined);
    expect(root.attributes).toMatchObject({
      'assay.block': 10,
      'assay.netuid': 1,
      'assay.mecid': 0,
      'assay.trigger': 'interval',
    });
    const phases = WEIGHT_SET_PHASES.map((phase) => only(`assay.weight_set.${phase}`));
    for (const phase of phases) {
      expect(phase.parentSpanContext?.spanId).toBe(root.spanContext().spanId);
      expect(phase.spanContext().traceId).toBe(root.spanContext().traceId);
    }
    const ended = exporter.getFinishedSpans().filter(({ name }) => name.startsWith(root.name));
    expect(ended.map(({ name }) => name)).toEqual([...phases.map(({ name }) => name), root.name]);
  });

  it('carry the order in which a worker thread took them, and say where the calculation ran', async () => {
    const { service } = await served('[compute]\nthreads = 1\ninline_pairs_max = 0\n');
    await service.nextSet();
    await service.stop();
    const root = only('assay.weight_set');
    for (const name of ['assay.weight_set.score', 'assay.weight_set.apportion']) {
      const span = only(name);
      expect(span.attributes).toEqual({ 'assay.place': 'worker' });
      expect(span.parentSpanContext?.spanId).toBe(root.spanContext().spanId);
    }
    const [score, apportion] = [only('assay.weight_set.score'), only('assay.weight_set.apportion')];
    expect(ms(score.endTime)).toBeGreaterThanOrEqual(ms(score.startTime));
    expect(ms(apportion.startTime)).toBeGreaterThanOrEqual(ms(score.endTime));
  });
});

describe('the span of a commit', () => {
  it('is a root of its own, linked to the stream that the reports came by', async () => {
    const { service, prover } = await served();
    prover.stream.call.end();
    await prover.stream.ended;
    await service.stop();
    const stream = only('assay.report_stream');
    expect(stream.attributes).toMatchObject({
      'assay.prover_id': 'prover-1',
      'assay.messages': 1,
      'rpc.status_code': 'OK',
    });
    const commits = spans('assay.commit');
    const reports = commits.map(({ attributes }) => Number(attributes['assay.reports']));
    expect(reports.reduce((sum, count) => sum + count, 0)).toBe(2);
    for (const commit of commits) {
      expect(commit.parentSpanContext).toBe(undefined);
      expect(commit.links.map((link) => link.context.spanId)).toEqual([
        stream.spanContext().spanId,
      ]);
    }
  });
});
