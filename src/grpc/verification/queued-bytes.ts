/**
 * Bounds the bytes of report messages between the wire and the disk, over all streams and unary calls, and those that streams
 * bring in within one turn of the event loop.
 *
 * A message leaves when it is decided and not when its acknowledgement is read: a caller that does not read would hold
 * for ever what the others wait for. What such a caller may have is bounded by its own stream.
 */
import { AssayError } from '../../domain/errors.ts';
import { Permits } from '../../lib/permits.ts';
import { Turns } from '../../lib/turns.ts';

const RETRY_AFTER_MS = 100;
/** Bytes of messages that streams bring in within one turn of the event loop: about 28 reports of 8 machines, 3 ms of work. */
const BYTES_PER_TURN = 16_384;

/** See the top of this file. */
export class QueuedBytes {
  readonly #permits: Permits;
  readonly #turns = new Turns(BYTES_PER_TURN);

  constructor(bytesMax: number) {
    this.#permits = new Permits(bytesMax);
  }

  /** Bytes of the messages that are inside. */
  get count(): number {
    return this.#permits.inUse;
  }

  /**
   * Waits in turn until there is room for a message, and until the event loop has time for it, and gives back what lets it
   * leave, to be called once. Rejects with the signal's reason when it aborts before there is room.
   */
  async enter({ length }: Uint8Array, signal: AbortSignal): Promise<() => void> {
    const weight = this.#weightOf(length);
    await this.#permits.acquire(weight, signal);
    await this.#turns.enter(length);
    return () => this.#permits.release(weight);
  }

  /**
   * The same for a caller that does not wait.
   *
   * @throws AssayError `mailbox_full` when there is no room.
   */
  enterNow({ length }: Uint8Array): () => void {
    const weight = this.#weightOf(length);
    if (this.#permits.tryAcquire(weight)) return () => this.#permits.release(weight);
    const text = `messages of ${this.count} bytes wait already, the limit is ${this.#permits.total}`;
    throw new AssayError('mailbox_full', text, { retryAfterMs: RETRY_AFTER_MS });
  }

  /** A message that is larger than the limit waits until it is alone instead of for ever. */
  #weightOf(bytes: number): number {
    return Math.min(bytes, this.#permits.total);
  }
}
