import type { Events } from '../events.ts';
import type { Clock } from '../lib/clock.ts';
import type { StoreWrites } from './store-writes.ts';

interface HistoryCompletionParts {
  readonly writes: Pick<StoreWrites, 'writePendingHistory'>;
  readonly events: Pick<Events, 'partFailed'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** After rows could not be written; nothing is lost meanwhile, whoever reads the pairs finds them where they wait. */
const RETRY_AFTER_MS = 10_000;

/**
 * Has the rows of the history written that decisions have left pending, each chunk of them a write of its own, so that
 * reports have their turns. What is pending when the process ends is written after the next start.
 */
export class HistoryCompletion {
  readonly #parts: HistoryCompletionParts;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #isWoken = false;

  constructor(parts: HistoryCompletionParts) {
    this.#parts = parts;
  }

  /** Goes on until nothing is pending; called at the start and after each decision. */
  wake(): void {
    this.#isWoken = true;
    this.#running ??= this.#run();
  }

  /** Resolves when the write under way has ended; none follows. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWoken && !this.#closing.signal.aborted) {
      this.#isWoken = false;
      await this.#writeAll();
    }
    // In the turn of the last look at what wakes it: whoever wakes it after that finds that nothing runs.
    this.#running = undefined;
  }

  async #writeAll(): Promise<void> {
    const { writes, events, clock } = this.#parts;
    const { signal } = this.#closing;
    try {
      while (!signal.aborted && (await writes.writePendingHistory()) > 0);
    } catch (error) {
      events.partFailed({ part: 'weight history', error });
      this.#isWoken = true;
      await clock.sleep(RETRY_AFTER_MS, signal).catch(() => undefined);
    }
  }
}
