import { assert } from './assert.ts';

interface Waiter<T> {
  readonly item: T;
  readonly admit: () => void;
}

/**
 * A bounded first-in-first-out queue with one reader. Those who wait for room leave their item with the mailbox, in a
 * line behind it: `drain` moves the line up in the same turn in which it makes room, so nobody can slip in between and
 * the order of two calls is the order of their items, whatever became of either.
 */
export class Mailbox<T> {
  readonly capacity: number;
  #items: T[] = [];
  readonly #waiting = new Set<Waiter<T>>();

  /** @param capacity Items held at most, at least 1; those in line are not counted. */
  constructor(capacity: number) {
    assert(Number.isInteger(capacity) && capacity >= 1, `capacity is at least 1, got ${capacity}`);
    this.capacity = capacity;
  }

  /** Items that a drain can take. */
  get size(): number {
    return this.#items.length;
  }

  /** Puts an item in without waiting; `full` when there is no room, which is always so while others are in line. */
  offer(item: T): 'accepted' | 'full' {
    if (this.#items.length >= this.capacity) return 'full';
    this.#items.push(item);
    return 'accepted';
  }

  /**
   * Puts an item in, at once when there is room, otherwise in turn.
   *
   * @returns a promise that resolves when the item is in the mailbox and rejects with the signal's reason when the signal
   * aborts first; then the item has left the line and will never be drained.
   */
  put(item: T, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.offer(item) === 'accepted') return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiter);
        reject(signal?.reason);
      };
      const admit = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const waiter: Waiter<T> = { item, admit };
      this.#waiting.add(waiter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** Takes the oldest items, at most `max` (at least 1), and lets those in line move up. */
  drain(max: number): T[] {
    assert(max >= 1, `a drain takes at least 1 item, got ${max}`);
    const taken = this.#items.splice(0, max);
    for (const waiter of this.#waiting) {
      if (this.#items.length >= this.capacity) break;
      this.#waiting.delete(waiter);
      this.#items.push(waiter.item);
      waiter.admit();
    }
    return taken;
  }
}
