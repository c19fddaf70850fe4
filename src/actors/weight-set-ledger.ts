import { AssayError } from '../domain/errors.ts';
import type { WeightSet, WithheldReason } from '../domain/weight-set.ts';
import type { Events } from '../events.ts';
import { AssertionError } from '../lib/assert.ts';
import type { WeightDecision, WeightSetStore } from './ports.ts';
import type { RecentSets } from './recent-sets.ts';
import { WITHHELD_RETRY_BLOCKS } from './weight-pacing.ts';
import type { WeightSetFeed } from './weight-set-feed.ts';

interface WeightSetLedgerParts {
  readonly sets: WeightSetStore;
  readonly feed: WeightSetFeed;
  readonly events: Events;
  readonly recent: RecentSets;
  /** Called with a decision, or its signed extrinsic, that the store did not take. */
  readonly notRecorded: (set: WeightSet, error: unknown) => void;
}

/**
 * Where every change of a weight set becomes durable, is told to the watchers and logged, in that order. A decision must
 * be stored before anything is signed, and what is signed before it is sent. A later change is not held up by a store that
 * fails: what happened on chain has happened, so the newest state is kept and stored later.
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

  /**
   * Finds out, before anything is calculated, that a set of this block could not be recorded: the chain of entries only
   * grows.
   *
   * @throws AssayError `weight_set_withheld`; `weight_set_in_progress` when another process on the database is a few blocks
   * ahead; `store_unavailable`.
   */
  async requireGrowth(block: number): Promise<void> {
    const newestBlock = await this.#parts.sets.newestBlock();
    if (newestBlock === undefined || newestBlock <= block) return;
    if (newestBlock - block <= WITHHELD_RETRY_BLOCKS) throw decidedMeanwhile(block, newestBlock);
    throw ledgerAhead(block, newestBlock);
  }

  /** @throws AssayError `store_unavailable`, `weight_set_in_progress`; nothing was decided then. */
  async record(decision: WeightDecision): Promise<void> {
    try {
      await this.#parts.sets.record(decision);
    } catch (error) {
      this.#parts.notRecorded(decision.set, error);
      throw error;
    }
    this.#tell(decision.set);
  }

  /**
   * Stores what was signed for a recorded set. The state is the same as before, so nobody is told.
   *
   * @throws AssayError `store_unavailable`, `weight_set_not_found`; nothing may be sent then.
   */
  async recordSigned(set: WeightSet): Promise<void> {
    try {
      await this.#parts.sets.update(set);
    } catch (error) {
      this.#parts.notRecorded(set, error);
      throw error;
    }
    this.#parts.recent.note(set);
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
    const { events, feed, recent } = this.#parts;
    recent.note(set);
    feed.publish(set);
    if (set.state === 'verified') events.weightSetVerified(set);
    else if (set.failure !== undefined) {
      const end = { block: set.block, failure: set.failure };
      if (set.state === 'lost') events.weightSetLost(end);
      else events.weightSetFailed(end);
    } else events.weightSetChanged(set);
  }
}

function decidedMeanwhile(block: number, newestBlock: number): AssayError {
  const message = `the weights of block ${newestBlock} were decided already, by another process; this one is at ${block}`;
  return new AssayError('weight_set_in_progress', message, {
    metadata: { newest_block: String(newestBlock) },
  });
}

function ledgerAhead(block: number, newestBlock: number): AssayError {
  const { reason, advice } = LEDGER_AHEAD;
  const message = `the chain is at block ${block}, but the newest ledger entry in the database is of block ${newestBlock}: ${advice}`;
  return new AssayError('weight_set_withheld', message, {
    metadata: { reason, block: String(block), newest_block: String(newestBlock) },
  });
}

const LEDGER_AHEAD = {
  reason: 'LEDGER_AHEAD',
  advice:
    'connect to the chain that the database belongs to (a simulated one needs its state file), or give this chain a ' +
    'database of its own in store.database; weights are set again by themselves once the chain has passed that block',
} as const satisfies { readonly reason: WithheldReason; readonly advice: string };

function isGone(error: unknown): boolean {
  return error instanceof AssayError && error.code === 'weight_set_not_found';
}
