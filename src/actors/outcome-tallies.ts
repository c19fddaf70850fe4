import type { ReportOutcome, ReportResult } from '../domain/report.ts';
import type { Events } from '../events.ts';

const OUTCOMES: readonly ReportOutcome[] = ['APPLIED', 'DUPLICATE', 'STALE', 'REFUSED'];

/** Reports by outcome since the start of the process. */
export class OutcomeTallies {
  readonly #events: Events;
  readonly #counts: Record<ReportOutcome, number> = {
    APPLIED: 0,
    DUPLICATE: 0,
    STALE: 0,
    REFUSED: 0,
  };

  constructor(events: Events) {
    this.#events = events;
  }

  get counts(): Readonly<Record<ReportOutcome, number>> {
    return { ...this.#counts };
  }

  /** Counts the results of one batch, with one event per outcome. */
  record(results: readonly ReportResult[]): void {
    for (const outcome of OUTCOMES) {
      let count = 0;
      for (const result of results) if (result.outcome === outcome) count += 1;
      if (count === 0) continue;
      this.#counts[outcome] += count;
      this.#events.reportDecided({ outcome, count });
    }
  }
}
