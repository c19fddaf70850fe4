import type { ReportResult } from '../domain/report.ts';
import type { TraceLink } from '../events.ts';

/** What a call of `ReportIntake.deliver` is about. */
interface DeliveryCall {
  readonly reportCount: number;
  readonly receivedAtMs: number;
  readonly link: TraceLink | undefined;
  /** Aborted the moment a report fails. */
  readonly failed: AbortController | undefined;
  readonly onSettled: () => void;
}

/**
 * The results of one call of `ReportIntake.deliver`, as they come in. A failure is told at once, so that a stream stops
 * before it hands over later reports of the same miner; the call is over only when nothing of it is under way any more.
 */
export class Delivery {
  readonly receivedAtMs: number;
  readonly link: TraceLink | undefined;
  /** One result per report, in order. */
  readonly decided: Promise<readonly ReportResult[]>;
  readonly #failed: AbortController | undefined;
  readonly #onSettled: () => void;
  readonly #results: (ReportResult | undefined)[];
  #openCount: number;
  #resolve: (results: readonly ReportResult[]) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor({ reportCount, receivedAtMs, link, failed, onSettled }: DeliveryCall) {
    this.receivedAtMs = receivedAtMs;
    this.link = link;
    this.#failed = failed;
    this.#onSettled = onSettled;
    this.#results = new Array<ReportResult | undefined>(reportCount).fill(undefined);
    this.#openCount = reportCount;
    this.decided = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The outcome of a report is durable, or nothing had to be stored. */
  decide(index: number, result: ReportResult): void {
    this.#results[index] = result;
    this.#close();
  }

  /** Nothing of a report is known to be stored; delivering it again is safe. */
  fail(error: unknown): void {
    this.#failed?.abort(error);
    this.#reject(error);
    this.#close();
  }

  #close(): void {
    this.#openCount -= 1;
    if (this.#openCount > 0) return;
    if (this.#results.every((result) => result !== undefined)) this.#resolve(this.#results);
    this.#onSettled();
  }
}
