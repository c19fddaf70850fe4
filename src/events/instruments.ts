import type { Meter } from '@opentelemetry/api';

/** Every metric that events record; listed in `docs/observability.md`. */
export function createInstruments(meter: Meter) {
  return {
    streamsActive: meter.createUpDownCounter('stream.active'),
    reports: meter.createCounter('verification.reports'),
    commitSeconds: meter.createHistogram('verification.commit.duration', { unit: 's' }),
    unknownGpus: meter.createCounter('verification.gpus.unknown'),
    weightSets: meter.createCounter('weights.set.attempts'),
    weightSetSeconds: meter.createHistogram('weights.set.duration', { unit: 's' }),
    lastSuccessBlock: meter.createGauge('weights.last_success.block'),
    deleted: meter.createCounter('cleanup.deleted'),
    cleanupFailures: meter.createCounter('cleanup.failures'),
    chainConnected: meter.createGauge('chain.connected'),
    chainFinalBlock: meter.createGauge('chain.finalized.block'),
    chainFailures: meter.createCounter('chain.endpoint.failures'),
    workersReplaced: meter.createCounter('compute.workers.replaced'),
  };
}
