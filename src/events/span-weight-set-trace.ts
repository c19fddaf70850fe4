import { context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { WeightSetPhase } from '../domain/weight-set.ts';
import type { MeasuredPhase, WeightSetTrace } from '../events.ts';
import { errorText } from '../lib/error-text.ts';

/** A weight set as a span with one child per phase. */
export class SpanWeightSetTrace implements WeightSetTrace {
  readonly #tracer: Tracer;
  readonly #root: Span;
  readonly #phasesMs = new Map<WeightSetPhase, number>();

  constructor(tracer: Tracer, root: Span) {
    this.#tracer = tracer;
    this.#root = root;
  }

  phase<T>(name: WeightSetPhase, run: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    return this.#tracer.startActiveSpan(`assay.weight_set.${name}`, async (span) => {
      try {
        return await run();
      } catch (error) {
        recordError(span, error);
        throw error;
      } finally {
        span.end();
        this.#phasesMs.set(name, performance.now() - startedMs);
      }
    });
  }

  measured({ name, startMs, endMs, attributes = {} }: MeasuredPhase) {
    const span = this.#tracer.startSpan(
      `assay.weight_set.${name}`,
      { startTime: startMs, attributes },
      trace.setSpan(context.active(), this.#root),
    );
    span.end(endMs);
    this.#phasesMs.set(name, endMs - startMs);
  }

  phasesMs(): ReadonlyMap<WeightSetPhase, number> {
    return new Map(this.#phasesMs);
  }
}

/** Marks a span as failed. */
export function recordError(span: Span, error: unknown) {
  const message = errorText(error);
  span.recordException(error instanceof Error ? error : message);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
