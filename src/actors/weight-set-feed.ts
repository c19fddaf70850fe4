import { AssayError } from '../domain/errors.ts';
import type { WeightSet } from '../domain/weight-set.ts';

/** Changes that may wait for one reader before it is ended. */
export const WATCHER_CHANGES_MAX = 256;

interface Watcher {
  readonly waiting: WeightSet[];
  isTooSlow: boolean;
  wake: () => void;
}

/** Hands every change of a weight set to every watcher, in order, none twice. */
export class WeightSetFeed {
  readonly #watchers = new Set<Watcher>();
  #newest: WeightSet | undefined;

  /** The newest set: what a watcher sees first. */
  get newest(): WeightSet | undefined {
    return this.#newest;
  }

  publish(set: WeightSet): void {
    if (this.#newest === undefined || set.block >= this.#newest.block) this.#newest = set;
    for (const watcher of this.#watchers) {
      if (watcher.waiting.length >= WATCHER_CHANGES_MAX) watcher.isTooSlow = true;
      else watcher.waiting.push(set);
      watcher.wake();
    }
  }

  /**
   * Ends when the signal aborts. Watching starts with the call, not with the first read.
   *
   * @throws AssayError `watcher_too_slow`, after the changes that waited were read.
   */
  watch(signal: AbortSignal): AsyncGenerator<WeightSet, void, void> {
    const waiting = this.#newest === undefined ? [] : [this.#newest];
    const watcher: Watcher = { waiting, isTooSlow: false, wake: () => undefined };
    const leave = () => this.#leave(watcher);
    if (!signal.aborted) {
      this.#watchers.add(watcher);
      signal.addEventListener('abort', leave, { once: true });
    }
    return this.#changes(watcher, signal, leave);
  }

  async *#changes(
    watcher: Watcher,
    signal: AbortSignal,
    leave: () => void,
  ): AsyncGenerator<WeightSet, void, void> {
    try {
      while (!signal.aborted) {
        const set = watcher.waiting.shift();
        if (set !== undefined) yield set;
        else if (watcher.isTooSlow) throw tooSlow();
        else await new Promise<void>((resolve) => (watcher.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  #leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    watcher.wake();
  }
}

function tooSlow(): AssayError {
  return new AssayError(
    'watcher_too_slow',
    `${WATCHER_CHANGES_MAX} changes of weight sets waited for this reader`,
  );
}
