import { readFileSync } from 'node:fs';
import { createNoopMeter } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { WEIGHT_SET_PHASES } from '../src/domain/weight-set.ts';
import { Events, silentLogger } from '../src/events.ts';

describe('docs/observability.md', () => {
  const page = readFileSync(new URL('../docs/observability.md', import.meta.url), 'utf8');
  const firstCells = (text: string) =>
    [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name).sort();

  it('lists every instrument, those of the calls included, and no other', () => {
    const created = ['rpc.server.call.duration'];
    const meter = new Proxy(createNoopMeter(), {
      get: (target, method) => (name: string) => {
        created.push(name);
        return Reflect.get(target, method).call(target, name);
      },
    });
    new Events({ logger: silentLogger, meter });
    expect(firstCells(page.slice(page.indexOf('## Metrics')))).toEqual(created.sort());
  });

  it('lists every span that an event starts', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    const given = new Events({ logger: silentLogger, tracer: provider.getTracer('test') });
    given.batchCommitted({
      ...{ system: 'sqlite', startMs: 0, endMs: 1, links: [] },
      ...{ commitCount: 1, reportCount: 1, rowCount: 1 },
    });
    await given.weightSet(
      { block: 1, netuid: 1, mecid: 0, trigger: 'interval' },
      async () => undefined,
    );
    given.cleanupFinished({
      ...{ startMs: 0, endMs: 1 },
      deleted: { profiles: 0, reports: 0, weightSets: 0, unlinkedRows: 0 },
    });
    const stream = given.streamOpened({ peer: 'p' });
    given.streamClosed({ span: stream, proverId: 'p', messages: 0, status: 'OK' });
    const names = exporter.getFinishedSpans().map(({ name }) => name);
    expect(names.length).toBe(4);
    expect(firstCells(page.slice(0, page.indexOf('## Metrics')))).toEqual(
      expect.arrayContaining(names),
    );
    for (const phase of WEIGHT_SET_PHASES) expect(page).toMatch(new RegExp(`[\`.]${phase}\``));
  });
});
