/**
 * Reads a call's messages one at a time, so that HTTP/2 flow control slows the sender down. Neither `for await` nor the
 * stream's own iterator is used: the first destroys the call when it ends and loses what was not yet sent, and with a read
 * pending both do so when the call is given an error status.
 */

/** What is needed of a call that sends messages. */
export interface ReadableCall<T> {
  read(): T | null;
  on(event: string, listener: () => void): unknown;
}

export class MessageReader<T> {
  readonly #call: ReadableCall<T>;
  readonly #stop: AbortSignal;
  #isEnded = false;
  #wake: () => void = () => undefined;

  /** @param stop Ends the reading; the call itself stays as it is. */
  constructor(call: ReadableCall<T>, stop: AbortSignal) {
    this.#call = call;
    this.#stop = stop;
    const wake = () => this.#wake();
    const end = () => {
      this.#isEnded = true;
      this.#wake();
    };
    call.on('readable', wake);
    call.on('end', end);
    call.on('close', end);
    stop.addEventListener('abort', wake, { once: true });
  }

  /** The next message, or undefined when there is none any more or the reading was stopped. One read at a time. */
  async next(): Promise<T | undefined> {
    while (!this.#stop.aborted && !this.#isEnded) {
      const message = this.#call.read();
      if (message !== null) return message;
      if (this.#isEnded) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return undefined;
  }
}
