/** The service as it is, in a process of its own, which tells what it wrote and how long its event loop was held. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Attributes, type SpanOptions, type Tracer, trace } from '@opentelemetry/api';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { silentLogger } from '../src/events.ts';
import { answerParent } from './measured-process.ts';

/** What was written since the question before. */
export interface WrittenSince {
  readonly transactions: number;
  readonly reports: number;
  readonly rows: number;
  /** Processor time of all threads. */
  readonly processorMs: number;
  readonly eventLoopHeldMaxMs: number;
}

const flags = JSON.parse(process.argv[2] ?? '') as Record<string, string | number>;
const written = { transactions: 0, reports: 0, rows: 0 };
const silent = trace.getTracer('assay-bench');

/** Spans that go nowhere; those of commits are counted. */
const tracer: Tracer = {
  startSpan(name: string, options?: SpanOptions) {
    if (name === 'assay.commit') countCommit(options?.attributes ?? {});
    return silent.startSpan(name);
  },
  startActiveSpan: silent.startActiveSpan.bind(silent),
};

function countCommit(attributes: Attributes): void {
  written.transactions += 1;
  written.reports += Number(attributes['assay.reports']);
  written.rows += Number(attributes['db.operation.batch.size']);
}

const stop = new AbortController();
const app = await createApp(loadConfig({ env: {}, flags }), { logger: silentLogger, tracer });
const running = app.run(stop.signal);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let asked = { ...written, cpu: process.cpuUsage() };
await answerParent(app.address, (): WrittenSince => {
  const before = asked;
  asked = { ...written, cpu: process.cpuUsage() };
  const { user, system } = process.cpuUsage(before.cpu);
  const eventLoopHeldMaxMs = delay.max / 1e6;
  delay.reset();
  return {
    transactions: asked.transactions - before.transactions,
    reports: asked.reports - before.reports,
    rows: asked.rows - before.rows,
    processorMs: (user + system) / 1_000,
    eventLoopHeldMaxMs,
  };
});
stop.abort();
await running;
