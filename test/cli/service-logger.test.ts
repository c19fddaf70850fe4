import { Readable } from 'node:stream';
import { context, propagation, TraceFlags, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it } from 'vitest';
import { createServiceLogger } from '../../src/cli/service-logger.ts';
import type { Config } from '../../src/config/config.ts';

interface Terminal {
  readonly isStderrTty?: boolean;
  readonly env?: Record<string, string>;
}

function loggerWith(log: Config['log'], { isStderrTty = false, env = {} }: Terminal = {}) {
  const output = { stdout: '', stderr: '' };
  const logger = createServiceLogger(
    {
      stdout: (text) => {
        output.stdout += text;
      },
      stderr: (text) => {
        output.stderr += text;
      },
      env,
      isStderrTty,
      stdin: () => Readable.from([]),
      stdinEnd: () => new Promise(() => undefined),
      signal: new AbortController().signal,
    },
    log,
  );
  return { logger, output };
}

afterEach(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

describe('the logger of the service', () => {
  it('writes a line of JSON on stderr, with an RFC 3339 time and its fields', () => {
    const { logger, output } = loggerWith({ level: 'info', pretty: 'auto' });
    logger.warn({ block: 3, err: new Error('no') }, 'it happened');
    expect(output.stdout).toBe('');
    const { time, err, ...line } = JSON.parse(output.stderr);
    expect(line).toEqual({ level: 40, block: 3, msg: 'it happened' });
    expect(new Date(time).toISOString()).toBe(time);
    expect(err).toMatchObject({ type: 'Error', message: 'no' });
  });

  it('leaves out what is below its level', () => {
    const { logger, output } = loggerWith({ level: 'warn', pretty: false });
    logger.debug({}, 'debug');
    logger.info({}, 'info');
    expect(output.stderr).toBe('');
    logger.error({}, 'error');
    expect(JSON.parse(output.stderr)).toMatchObject({ msg: 'error', level: 50 });
  });

  it('says which span a line belongs to', () => {
    new NodeTracerProvider().register();
    const { logger, output } = loggerWith({ level: 'info', pretty: false });
    const traceId = 'a'.repeat(32);
    const spanId = 'b'.repeat(16);
    const span = trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
    context.with(trace.setSpan(context.active(), span), () => logger.info({}, 'inside'));
    logger.info({}, 'outside');
    const [inside, outside] = output.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(inside).toMatchObject({ trace_id: traceId, span_id: spanId });
    expect(outside).not.toHaveProperty('trace_id');
  });

  it('writes for people at a terminal, in colour unless the environment refuses it', () => {
    const coloured = loggerWith({ level: 'info', pretty: 'auto' }, { isStderrTty: true });
    coloured.logger.info({ block: 3 }, 'it happened');
    expect(coloured.output.stderr).toContain('\u001b[');
    const env = { NO_COLOR: '1' };
    const plain = loggerWith({ level: 'info', pretty: 'auto' }, { isStderrTty: true, env });
    plain.logger.info({ block: 3 }, 'it happened');
    expect(plain.output.stderr).toMatch(/^\[[\d:.]+\] INFO: it happened\n {4}block: 3\n$/);
  });

  it('follows the configuration whatever it writes to', () => {
    const plain = loggerWith({ level: 'info', pretty: false }, { isStderrTty: true });
    plain.logger.info({}, 'it happened');
    expect(JSON.parse(plain.output.stderr)).toMatchObject({ msg: 'it happened' });
    const pretty = loggerWith({ level: 'info', pretty: true });
    pretty.logger.info({}, 'it happened');
    expect(pretty.output.stderr).toMatch(/INFO: it happened/);
  });
});
