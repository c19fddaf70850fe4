/**
 * One function per thing that happens. Each becomes a log line, and where it serves an operator a metric and a span, so
 * that no call site logs, counts and traces by itself. Names and attributes are listed in `docs/observability.md`.
 */
import {
  type Attributes,
  context,
  type Meter,
  metrics,
  type Span,
  type SpanContext,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { ChainCheck } from './domain/chain-checks.ts';
import type { Refusal, ReportOutcome } from './domain/report.ts';
import type { WeightSet, WeightSetFailure, WeightSetPhase } from './domain/weight-set.ts';
import { createInstruments } from './events/instruments.ts';
import { recordError, SpanWeightSetTrace } from './events/span-weight-set-trace.ts';

/** A span that another one points at. */
export type TraceLink = SpanContext;

/** What events need of a logger: pino's form. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A logger that says nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Where events go; the OpenTelemetry globals unless a test brings its own. */
export interface EventSinks {
  readonly logger: Logger;
  readonly tracer?: Tracer;
  readonly meter?: Meter;
}

/** A part of a weight set that ran elsewhere, for example in a worker thread. */
export interface MeasuredPhase {
  readonly name: WeightSetPhase;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes?: Attributes;
}

/** The span tree of one weight set. */
export interface WeightSetTrace {
  /** Runs one phase inside a span of its own and hands its error on. */
  phase<T>(name: WeightSetPhase, run: () => Promise<T>): Promise<T>;
  /** Adds a phase that was measured elsewhere, at its own times. */
  measured(phase: MeasuredPhase): void;
  /** Milliseconds by phase, for the phases that have ended. */
  phasesMs(): ReadonlyMap<WeightSetPhase, number>;
}

/** A group of commits that shared one transaction. */
interface CommittedBatch {
  /** OpenTelemetry's name of the database that took it. */
  readonly system: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly commitCount: number;
  readonly reportCount: number;
  readonly rowCount: number;
  readonly links: readonly TraceLink[];
}

/** What a cleanup deleted. */
export interface DeletedCounts {
  readonly profiles: number;
  readonly reports: number;
  readonly weightSets: number;
  /** Rows that belonged to no weight set any more. */
  readonly unlinkedRows: number;
}

interface FinishedCleanup {
  readonly startMs: number;
  readonly endMs: number;
  readonly deleted: DeletedCounts;
}

/** What metrics and spans call it. */
const DELETED_NAMES: ReadonlyMap<keyof DeletedCounts, string> = new Map([
  ['profiles', 'profiles'],
  ['reports', 'reports'],
  ['weightSets', 'weight_sets'],
  ['unlinkedRows', 'unlinked_rows'],
]);

const LINKS_MAX = 128;
const SCOPE = 'assay';

/** See the top of this file. */
export class Events {
  readonly #logger: Logger;
  readonly #tracer: Tracer;
  readonly #instruments: ReturnType<typeof createInstruments>;

  constructor({ logger, tracer, meter }: EventSinks) {
    this.#logger = logger;
    this.#tracer = tracer ?? trace.getTracer(SCOPE);
    this.#instruments = createInstruments(meter ?? metrics.getMeter(SCOPE));
  }

  serviceStarted(fields: { address: string; database: string; chain: string; netuid: number }) {
    this.#logger.info(fields, 'serving');
  }

  serviceDraining(fields: { reason: string }) {
    this.#logger.info(fields, 'draining: no new streams, committing what was taken');
  }

  serviceStopped(fields: { durationMs: number }) {
    this.#logger.info(fields, 'stopped');
  }

  /** A part of the service failed in a way that it recovers from by itself. */
  partFailed(fields: { part: string; error: unknown }) {
    this.#logger.error(
      { part: fields.part, err: fields.error },
      `${fields.part} failed and goes on`,
    );
  }

  /** An endpoint of the chain is in use from now on. */
  chainConnected(fields: { endpoint: string; runtime: string }) {
    this.#instruments.chainConnected.record(1);
    this.#logger.info(fields, 'connected to the chain');
  }

  /** The connection in use ended; the next endpoint is tried. */
  chainDisconnected(fields: { endpoint: string; reason: string }) {
    this.#instruments.chainConnected.record(0);
    this.#logger.warn(fields, `the connection to the chain ended: ${fields.reason}`);
  }

  chainEndpointFailed(fields: { endpoint: string; reason: string }) {
    this.#instruments.chainFailures.add(1, { 'server.address': fields.endpoint });
    this.#logger.warn(fields, `an endpoint of the chain cannot be used: ${fields.reason}`);
  }

  /** The hotkey's file is used although something about it should be mended. */
  walletWarned({ message }: { message: string }) {
    this.#logger.warn({}, `wallet: ${message}`);
  }

  chainHeadSeen({ block }: { block: number }) {
    this.#instruments.chainFinalBlock.record(block);
  }

  /** What the chain asks of us was looked through before a submission; what does not hold is told, the rest is not. */
  preflightChecked({ block, checks }: { block: number; checks: readonly ChainCheck[] }) {
    for (const { name, verdict, detail, remedy } of checks) {
      if (verdict !== 'warning' && verdict !== 'failed') continue;
      this.#logger.warn({ block, check: name, verdict, remedy }, `preflight: ${detail}`);
    }
  }

  /** A broken invariant: logged whole before the process stops. */
  bugFound(fields: { where: string; error: unknown }) {
    this.#logger.error({ where: fields.where, err: fields.error }, 'bug: an invariant is broken');
  }

  /** Starts the span of a report stream; its context links the stream's commits to it. */
  streamOpened(fields: { peer: string }): Span {
    this.#instruments.streamsActive.add(1);
    this.#logger.debug(fields, 'report stream opened');
    return this.#tracer.startSpan('assay.report_stream', {
      attributes: { 'assay.peer': fields.peer },
    });
  }

  streamClosed(fields: { span: Span; proverId: string; messages: number; status: string }) {
    this.#instruments.streamsActive.add(-1);
    const { span, ...shown } = fields;
    span.setAttributes({
      'assay.prover_id': fields.proverId,
      'assay.messages': fields.messages,
      'rpc.status_code': fields.status,
    });
    span.end();
    this.#logger.info(shown, 'report stream closed');
  }

  reportDecided(fields: { outcome: ReportOutcome; count: number }) {
    this.#instruments.reports.add(fields.count, { outcome: fields.outcome });
  }

  reportRefused(fields: {
    proverId: string;
    reportId: string;
    minerUid: number;
    refusal: Refusal;
  }) {
    this.#logger.warn(fields, 'report refused');
  }

  /** One short root span per shared transaction, linked to the streams that fed it. */
  batchCommitted(batch: CommittedBatch) {
    const span = this.#tracer.startSpan(
      'assay.commit',
      {
        root: true,
        startTime: batch.startMs,
        links: batch.links.slice(0, LINKS_MAX).map((link) => ({ context: link })),
        attributes: {
          'db.system.name': batch.system,
          'db.operation.batch.size': batch.rowCount,
          'assay.commits': batch.commitCount,
          'assay.reports': batch.reportCount,
        },
      },
      context.active(),
    );
    span.end(batch.endMs);
    this.#instruments.commitSeconds.record((batch.endMs - batch.startMs) / 1_000);
  }

  unknownGpuSeen(fields: { model: string }) {
    this.#instruments.unknownGpus.add(1);
    this.#logger.warn(fields, 'GPU name without a category: counted as OTHER, see `assay gpu`');
  }

  minerReplaced(fields: { uid: number; oldHotkey: string; newHotkey: string }) {
    this.#logger.info(fields, 'the UID has changed hands: the new miner starts clean');
  }

  profileDeleted(fields: { uid: number; hotkey: string; revision: number }) {
    this.#logger.info(fields, 'profile deleted');
  }

  /** One root span per cleanup, with how much it deleted. */
  cleanupFinished({ startMs, endMs, deleted }: FinishedCleanup) {
    const attributes: Attributes = {};
    for (const [key, what] of DELETED_NAMES) {
      const count = deleted[key];
      attributes[`assay.deleted.${what}`] = count;
      if (count > 0) this.#instruments.deleted.add(count, { what });
    }
    this.#tracer
      .startSpan('assay.cleanup', { root: true, startTime: startMs, attributes }, context.active())
      .end(endMs);
    // Most rounds have nothing to delete.
    const level = Object.values(deleted).some((count) => count > 0) ? 'info' : 'debug';
    this.#logger[level]({ ...deleted, durationMs: endMs - startMs }, 'cleanup finished');
  }

  /**
   * Old rows of one kind stay. The next round tries again, but what is damaged, or in the way, stays so until somebody
   * acts: the count tells the one from the other.
   */
  cleanupFailed({ what, error }: { what: keyof DeletedCounts; error: unknown }) {
    const name = DELETED_NAMES.get(what) ?? what;
    this.#instruments.cleanupFailures.add(1, { what: name });
    const part = `cleanup of ${name.replace('_', ' ')}`;
    this.#logger.error({ part, err: error }, `${part} failed and goes on in the next round`);
  }

  /** Nothing is deleted while nobody knows what time it is. */
  cleanupSkipped({ clockMs, chainMs }: { clockMs: number; chainMs: number | undefined }) {
    this.#instruments.cleanupFailures.add(1, { what: 'all' });
    const fields = { clock: timeText(clockMs), newestBlock: timeText(chainMs) };
    const message =
      'cleanup skipped: the clock and the time of the newest block differ by more than an hour';
    this.#logger.warn(fields, message);
  }

  emissionConfigAccepted(fields: { version: number; source: string; digest: string }) {
    this.#logger.info(fields, 'emission configuration accepted');
  }

  /** Runs one weight set in its span; every phase becomes a child. */
  async weightSet<T>(
    fields: { block: number; netuid: number; mecid: number; trigger: string },
    run: (trace: WeightSetTrace) => Promise<T>,
  ): Promise<T> {
    const attributes = {
      'assay.block': fields.block,
      'assay.netuid': fields.netuid,
      'assay.mecid': fields.mecid,
      'assay.trigger': fields.trigger,
    };
    return this.#tracer.startActiveSpan('assay.weight_set', { attributes }, async (span) => {
      try {
        return await run(new SpanWeightSetTrace(this.#tracer, span));
      } catch (error) {
        recordError(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  weightSetChanged(set: WeightSet) {
    this.#logger.info(
      {
        block: set.block,
        state: set.state,
        totalWeight: set.totalWeight,
        miners: set.minersServed,
      },
      `weight set ${set.state}`,
    );
  }

  weightSetVerified(set: WeightSet) {
    this.#instruments.weightSets.add(1, { outcome: 'verified' });
    this.#instruments.lastSuccessBlock.record(set.block);
    for (const [phase, ms] of set.phasesMs) {
      this.#instruments.weightSetSeconds.record(ms / 1_000, { phase });
    }
    this.#logger.info(
      {
        block: set.block,
        miners: set.minersServed,
        burnPercentage: set.burn.percentage,
        phasesMs: Object.fromEntries(set.phasesMs),
      },
      'weights verified on chain',
    );
  }

  weightSetFailed(fields: { block: number; failure: WeightSetFailure }) {
    this.#endWithout('failed', fields);
  }

  weightSetLost(fields: { block: number; failure: WeightSetFailure }) {
    this.#endWithout('lost', fields);
  }

  #endWithout(outcome: 'failed' | 'lost', fields: { block: number; failure: WeightSetFailure }) {
    this.#instruments.weightSets.add(1, { outcome });
    trace
      .getActiveSpan()
      ?.setStatus({ code: SpanStatusCode.ERROR, message: fields.failure.reason });
    const level = fields.failure.action.kind === 'stop' ? 'error' : 'warn';
    this.#logger[level](fields, `weight set ${outcome}: ${fields.failure.message}`);
  }

  weightsWithheld(fields: { block: number; reason: string; message: string }) {
    this.#instruments.weightSets.add(1, { outcome: 'withheld' });
    this.#logger.error(fields, `weights withheld, the last good ones stay: ${fields.message}`);
  }

  workerReplaced(fields: { error: unknown; attempt: number }) {
    this.#instruments.workersReplaced.add(1);
    this.#logger.warn(
      { err: fields.error, attempt: fields.attempt },
      'a compute worker was replaced',
    );
  }
}

/** A clock may be further off than a date can be. */
function timeText(ms: number | undefined): string {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.valueOf()) ? 'unknown' : date.toISOString();
}
