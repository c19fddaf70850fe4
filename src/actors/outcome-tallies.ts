import type { ReportOutcome, ReportResult } from '../domain/report.ts';
import type { Events } from '../events.ts';

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
    const batch = new Map<ReportOutcome, number>();
    for (const { outcome } of results) batch.set(outcome, (batch.get(outcome) ?? 0) + 1);
    for (const [outcome, count] of batch) {
      this.#counts[outcome] += count;
      this.#events.reportDecided({ outcome, count });
    }
  }
}
