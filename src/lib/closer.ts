/** Collects what must be closed again while things are opened, so that one failure leaves nothing else open. */
export class Closer {
  #closings: (() => unknown)[] = [];

  /** Registers how to close what was just opened; it closes before everything that was registered earlier. */
  add(close: () => unknown): void {
    this.#closings.push(close);
  }

  /**
   * Closes in the reverse order of `add`, one after the other, each one even when others fail. Later calls do nothing.
   *
   * @throws what the only failing one threw, or an AggregateError of all that failed, in the order of closing.
   */
  async close(): Promise<void> {
    const closings = this.#closings.reverse();
    this.#closings = [];
    const errors: unknown[] = [];
    for (const close of closings) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} parts did not close`);
  }
}
