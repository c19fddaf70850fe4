import type { CommitResult, Journal, MinerCommit } from '../../src/actors/ports.ts';
import { AssayError } from '../../src/domain/errors.ts';
import type { Report, ReportKey } from '../../src/domain/report.ts';
import type { Random } from '../../src/lib/random.ts';

/**
 * Passes commits on to another journal in an order of chance, and fails some: before anything is written, or after, so
 * that only the answer is lost.
 */
export class FlakyJournal implements Journal {
  readonly #journal: Journal;
  readonly #random: Random;
  readonly #failureRate: number;
  #waiting: (() => void)[] = [];
  failureCount = 0;

  constructor(journal: Journal, random: Random, failureRate: number) {
    this.#journal = journal;
    this.#random = random;
    this.#failureRate = failureRate;
  }

  async commit(commit: MinerCommit): Promise<CommitResult> {
    await this.#turn();
    if (this.#random.chance(this.#failureRate)) throw this.#failure('nothing was written');
    const result = await this.#journal.commit(commit);
    if (this.#random.chance(this.#failureRate)) throw this.#failure('the answer was lost');
    return result;
  }

  digestsOf(reports: readonly Report[]): Promise<ReadonlyMap<ReportKey, string>> {
    return this.#journal.digestsOf(reports);
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(() => this.#wakeSome());
    });
  }

  #wakeSome(): void {
    const chosen = this.#waiting.filter(() => this.#random.chance(0.5));
    const woken = new Set(chosen.length > 0 ? chosen : this.#waiting.slice(0, 1));
    this.#waiting = this.#waiting.filter((wake) => !woken.has(wake));
    for (const wake of woken) wake();
    if (this.#waiting.length > 0) setImmediate(() => this.#wakeSome());
  }

  #failure(message: string): AssayError {
    this.failureCount += 1;
    return new AssayError('store_unavailable', message);
  }
}
