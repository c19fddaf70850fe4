import type { Allocation } from '../domain/allocation.ts';
import { AssayError } from '../domain/errors.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import type { Events } from '../events.ts';
import { AssertionError } from '../lib/assert.ts';
import type { WeightSetStore } from './ports.ts';
import type { WeightSetFeed } from './weight-set-feed.ts';

interface WeightSetLedgerParts {
  readonly sets: WeightSetStore;
  readonly feed: WeightSetFeed;
  readonly events: Events;
}

/**
 * Where every change of a weight set becomes durable, is told to the watchers and logged, in that order. A decision must
 * be stored before anything is submitted. A later change is not held up by a store that fails: what happened on chain has
 * happened, so the newest state is kept and stored later.
 */
export class WeightSetLedger {
  readonly #parts: WeightSetLedgerParts;
  /** By block; bounded by the sets under way, because every set starts with a write that succeeds. */
  readonly #unsaved = new Map<number, WeightSet>();

  constructor(parts: WeightSetLedgerParts) {
    this.#parts = parts;
  }

  /**
   * Whether the store lacks a state. No set may begin then: the chain tells only of the newest weights, so after a crash
   * an older set that is stored as under way, though it was verified, would be compared with them and end as failed.
   */
  get isBehind(): boolean {
    return this.#unsaved.size > 0;
  }

  /** @throws AssayError `store_unavailable`; nothing was decided then. */
  async record(set: WeightSet, allocation: Allocation): Promise<void> {
    await this.#parts.sets.record(set, allocation);
    this.#tell(set);
  }

  async change(set: WeightSet): Promise<void> {
    this.#unsaved.set(set.block, set);
    await this.flush();
    this.#tell(set);
  }

  /** Stores what could not be stored before. */
  async flush(): Promise<void> {
    for (const [block, set] of [...this.#unsaved]) {
      try {
        await this.#parts.sets.update(set);
        if (this.#unsaved.get(block) === set) this.#unsaved.delete(block);
      } catch (error) {
        if (error instanceof AssertionError) throw error;
        this.#parts.events.partFailed({ part: 'weight set ledger', error });
        // A set whose row is gone must not hold up every later one.
        if (isGone(error)) this.#unsaved.delete(block);
      }
    }
  }

  #tell(set: WeightSet): void {
    const { events, feed } = this.#parts;
    feed.publish(set);
    if (set.state === 'verified') events.weightSetVerified(set);
    else if (set.failure !== undefined) {
      events.weightSetFailed({ block: set.block, failure: set.failure });
    } else events.weightSetChanged(set);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof AssayError && error.code === 'weight_set_not_found';
}
