import type { Meter } from '@opentelemetry/api';
import {
  type DataPoint,
  type Histogram,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';

class TestReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** A meter whose instruments can be read at any time. */
export class RecordedMetrics {
  readonly meter: Meter;
  readonly #reader = new TestReader();

  constructor() {
    this.meter = new MeterProvider({ readers: [this.#reader] }).getMeter('test');
  }

  /** The readings of one instrument: value, or count and sum of a histogram, with attributes. */
  async readings(name: string) {
    const { resourceMetrics } = await this.#reader.collect();
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const found = metrics.find(({ descriptor }) => descriptor.name === name);
    const points: readonly DataPoint<unknown>[] = found?.dataPoints ?? [];
    return {
      unit: found?.descriptor.unit,
      values: points.map(({ value, attributes }) => [
        shown(value as number | Histogram),
        attributes,
      ]),
    };
  }
}

function shown(value: number | Histogram) {
  return typeof value === 'number' ? value : { count: value.count, sum: value.sum };
}
