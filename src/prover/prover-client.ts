/**
 * Streams reports until they are acknowledged. Messages that are not acknowledged wait in a window of bounded size; when
 * the stream breaks, the client connects again after a pause and sends all of them again, with their old numbers. So
 * nothing is lost, and because the service knows what it has stored, nothing counts twice.
 */
import { type ClientDuplexStream, credentials, type StatusObject, status } from '@grpc/grpc-js';
import { AssayError } from '../domain/errors.ts';
import type { Report } from '../grpc/generated/assay/v1/Report.ts';
import type { ReportResult__Output } from '../grpc/generated/assay/v1/ReportResult.ts';
import type { StreamReportsRequest } from '../grpc/generated/assay/v1/StreamReportsRequest.ts';
import type { StreamReportsResponse__Output } from '../grpc/generated/assay/v1/StreamReportsResponse.ts';
import { packages } from '../grpc/proto.ts';
import type { Clock } from '../lib/clock.ts';
import { type Random, random } from '../lib/random.ts';
import { type Tally, type TallyField, tallyOf } from './tally.ts';

export interface ProverClientSetup {
  /** host:port */
  readonly address: string;
  readonly proverId: string;
  readonly clock: Clock;
  readonly reportsPerMessage?: number;
  /** Messages that may wait for their acknowledgement. */
  readonly windowMessages?: number;
  /** Told when a stream breaks for the first time since an acknowledgement; the client tries again by itself. */
  readonly onBreak?: (reason: string) => void;
}

const REPORTS_PER_MESSAGE = 16;
const WINDOW_MESSAGES = 32;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5_000;
/** How long a stream may take to end after the client has said that nothing follows. */
const GOODBYE_MS = 2_000;

/** Answers that trying again does not change. */
const FATAL: ReadonlySet<status> = new Set([
  status.INVALID_ARGUMENT,
  status.FAILED_PRECONDITION,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.UNIMPLEMENTED,
]);

const OUTCOMES: Readonly<Partial<Record<string | number, TallyField>>> = {
  REPORT_OUTCOME_APPLIED: 'applied',
  REPORT_OUTCOME_DUPLICATE: 'duplicate',
  REPORT_OUTCOME_STALE: 'stale',
  REPORT_OUTCOME_REFUSED: 'refused',
};

interface Message {
  readonly sequence: number;
  readonly reports: readonly Report[];
  readonly resolve: (outcomes: readonly TallyField[]) => void;
  readonly reject: (reason: unknown) => void;
}

type ReportStream = ClientDuplexStream<StreamReportsRequest, StreamReportsResponse__Output>;

/** See the top of this file. */
export class ProverClient {
  readonly #address: string;
  readonly #proverId: string;
  readonly #clock: Clock;
  readonly #reportsPerMessage: number;
  readonly #windowMax: number;
  readonly #jitter: Random;
  readonly #onBreak: (reason: string) => void;
  /** Not acknowledged, by rising sequence; the first `#sentCount` were written to the current stream. */
  readonly #window: Message[] = [];
  #sentCount = 0;
  #sequence = 0;
  #stream: ReportStream | undefined;
  #isBlocked = false;
  #violation: AssayError | undefined;
  #acknowledgedCount = 0;
  #roomWakers: (() => void)[] = [];
  #end: { readonly reason: unknown } | undefined;

  constructor(setup: ProverClientSetup) {
    this.#address = setup.address;
    this.#proverId = setup.proverId;
    this.#clock = setup.clock;
    this.#reportsPerMessage = setup.reportsPerMessage ?? REPORTS_PER_MESSAGE;
    this.#windowMax = setup.windowMessages ?? WINDOW_MESSAGES;
    this.#onBreak = setup.onBreak ?? (() => undefined);
    this.#jitter = random('backoff', setup.proverId);
  }

  /** Messages that wait for their acknowledgement. */
  get unacknowledgedCount(): number {
    return this.#window.length;
  }

  /**
   * Keeps a stream open until the signal aborts; then every round that is not acknowledged ends with the signal's reason.
   *
   * @throws AssayError `invalid_argument` when the service refuses the prover for good, or answers against the protocol.
   */
  async run(signal: AbortSignal): Promise<void> {
    const service = new packages.assay.v1.VerificationService(
      this.#address,
      credentials.createInsecure(),
      CHANNEL_OPTIONS,
    );
    try {
      await this.#keepStreaming(() => service.streamReports(), signal);
      this.#endWith(signal.reason);
    } catch (error) {
      this.#endWith(error);
      if (!signal.aborted) throw error;
    } finally {
      service.close();
    }
  }

  /**
   * Sends reports and answers when every one of them is acknowledged. A report whose acknowledgement was lost with a
   * stream was sent again and counts as a duplicate.
   */
  async sendRound(reports: readonly Report[]): Promise<Tally> {
    const answers: Promise<readonly TallyField[]>[] = [];
    for (let first = 0; first < reports.length; first += this.#reportsPerMessage) {
      await this.#room();
      answers.push(this.#offer(reports.slice(first, first + this.#reportsPerMessage)));
    }
    return tallyOf((await Promise.all(answers)).flat());
  }

  async #room(): Promise<void> {
    while (this.#end === undefined && this.#window.length >= this.#windowMax) {
      await new Promise<void>((resolve) => this.#roomWakers.push(resolve));
    }
    if (this.#end !== undefined) throw this.#end.reason;
  }

  #offer(reports: readonly Report[]): Promise<readonly TallyField[]> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const answer = new Promise<readonly TallyField[]>((resolve, reject) => {
      this.#window.push({ sequence, reports, resolve, reject });
    });
    // The round waits for its answers only after its last message: until then nobody else would catch.
    answer.catch(() => undefined);
    this.#pump();
    return answer;
  }

  async #keepStreaming(open: () => ReportStream, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const before = this.#acknowledgedCount;
      const ended = await this.#streamOnce(open(), signal);
      if (signal.aborted) return;
      if (this.#violation !== undefined) throw this.#violation;
      if (FATAL.has(ended.code)) throw refusedForGood(this.#proverId, ended);
      failures = this.#acknowledgedCount > before ? 0 : failures + 1;
      if (failures <= 1) this.#onBreak(`${status[ended.code]}: ${ended.details}`);
      await this.#clock.sleep(this.#backoffMs(failures), signal);
    }
  }

  async #streamOnce(stream: ReportStream, signal: AbortSignal): Promise<StatusObject> {
    const closing = new AbortController();
    const leave = () => void this.#leave(stream, closing.signal);
    try {
      return await new Promise((resolve) => {
        stream.on('data', (response) => this.#acknowledge(response));
        stream.on('drain', () => this.#unblock());
        // Every error comes as a status too.
        stream.on('error', () => undefined);
        stream.on('status', resolve);
        signal.addEventListener('abort', leave);
        this.#stream = stream;
        this.#sentCount = 0;
        this.#unblock();
      });
    } finally {
      this.#stream = undefined;
      closing.abort();
      signal.removeEventListener('abort', leave);
    }
  }

  /** Ends the stream in good order when nothing waits, and at once otherwise. */
  async #leave(stream: ReportStream, closed: AbortSignal): Promise<void> {
    this.#stream = undefined;
    stream.end();
    if (this.#window.length > 0) {
      stream.cancel();
      return;
    }
    await this.#clock.sleep(GOODBYE_MS, closed).then(
      () => stream.cancel(),
      () => undefined,
    );
  }

  #unblock(): void {
    this.#isBlocked = false;
    this.#pump();
  }

  /** Writes what the stream takes; after a refusal it waits for room on the wire instead of filling memory. */
  #pump(): void {
    while (this.#stream !== undefined && !this.#isBlocked) {
      const message = this.#window[this.#sentCount];
      if (message === undefined) return;
      this.#sentCount += 1;
      this.#isBlocked = !this.#stream.write({
        prover_id: this.#proverId,
        sequence: message.sequence,
        reports: [...message.reports],
      });
    }
  }

  #acknowledge({ acknowledged_sequence, results }: StreamReportsResponse__Output): void {
    const upTo = Number(acknowledged_sequence);
    const next = this.#window.findIndex(({ sequence }) => sequence > upTo);
    const count = next === -1 ? this.#window.length : next;
    const covered = this.#window.slice(0, count);
    const outcomes = results.map(outcomeOf);
    const expected = covered.reduce((sum, { reports }) => sum + reports.length, 0);
    if (count > this.#sentCount || expected !== outcomes.length) {
      this.#violate(`${outcomes.length} results where ${expected} reports wait, up to ${upTo}`);
      return;
    }
    this.#window.splice(0, count);
    this.#sentCount -= count;
    this.#acknowledgedCount += count;
    let offset = 0;
    for (const { reports, resolve } of covered) {
      resolve(outcomes.slice(offset, offset + reports.length));
      offset += reports.length;
    }
    this.#wakeRoom();
  }

  #violate(detail: string): void {
    const message = `the service answers ${this.#proverId} against the protocol: ${detail}`;
    this.#violation = new AssayError('invalid_argument', message);
    this.#stream?.cancel();
  }

  #endWith(reason: unknown): void {
    this.#end = { reason };
    for (const message of this.#window.splice(0)) message.reject(reason);
    this.#wakeRoom();
  }

  #wakeRoom(): void {
    const wakers = this.#roomWakers;
    this.#roomWakers = [];
    for (const wake of wakers) wake();
  }

  /** Doubles with each failure in a row; half of it is chance, so that provers do not come back together. */
  #backoffMs(failures: number): number {
    const most = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 16));
    return Math.round(most * (0.5 + this.#jitter.next() / 2));
  }
}

const CHANNEL_OPTIONS = {
  // Retries inside the channel would keep a copy of every message of a stream.
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': BACKOFF_FIRST_MS,
  'grpc.max_reconnect_backoff_ms': BACKOFF_MAX_MS,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
} as const;

/** An outcome that this client does not know is one that it must not count as taken. */
function outcomeOf({ outcome }: ReportResult__Output): TallyField {
  return OUTCOMES[outcome] ?? 'refused';
}

function refusedForGood(proverId: string, { code, details }: StatusObject): AssayError {
  const message = `the service refuses the stream of ${proverId}: ${status[code]}: ${details}`;
  return new AssayError('invalid_argument', message);
}
