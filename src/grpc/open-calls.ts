/** Counts the calls that a draining server waits for. */
export class OpenCalls {
  #count = 0;
  #wakers: (() => void)[] = [];

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }

  /** Resolves when no call is open. */
  async none(): Promise<void> {
    while (this.#count > 0) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }
}
