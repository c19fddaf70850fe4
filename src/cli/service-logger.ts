import { Writable } from 'node:stream';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.ts';
import type { Logger } from '../events.ts';
import type { CommandIo } from './command-io.ts';

/** A logger that writes to stderr, each line with the identifiers of the active span when there is one. */
export function createServiceLogger(io: CommandIo, log: Config['log']): Logger {
  const stderr = new Writable({
    decodeStrings: false,
    write(line, _encoding, done) {
      io.stderr(String(line));
      done();
    },
  });
  const shouldColour = io.isStderrTty && !io.env.NO_COLOR;
  const isPretty = log.pretty === 'auto' ? io.isStderrTty : log.pretty;
  const stream = isPretty
    ? pretty({ colorize: shouldColour, destination: stderr, sync: true })
    : stderr;
  return pino(
    { level: log.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin: activeSpan },
    stream,
  );
}

function activeSpan(): object {
  const active = trace.getActiveSpan()?.spanContext();
  return active !== undefined && isSpanContextValid(active)
    ? { trace_id: active.traceId, span_id: active.spanId }
    : {};
}
