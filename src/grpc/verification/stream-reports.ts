/**
 * One report stream. Messages are read one by one, decoded when there is room and the event loop has time, and delivered at
 * once, so that up to `messagesInFlightMax` of them wait for the disk together; they are acknowledged in the order in which
 * they came, several in one response when several are durable. A message holds its place in the stream until its acknowledgement is written, so
 * a caller that does not read its acknowledgements is no longer read either; it holds its bytes among those of all streams
 * until it is decided.
 *
 * The stream ends when the caller has sent everything, sends something wrong, or is told to reconnect because the service
 * drains: in each case what was taken is finished and acknowledged first. When a delivery fails, what came before it is
 * acknowledged and nothing after it, and no further delivery begins. When the caller is gone, what was taken is finished
 * all the same.
 */
import { setMaxListeners } from 'node:events';
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
import type { QueuedBytes } from './queued-bytes.ts';
import { type FormRefusals, type ReportBatch, readBatch, resultMessages } from './report-batch.ts';
import { streamReportsRequest } from './wire-requests.ts';

export type ReportCall = ServerDuplexStream<Buffer, StreamReportsResponse>;

export interface ReportStreamPorts {
  readonly intake: ReportIntake;
  readonly refusals: FormRefusals;
  readonly queuedBytes: QueuedBytes;
  readonly limits: Pick<GrpcLimits, 'messagesInFlightMax' | 'bytesInFlightMax'>;
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

/** With what a message was let in. */
interface Admission {
  /** Permits of the stream. */
  readonly cost: number;
  /** Gives its bytes back. */
  readonly leave: () => void;
}

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
  /** Permits that every message needs, so that no more than the allowed messages have some. */
  readonly #costMin: number;
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
    const { messagesInFlightMax, bytesInFlightMax } = ports.limits;
    this.#costMin = Math.ceil(bytesInFlightMax / messagesInFlightMax);
    this.#permits = new Permits(messagesInFlightMax * this.#costMin);
    // Every delivery that waits listens to it, and there are no more of them than messages in flight.
    setMaxListeners(0, gone);
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
    const reader = new MessageReader<Buffer>(this.#call, this.#stop.signal);
    try {
      for (;;) {
        const bytes = await reader.next();
        if (bytes === undefined) return;
        const cost = Math.min(this.#permits.total, Math.max(this.#costMin, bytes.length));
        // First the stream's own: what waits for the bytes of all streams needs nothing else to go on.
        await this.#permits.acquire(cost, this.#stop.signal);
        const leave = await this.#ports.queuedBytes.enter(bytes, this.#stop.signal);
        this.#take(bytes, { cost, leave });
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#endError = error;
    } finally {
      this.#isReadingOver = true;
      this.#wakeWriter();
    }
  }

  /** Begins the delivery of a message that was let in; lets it go at once when it is wrong or comes too late. */
  #take(bytes: Buffer, { cost, leave }: Admission): void {
    try {
      // The stop may have come between the grant and this line.
      this.#stop.signal.throwIfAborted();
      const message = streamReportsRequest(bytes);
      const batch = this.#checked(message);
      this.#pend(this.#deliver(batch, leave), { sequence: message.sequence, cost });
    } catch (error) {
      leave();
      throw error;
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

  #pend(outcome: Promise<Outcome>, { sequence, cost }: { sequence: number; cost: number }): void {
    this.#messageCount += 1;
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

  async #deliver(batch: ReportBatch, leave: () => void): Promise<Outcome> {
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
    } finally {
      leave();
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
