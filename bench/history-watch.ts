import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';

/** Between two looks, and so how exactly the time is known. */
export const HISTORY_POLL_MS = 2;

/** Says when the rows of the history are all written, over a handle of its own. */
export class HistoryWatch {
  readonly #database: Database.Database;
  readonly #pending: Database.Statement<[], number>;

  constructor(file: string) {
    this.#database = new Database(file, { readonly: true });
    this.#pending = this.#database
      .prepare<[], number>('select 1 from pending_weight_history limit 1')
      .pluck();
  }

  /** Time from now on; next to nothing where the commit of the decision wrote them. */
  async completeMs(): Promise<number> {
    const startedMs = performance.now();
    while (this.#pending.get() !== undefined) await pause(HISTORY_POLL_MS);
    return performance.now() - startedMs;
  }

  close(): void {
    this.#database.close();
  }
}
