/**
 * One report stream. Messages are read one by one and delivered at once, so that up to `messagesInFlightMax` of them wait
 * for the disk together; they are acknowledged in the order in which they came, several in one response when several are
 * durable. A message holds its place until its acknowledgement is written, so a caller that does not read its
 * acknowledgements is no longer read either.
 *
 * The stream ends when the caller has sent everything, sends something wrong, or is told to reconnect because the service
 * drains: in each case what was taken is finished and acknowledged first. When a delivery fails, what came before it is
 * acknowledged and nothing after it, and no further delivery begins. When the caller is gone, what was taken is finished
 * all the same.
 */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Span } from '@opentelemetry/api';
import type { ReportIntake } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import { type ProverId, proverId } from '../../domain/ids.ts';
import { Permits } from '../../lib/permits.ts';
import { shuttingDown } from '../drain.ts';
import type { ReportResult as ReportResultMessage } from '../generated/assay/v1/ReportResult.ts';
import type { StreamReportsRequest__Output } from '../generated/assay/v1/StreamReportsRequest.ts';
import type { StreamReportsResponse } from '../generated/assay/v1/StreamReportsResponse.ts';
import type { GrpcLimits } from '../limits.ts';
import { MessageReader } from '../message-reader.ts';
import { writeMessage } from '../message-writer.ts';
import { type FormRefusals, type ReportBatch, readBatch, resultMessages } from './report-batch.ts';

export type ReportCall = ServerDuplexStream<StreamReportsRequest__Output, StreamReportsResponse>;

export interface ReportStreamPorts {
  readonly intake: ReportIntake;
  readonly refusals: FormRefusals;
  readonly limits: Pick<GrpcLimits, 'messagesInFlightMax' | 'executorsInFlightMax'>;
  /** Aborts when the service drains. */
  readonly draining: AbortSignal;
}

/** The call, its span, and the signal that aborts when the caller is gone. */
export interface ReportStreamCall {
  readonly call: ReportCall;
  readonly span: Span;
  readonly gone: AbortSignal;
}

type Outcome =
  | { readonly kind: 'durable'; readonly results: ReportResultMessage[] }
  | { readonly kind: 'failed'; readonly error: unknown };

interface Pending {
  readonly sequence: number;
  readonly cost: number;
  readonly settled: Promise<void>;
  outcome: Outcome | undefined;
}

/** Results in one response when several messages are acknowledged together; one message may have more. */
const RESULTS_PER_RESPONSE_MAX = 1_000;

export class ReportStream {
  readonly #ports: ReportStreamPorts;
  readonly #call: ReportCall;
  readonly #span: Span;
  readonly #gone: AbortSignal;
  /** Stops the reading: the caller is gone, the service drains, or a delivery has failed. */
  readonly #stop = new AbortController();
  /** Aborts the moment a report or a delivery fails: nothing may overtake the reports that were not taken. */
  readonly #failed = new AbortController();
  readonly #permits: Permits;
  readonly #pending: Pending[] = [];
  #wakeWriter: () => void = () => undefined;
  #isReadingOver = false;
  #endError: unknown;
  #proverId: ProverId | undefined;
  #sequence = 0;
  #messageCount = 0;

  constructor(ports: ReportStreamPorts, { call, span, gone }: ReportStreamCall) {
    this.#ports = ports;
    this.#call = call;
    this.#span = span;
    this.#gone = gone;
    this.#permits = new Permits(ports.limits.executorsInFlightMax);
  }

  get proverId(): string {
    return this.#proverId ?? '';
  }

  get messageCount(): number {
    return this.#messageCount;
  }

  /** @throws AssayError with which the stream ends, or the signal's reason when the caller is gone. */
  async run(): Promise<void> {
    const { draining } = this.#ports;
    const stop = () => this.#stop.abort();
    draining.addEventListener('abort', stop);
    this.#gone.addEventListener('abort', stop);
    this.#failed.signal.addEventListener('abort', stop, { once: true });
    if (draining.aborted || this.#gone.aborted) stop();
    const reading = this.#read();
    try {
      await this.#acknowledgeAll();
    } finally {
      stop();
      await reading;
      await Promise.all(this.#pending.map(({ settled }) => settled));
      draining.removeEventListener('abort', stop);
    }
    this.#gone.throwIfAborted();
    if (this.#endError !== undefined) throw this.#endError;
    if (draining.aborted) throw shuttingDown();
  }

  /** Never throws: what ends the reading is told by `#endError` once everything is acknowledged. */
  async #read(): Promise<void> {
    const reader = new MessageReader<StreamReportsRequest__Output>(this.#call, this.#stop.signal);
    try {
      for (;;) {
        const message = await reader.next();
        if (message === undefined) return;
        const batch = this.#checked(message);
        const cost = this.#costOf(batch);
        await this.#permits.acquire(cost, this.#stop.signal);
        // The stop may have come between the grant and this line.
        this.#stop.signal.throwIfAborted();
        this.#take(batch, { sequence: message.sequence, cost });
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#endError = error;
    } finally {
      this.#isReadingOver = true;
      this.#wakeWriter();
    }
  }

  #checked({ prover_id, sequence, reports }: StreamReportsRequest__Output): ReportBatch {
    if (this.#proverId === undefined) {
      this.#proverId = proverId(prover_id);
    } else if (prover_id !== '' && prover_id !== this.#proverId) {
      const rule = `is empty or that of the first message, ${this.#proverId}`;
      throw AssayError.invalid({ field: 'prover_id', value: prover_id, rule });
    }
    if (!Number.isSafeInteger(sequence) || sequence <= this.#sequence) {
      const rule = `is an integer from ${this.#sequence + 1} to ${Number.MAX_SAFE_INTEGER}`;
      throw AssayError.invalid({ field: 'sequence', value: sequence, rule });
    }
    this.#sequence = sequence;
    return readBatch(this.#proverId, reports);
  }

  /** The permits of a message: its executors, but so many at least that no more than the allowed messages have permits. */
  #costOf(batch: ReportBatch): number {
    const { messagesInFlightMax, executorsInFlightMax } = this.#ports.limits;
    const executors = batch.reports.reduce((sum, report) => sum + report.executors.length, 0);
    const least = Math.ceil(executorsInFlightMax / messagesInFlightMax);
    return Math.min(executorsInFlightMax, Math.max(least, executors));
  }

  #take(batch: ReportBatch, { sequence, cost }: { sequence: number; cost: number }): void {
    this.#messageCount += 1;
    const outcome = this.#deliver(batch);
    const pending: Pending = {
      sequence,
      cost,
      outcome: undefined,
      settled: outcome.then((value) => {
        pending.outcome = value;
      }),
    };
    this.#pending.push(pending);
    this.#wakeWriter();
  }

  async #deliver(batch: ReportBatch): Promise<Outcome> {
    try {
      const delivered =
        batch.reports.length === 0
          ? []
          : await this.#ports.intake.deliver(batch.reports, {
              whenFull: 'wait',
              link: this.#span.spanContext(),
              signal: this.#gone,
              failed: this.#failed,
            });
      this.#ports.refusals.record(batch);
      return { kind: 'durable', results: resultMessages(batch, delivered) };
    } catch (error) {
      this.#failed.abort(error);
      return { kind: 'failed', error };
    }
  }

  async #acknowledgeAll(): Promise<void> {
    for (;;) {
      const first = this.#pending[0];
      if (first !== undefined) {
        await first.settled;
        await this.#acknowledge();
      } else if (this.#isReadingOver) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeWriter = resolve;
        });
      }
    }
  }

  /** Acknowledges the first message, which is settled, and those after it that are durable too. */
  async #acknowledge(): Promise<void> {
    const results: ReportResultMessage[] = [];
    let count = 0;
    let cost = 0;
    let sequence = 0;
    for (const pending of this.#pending) {
      const { outcome } = pending;
      if (outcome?.kind === 'failed' && count === 0) throw outcome.error;
      if (outcome?.kind !== 'durable') break;
      if (count > 0 && results.length + outcome.results.length > RESULTS_PER_RESPONSE_MAX) break;
      results.push(...outcome.results);
      count += 1;
      cost += pending.cost;
      sequence = pending.sequence;
    }
    await writeMessage(this.#call, { acknowledged_sequence: sequence, results }, this.#gone);
    this.#pending.splice(0, count);
    this.#permits.release(cost);
  }
}
