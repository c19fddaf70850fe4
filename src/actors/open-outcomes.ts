import type { WeightSet } from '../domain/weight-set.ts';
import { outcomeOf, type ReadBack, SUPERSEDED } from '../domain/weight-set-outcome.ts';
import { isCommitted } from '../domain/weight-set-state.ts';
import type { Clock } from '../lib/clock.ts';
import type { Chain } from './ports.ts';
import type { RecentSets } from './recent-sets.ts';
import type { WeightSetLedger } from './weight-set-ledger.ts';

interface OpenOutcomesParts {
  readonly chain: Pick<Chain, 'kind' | 'storedWeights'>;
  readonly ledger: WeightSetLedger;
  readonly clock: Clock;
  readonly recent: RecentSets;
  /** Called with every set that has ended or is found committed, and the block that took it. */
  readonly found: (set: WeightSet, includedAtBlock: number | undefined) => void;
}

/** Sets whose outcome nobody follows any more; the chain is asked for it. */
export class OpenOutcomes {
  readonly #parts: OpenOutcomesParts;
  readonly #sets = new Map<number, WeightSet>();

  constructor(parts: OpenOutcomesParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#sets.size;
  }

  /** Whether one of them forbids another set: its extrinsic may still be on its way. */
  get isBlocking(): boolean {
    return [...this.#sets.values()].some((set) => !isCommitted(set.state));
  }

  add(set: WeightSet): void {
    this.#sets.set(set.block, set);
  }

  /** @throws AssayError `chain_unreachable`; they stay open. */
  async settle(): Promise<void> {
    if (this.#sets.size === 0) return;
    const read = await this.#parts.chain.storedWeights();
    for (const set of [...this.#sets.values()]) await this.#settle(set, read);
  }

  async #settle(set: WeightSet, read: ReadBack): Promise<void> {
    const mayBeginAnew = this.#parts.chain.kind === 'dev';
    const outcome = outcomeOf(set, read, { mayBeginAnew });
    if (outcome.kind === 'verified') {
      await this.#note({ ...set, state: 'verified' }, read.lastUpdateBlock);
    } else if (outcome.kind === 'lost' && this.#parts.recent.isSuperseded(set, read)) {
      await this.#note({ ...set, state: 'failed', failure: SUPERSEDED }, undefined);
    } else if (outcome.kind !== 'waiting') {
      await this.#note({ ...set, state: outcome.kind, failure: outcome.failure }, undefined);
    } else if (outcome.isCommitted && !isCommitted(set.state)) {
      await this.#note({ ...set, state: 'committed' }, read.lastUpdateBlock);
    }
  }

  async #note(found: WeightSet, includedAtBlock: number | undefined): Promise<void> {
    const set = { ...found, updatedAtMs: this.#parts.clock.now() };
    if (set.state === 'committed') this.#sets.set(set.block, set);
    else this.#sets.delete(set.block);
    await this.#parts.ledger.change(set);
    this.#parts.found(set, includedAtBlock);
  }
}
