import type { StoredOutcome, WeightDecision, WeightSetStore } from '../../src/actors/ports.ts';
import { AssayError } from '../../src/domain/errors.ts';
import type { MinerUid } from '../../src/domain/ids.ts';
import type { WeightSet, WeightSetState } from '../../src/domain/weight-set.ts';
import { isOver, isTaken } from '../../src/domain/weight-set-state.ts';

/** Weight sets in memory, with every state that each went through and a switch that makes writes fail. */
export class MemoryWeightSetStore implements WeightSetStore {
  readonly sets = new Map<number, WeightSet>();
  readonly decisions = new Map<number, WeightDecision>();
  readonly states = new Map<number, WeightSetState[]>();
  failing: 'none' | 'record' | 'update' | 'all' = 'none';

  async record(decision: WeightDecision): Promise<void> {
    this.#write('record');
    const { set } = decision;
    const newest = this.#newest(() => true);
    if (newest !== undefined && newest.block >= set.block) throw comesTooLate(set, newest);
    this.decisions.set(set.block, decision);
    this.#keep(set);
  }

  async update(set: WeightSet): Promise<void> {
    this.#write('update');
    const before = this.sets.get(set.block);
    if (before === undefined) {
      throw new AssayError('weight_set_not_found', `block ${set.block} has no set`);
    }
    // What was signed stays as it was stored first.
    this.#keep(before.extrinsic === undefined ? set : { ...set, extrinsic: before.extrinsic });
  }

  async newestBlock(): Promise<number | undefined> {
    this.#write('all');
    return this.#newest(() => true)?.block;
  }

  async latest(): Promise<WeightSet | undefined> {
    this.#write('all');
    return this.#newest(() => true);
  }

  async latestTaken(): Promise<WeightSet | undefined> {
    return this.#newest(({ state }) => isTaken(state));
  }

  async at(block: number): Promise<WeightSet | undefined> {
    return this.sets.get(block);
  }

  async outcomeAt(block: number, uid: MinerUid): Promise<StoredOutcome | undefined> {
    return outcomeOf(this.sets.get(block), uid);
  }

  async unfinished(): Promise<readonly WeightSet[]> {
    return [...this.sets.values()]
      .filter(({ state }) => !isOver(state))
      .sort((a, b) => a.block - b.block);
  }

  #newest(accepts: (set: WeightSet) => boolean): WeightSet | undefined {
    return [...this.sets.values()].filter(accepts).sort((a, b) => b.block - a.block)[0];
  }

  #keep(set: WeightSet): void {
    this.sets.set(set.block, set);
    const states = this.states.get(set.block) ?? [];
    if (states.at(-1) !== set.state) this.states.set(set.block, [...states, set.state]);
  }

  #write(operation: 'record' | 'update' | 'all'): void {
    if (this.failing === operation || this.failing === 'all') {
      throw unavailable('the database is locked');
    }
  }
}

function comesTooLate({ block }: WeightSet, newest: WeightSet): AssayError {
  return new AssayError(
    'weight_set_in_progress',
    `block ${block} comes too late: the weights of block ${newest.block} were decided already`,
  );
}

function unavailable(message: string): AssayError {
  return new AssayError('store_unavailable', message);
}

/** What `outcomeAt` answers of a set. */
export function outcomeOf(set: WeightSet | undefined, uid: MinerUid): StoredOutcome | undefined {
  if (set === undefined) return undefined;
  const { state, failure, vector } = set;
  const weight = vector.weights[vector.uids.indexOf(uid)] ?? 0;
  return failure === undefined ? { state, weight } : { state, failure, weight };
}
