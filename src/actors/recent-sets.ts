import type { WeightSet } from '../domain/weight-set.ts';
import { isStored, type ReadBack } from '../domain/weight-set-outcome.ts';

/**
 * Sets that are remembered: as many as may be open at once, so that none whose commitment waits is forgotten before the
 * older ones that it can replace.
 */
export const RECENT_SETS_MAX = 32;

/** The newest sets as they last were, to tell which of them the chain has stored. */
export class RecentSets {
  readonly #sets = new Map<number, WeightSet>();

  note(set: WeightSet): void {
    this.#sets.set(set.block, set);
    if (this.#sets.size > RECENT_SETS_MAX) this.#sets.delete(Math.min(...this.#sets.keys()));
  }

  /** Whether the chain stores a newer set: of commitments that are revealed together the newest stays. */
  isSuperseded({ block }: Pick<WeightSet, 'block'>, read: ReadBack): boolean {
    return [...this.#sets.values()].some((set) => set.block > block && isStored(set, read));
  }
}
