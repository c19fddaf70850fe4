import type { DeliveryOptions, ReportIntake } from '../../src/actors/ports.ts';
import type { Report, ReportResult } from '../../src/domain/report.ts';

export interface ScriptedDelivery {
  readonly reports: readonly Report[];
  readonly options: DeliveryOptions;
  /** Every report gets this result. */
  readonly decide: (result: ReportResult) => void;
  readonly fail: (error: unknown) => void;
}

/** An intake that decides when the test says so, or at once while `isHolding` is false. */
export class ScriptedIntake implements ReportIntake {
  readonly deliveries: ScriptedDelivery[] = [];
  isHolding = false;
  result: ReportResult = { outcome: 'APPLIED' };
  #wakers: (() => void)[] = [];

  deliver(reports: readonly Report[], options: DeliveryOptions): Promise<readonly ReportResult[]> {
    return new Promise((resolve, reject) => {
      const decide = (result: ReportResult) => resolve(reports.map(() => result));
      this.deliveries.push({ reports, options, decide, fail: reject });
      if (!this.isHolding) decide(this.result);
      const wakers = this.#wakers;
      this.#wakers = [];
      for (const wake of wakers) wake();
    });
  }

  get reportIds(): string[] {
    return this.deliveries.flatMap(({ reports }) => reports.map(({ reportId }) => reportId));
  }

  /** Resolves when there were so many deliveries. */
  async delivered(count: number): Promise<readonly ScriptedDelivery[]> {
    while (this.deliveries.length < count) {
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
    return this.deliveries;
  }
}
