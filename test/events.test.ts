import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AssayError } from '../src/domain/errors.ts';
import { Events, silentLogger } from '../src/events.ts';
import { RecordingLogger } from './support/intake-fixture.ts';
import { RecordedMetrics } from './support/recorded-metrics.ts';
import { sampleWeightSet } from './support/weight-set-samples.ts';

const exporter = new InMemorySpanExporter();
const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const WEIGHT_SET = { block: 360, netuid: 39, mecid: 1, trigger: 'interval' };

let logger: RecordingLogger;
let metrics: RecordedMetrics;
let events: Events;

beforeAll(() => tracing.register());
beforeEach(() => {
  logger = new RecordingLogger();
  metrics = new RecordedMetrics();
  events = new Events({ logger, tracer: tracing.getTracer('test'), meter: metrics.meter });
});
afterEach(() => exporter.reset());
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

const readings = (name: string) => metrics.readings(name);

function span(name: string): ReadableSpan {
  const [first, ...more] = exporter.getFinishedSpans().filter((one) => one.name === name);
  expect(more).toEqual([]);
  if (first === undefined) throw new Error(`there is no span ${name}`);
  return first;
}

describe('the life of the service', () => {
  it('is a log line for each step', () => {
    events.serviceStarted({ address: 'a:1', database: 'a.db', chain: 'dev', netuid: 1 });
    events.serviceDraining({ reason: 'told to' });
    events.serviceStopped({ durationMs: 12 });
    expect(logger.lines).toEqual([
      {
        level: 'info',
        fields: { address: 'a:1', database: 'a.db', chain: 'dev', netuid: 1 },
        message: 'serving',
      },
      {
        level: 'info',
        fields: { reason: 'told to' },
        message: 'draining: no new streams, committing what was taken',
      },
      { level: 'info', fields: { durationMs: 12 }, message: 'stopped' },
    ]);
  });

  it('logs errors whole, as errors', () => {
    const error = new AssayError('chain_unreachable', 'no answer');
    events.partFailed({ part: 'metagraph watcher', error });
    events.bugFound({ where: 'weight setter', error });
    expect(logger.lines).toEqual([
      {
        level: 'error',
        fields: { part: 'metagraph watcher', err: error },
        message: 'metagraph watcher failed and goes on',
      },
      {
        level: 'error',
        fields: { where: 'weight setter', err: error },
        message: 'bug: an invariant is broken',
      },
    ]);
  });
});

describe('a report stream', () => {
  it('is a span with who sent how much and how it ended, and counts while it is open', async () => {
    const open = events.streamOpened({ peer: '127.0.0.1:9' });
    events.streamOpened({ peer: '127.0.0.1:10' });
    expect(await readings('stream.active')).toMatchObject({ values: [[2, {}]] });
    events.streamClosed({ span: open, proverId: 'prover-1', messages: 3, status: 'OK' });
    expect(await readings('stream.active')).toMatchObject({ values: [[1, {}]] });
    expect(span('assay.report_stream').attributes).toEqual({
      'assay.peer': '127.0.0.1:9',
      'assay.prover_id': 'prover-1',
      'assay.messages': 3,
      'rpc.status_code': 'OK',
    });
    expect(logger.about('report stream closed')).toEqual([
      { proverId: 'prover-1', messages: 3, status: 'OK' },
    ]);
  });
});

describe('reports', () => {
  it('are counted by outcome', async () => {
    events.reportDecided({ outcome: 'APPLIED', count: 3 });
    events.reportDecided({ outcome: 'APPLIED', count: 1 });
    events.reportDecided({ outcome: 'STALE', count: 2 });
    expect(await readings('verification.reports')).toMatchObject({
      values: [
        [4, { outcome: 'APPLIED' }],
        [2, { outcome: 'STALE' }],
      ],
    });
  });

  it('that are refused are logged with field, value and rule', () => {
    const refusal = { reason: 'MALFORMED_FIELD', field: 'f', value: 'v', rule: 'r' } as const;
    const fields = { proverId: 'prover-1', reportId: 'report-1', minerUid: 7, refusal };
    events.reportRefused(fields);
    expect(logger.lines).toEqual([{ level: 'warn', fields, message: 'report refused' }]);
  });

  it('with unknown GPUs are counted and logged with the name', async () => {
    events.unknownGpuSeen({ model: 'NVIDIA Q900' });
    expect(await readings('verification.gpus.unknown')).toMatchObject({ values: [[1, {}]] });
    expect(logger.about('GPU name without a category')).toEqual([{ model: 'NVIDIA Q900' }]);
  });
});

describe('a committed batch', () => {
  const batch = { system: 'ledger', commitCount: 2, reportCount: 3, rowCount: 9, links: [] };

  it('is a root span with its own times, whatever runs around it', async () => {
    const around = tracing.getTracer('test').startSpan('around');
    const startMs = Date.UTC(2026, 0, 1);
    context.with(trace.setSpan(context.active(), around), () =>
      events.batchCommitted({ ...batch, startMs, endMs: startMs + 250 }),
    );
    const commit = span('assay.commit');
    expect(commit.parentSpanContext).toBe(undefined);
    expect(commit.attributes).toEqual({
      'db.system.name': 'ledger',
      'db.operation.batch.size': 9,
      'assay.commits': 2,
      'assay.reports': 3,
    });
    expect(commit.startTime).toEqual([startMs / 1_000, 0]);
    expect(commit.endTime).toEqual([startMs / 1_000, 250_000_000]);
    expect(await readings('verification.commit.duration')).toEqual({
      unit: 's',
      values: [[{ count: 1, sum: 0.25 }, {}]],
    });
  });

  it('is linked to at most 128 streams', () => {
    const spanContext = tracing.getTracer('test').startSpan('stream').spanContext();
    const links = Array.from({ length: 200 }, () => spanContext);
    events.batchCommitted({ ...batch, links, startMs: 0, endMs: 1 });
    expect(span('assay.commit').links.length).toBe(128);
    expect(span('assay.commit').links[0]?.context).toEqual(spanContext);
  });
});

describe('a cleanup', () => {
  it('is a root span with its own times, a log line and a count of what it deleted', async () => {
    const deleted = { profiles: 1, reports: 200, weightSets: 0, unlinkedRows: 30 };
    const startMs = Date.UTC(2026, 0, 1);
    const around = tracing.getTracer('test').startSpan('around');
    context.with(trace.setSpan(context.active(), around), () =>
      events.cleanupFinished({ startMs, endMs: startMs + 500, deleted }),
    );
    const cleanup = span('assay.cleanup');
    expect(cleanup.parentSpanContext).toBe(undefined);
    expect(cleanup.startTime).toEqual([startMs / 1_000, 0]);
    expect(cleanup.endTime).toEqual([startMs / 1_000, 500_000_000]);
    expect(cleanup.attributes).toEqual({
      'assay.deleted.profiles': 1,
      'assay.deleted.reports': 200,
      'assay.deleted.weight_sets': 0,
      'assay.deleted.unlinked_rows': 30,
    });
    expect(logger.lines).toEqual([
      { level: 'info', message: 'cleanup finished', fields: { ...deleted, durationMs: 500 } },
    ]);
    expect((await readings('cleanup.deleted')).values).toEqual([
      [1, { what: 'profiles' }],
      [200, { what: 'reports' }],
      [30, { what: 'unlinked_rows' }],
    ]);
  });
});

describe('miners and configurations', () => {
  it('that change are logged', () => {
    const replaced = { uid: 7, oldHotkey: 'old', newHotkey: 'new' };
    const accepted = { version: 2, source: 'api', digest: 'd' };
    events.minerReplaced(replaced);
    events.emissionConfigAccepted(accepted);
    expect(logger.lines).toEqual([
      {
        level: 'info',
        fields: replaced,
        message: 'the UID has changed hands: the new miner starts clean',
      },
      { level: 'info', fields: accepted, message: 'emission configuration accepted' },
    ]);
  });
});

describe('the span tree of a weight set', () => {
  it('has a child for each phase, those that were measured elsewhere at their own times', async () => {
    const startMs = Date.UTC(2026, 0, 1);
    const given = await events.weightSet(WEIGHT_SET, async (tree) => {
      const result = await tree.phase('snapshot', async () => 'result');
      tree.measured({
        name: 'score',
        startMs,
        endMs: startMs + 5,
        attributes: { 'assay.place': 'worker' },
      });
      expect([...tree.phasesMs().keys()]).toEqual(['snapshot', 'score']);
      expect(tree.phasesMs().get('score')).toBe(5);
      return result;
    });
    expect(given).toBe('result');
    const root = span('assay.weight_set');
    expect(root.attributes).toEqual({
      'assay.block': 360,
      'assay.netuid': 39,
      'assay.mecid': 1,
      'assay.trigger': 'interval',
    });
    for (const name of ['assay.weight_set.snapshot', 'assay.weight_set.score']) {
      expect(span(name).parentSpanContext?.spanId).toBe(root.spanContext().spanId);
    }
    const score = span('assay.weight_set.score');
    expect(score.startTime).toEqual([startMs / 1_000, 0]);
    expect(score.endTime).toEqual([startMs / 1_000, 5_000_000]);
    expect(score.attributes).toEqual({ 'assay.place': 'worker' });
  });

  it('says where it failed, hands the error on, and ends every span', async () => {
    const error = new AssayError('chain_unreachable', 'no answer');
    const failed = events.weightSet(WEIGHT_SET, (tree) =>
      tree.phase('submit', () => Promise.reject(error)),
    );
    await expect(failed).rejects.toBe(error);
    for (const name of ['assay.weight_set.submit', 'assay.weight_set']) {
      expect(span(name).status).toEqual({ code: SpanStatusCode.ERROR, message: 'no answer' });
      expect(span(name).events.map((event) => event.name)).toEqual(['exception']);
    }
  });

  it('takes what is thrown that is no error', async () => {
    await expect(events.weightSet(WEIGHT_SET, () => Promise.reject('just text'))).rejects.toBe(
      'just text',
    );
    expect(span('assay.weight_set').status.message).toBe('just text');
  });
});

describe('a weight set', () => {
  it('is logged at each change of state', () => {
    events.weightSetChanged(sampleWeightSet({ state: 'in_block' }));
    expect(logger.lines).toEqual([
      {
        level: 'info',
        fields: { block: 360, state: 'in_block', totalWeight: 1_000, miners: 2 },
        message: 'weight set in_block',
      },
    ]);
  });

  it('that is verified counts, with its block and the time of each phase', async () => {
    events.weightSetVerified(sampleWeightSet({ state: 'verified' }));
    expect(await readings('weights.set.attempts')).toMatchObject({
      values: [[1, { outcome: 'verified' }]],
    });
    expect(await readings('weights.last_success.block')).toMatchObject({ values: [[360, {}]] });
    expect(await readings('weights.set.duration')).toEqual({
      unit: 's',
      values: [
        [{ count: 1, sum: 0.0015 }, { phase: 'snapshot' }],
        [{ count: 1, sum: 0.00025 }, { phase: 'score' }],
      ],
    });
    expect(logger.about('weights verified on chain')).toEqual([
      { block: 360, miners: 2, burnPercentage: 10, phasesMs: { snapshot: 1.5, score: 0.25 } },
    ]);
  });

  it.each([
    ['failed', { kind: 'retry_now' }, 'warn'],
    ['failed', { kind: 'retry_at_block', block: 400 }, 'warn'],
    ['failed', { kind: 'stop' }, 'error'],
    ['lost', { kind: 'retry_now' }, 'warn'],
  ] as const)('that %s with %j is a %s, and its span an error', async (outcome, action, level) => {
    const failure = { reason: 'Scripted', message: 'the chain said no', action };
    const tell = outcome === 'lost' ? 'weightSetLost' : 'weightSetFailed';
    await events.weightSet(WEIGHT_SET, async () => events[tell]({ block: 360, failure }));
    expect(logger.lines).toEqual([
      {
        level,
        fields: { block: 360, failure },
        message: `weight set ${outcome}: the chain said no`,
      },
    ]);
    expect(span('assay.weight_set').status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'Scripted',
    });
    expect(await readings('weights.set.attempts')).toMatchObject({
      values: [[1, { outcome }]],
    });
  });

  it('that failed outside of any span is counted all the same', async () => {
    const failure = { reason: 'X', message: 'no', action: { kind: 'stop' } } as const;
    events.weightSetFailed({ block: 360, failure });
    expect(await readings('weights.set.attempts')).toMatchObject({
      values: [[1, { outcome: 'failed' }]],
    });
  });

  it('that is withheld is an error in the log, and counted', async () => {
    const fields = { block: 360, reason: 'NOTHING_TO_PAY', message: 'nobody can be paid' };
    events.weightsWithheld(fields);
    expect(logger.lines).toEqual([
      {
        level: 'error',
        fields,
        message: 'weights withheld, the last good ones stay: nobody can be paid',
      },
    ]);
    expect(await readings('weights.set.attempts')).toMatchObject({
      values: [[1, { outcome: 'withheld' }]],
    });
  });
});

describe('a compute worker', () => {
  it('that was replaced is counted and logged', async () => {
    const error = new Error('it died');
    events.workerReplaced({ error, attempt: 1 });
    expect(await readings('compute.workers.replaced')).toMatchObject({ values: [[1, {}]] });
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        fields: { err: error, attempt: 1 },
        message: 'a compute worker was replaced',
      },
    ]);
  });
});

describe('events without sinks of their own', () => {
  it('go to the globals, which do nothing unless something is registered', async () => {
    const quiet = new Events({ logger: silentLogger });
    quiet.reportDecided({ outcome: 'APPLIED', count: 1 });
    quiet.unknownGpuSeen({ model: 'X' });
    quiet.partFailed({ part: 'p', error: new Error('e') });
    quiet.serviceStopped({ durationMs: 1 });
    quiet.streamClosed({
      span: quiet.streamOpened({ peer: 'p' }),
      proverId: 'p',
      messages: 0,
      status: 'OK',
    });
    expect(span('assay.report_stream').attributes['rpc.status_code']).toBe('OK');
  });
});
