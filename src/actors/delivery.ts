import type { ReportResult } from '../domain/report.ts';

/**
 * The results of one call of `ReportIntake.deliver`, as they come in. A failure is told at once, so that a stream stops
 * before it hands over later reports of the same miner; the call is over only when nothing of it is under way any more.
 */
export class Delivery {
  /** One result per report, in order. */
  readonly decided: Promise<readonly ReportResult[]>;
  readonly #onSettled: () => void;
  readonly #results: (ReportResult | undefined)[];
  #openCount: number;
  #resolve: (results: readonly ReportResult[]) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(reportCount: number, onSettled: () => void) {
    this.#onSettled = onSettled;
    this.#results = new Array<ReportResult | undefined>(reportCount).fill(undefined);
    this.#openCount = reportCount;
    this.decided = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  decide(index: number, result: ReportResult): void {
    this.#results[index] = result;
    this.#close();
  }

  fail(error: unknown): void {
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
