/**
 * Hands the newest of a row of values to any number of readers. Nothing is queued: a reader that is slower than the
 * writer skips values and goes on with the newest.
 */
export class Broadcast<T> {
  #newest: { readonly value: T };
  #isClosed = false;
  #wakers: (() => void)[] = [];

  /** @param initial what a reader sees first when nothing was published yet. */
  constructor(initial: T) {
    this.#newest = { value: initial };
  }

  /** Makes `value` the newest and wakes the readers. */
  publish(value: T): void {
    if (this.#isClosed) return;
    this.#newest = { value };
    this.#wake();
  }

  /** Ends every reader. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** The newest value at once, then each newer one; ends when the signal aborts or the broadcast closes. */
  async *values(signal: AbortSignal): AsyncGenerator<T, void, void> {
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      let seen: { readonly value: T } | undefined;
      while (!signal.aborted && !this.#isClosed) {
        if (this.#newest !== seen) {
          seen = this.#newest;
          yield seen.value;
        } else {
          await new Promise<void>((resolve) => this.#wakers.push(resolve));
        }
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}
