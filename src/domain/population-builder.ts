/**
 * Folds what is known of miners into the columns of one calculation. Miners may come in any order; what the calculation
 * makes of the columns does not depend on it.
 */
import { assert } from '../lib/assert.ts';
import { type CategoryKey, categoryIndex } from './gpu/catalogue.ts';
import {
  EXECUTOR_MAX,
  type FactGpus,
  type MinerFacts,
  type PopulationRules,
} from './miner-facts.ts';
import { type ExclusionReason, exclusionCode, type Population } from './population.ts';

/** Collects miners; registered ones without a profile are never added and get nothing. */
export class PopulationBuilder {
  readonly #rules: PopulationRules;
  readonly #indexOf: (category: CategoryKey) => number;
  readonly #uid = new Column(Int32Array);
  readonly #scoreMicros = new Column(Int32Array);
  readonly #standing = new Column(Uint8Array);
  readonly #primaryCategory = new Column(Uint16Array);
  readonly #miner = new Column(Int32Array);
  readonly #executor = new Column(Int32Array);
  readonly #category = new Column(Uint16Array);
  readonly #count = new Column(Int32Array);
  readonly #memoryMib = new Column(Int32Array);
  readonly #indexes = new Map<CategoryKey, number>();
  #executors = 0;

  /** @param indexOf where a category stands; another order than the catalogue's repeats a calculation made with that one. */
  constructor(rules: PopulationRules, indexOf = categoryIndex) {
    this.#rules = rules;
    this.#indexOf = indexOf;
  }

  /** Adds a miner; each UID comes once. */
  add(facts: MinerFacts): void {
    const row = this.#uid.length;
    const reason = standingOf(facts, this.#rules);
    this.#uid.push(facts.uid);
    this.#scoreMicros.push(facts.scoreMicros);
    this.#standing.push(reason === undefined ? 0 : exclusionCode(reason));
    this.#primaryCategory.push(this.#index(facts.primaryCategory));
    let executors = 0;
    for (const gpus of facts.gpus) {
      this.#addGpus(row, gpus);
      executors = Math.max(executors, gpus.executor + 1);
    }
    this.#executors += executors;
  }

  /** The columns so far, each exactly as long as it has rows. */
  build(): Population {
    return {
      miners: {
        uid: this.#uid.values(),
        scoreMicros: this.#scoreMicros.values(),
        standing: this.#standing.values(),
        primaryCategory: this.#primaryCategory.values(),
      },
      gpus: {
        miner: this.#miner.values(),
        executor: this.#executor.values(),
        category: this.#category.values(),
        count: this.#count.values(),
        memoryMib: this.#memoryMib.values(),
      },
    };
  }

  #addGpus(row: number, { executor, category, count, memoryMib }: FactGpus): void {
    assert(executor <= EXECUTOR_MAX, 'the machines of all miners can be numbered through');
    this.#miner.push(row);
    this.#executor.push(this.#executors + executor);
    this.#category.push(this.#index(category));
    this.#count.push(count);
    this.#memoryMib.push(memoryMib);
  }

  /** The catalogue is searched once for each category, not once for each GPU. */
  #index(category: CategoryKey): number {
    const known = this.#indexes.get(category);
    if (known !== undefined) return known;
    const index = this.#indexOf(category);
    this.#indexes.set(category, index);
    return index;
  }
}

/**
 * Why a miner takes no part, in the order of `EXCLUSION_REASONS`. A miner is another one when its hotkey or the block of
 * its registration changed. Staleness counts from the newest applied report (`lastObservedAtMs`, when the prover looked),
 * not from when the row was written: a report that arrives late is as old as what it saw.
 */
function standingOf(
  { hotkey, registeredAtBlock, neuron, lastObservedAtMs }: MinerFacts,
  { nowMs, cutoffMs, requireActiveAxon }: PopulationRules,
): ExclusionReason | undefined {
  if (neuron === undefined) return 'NOT_REGISTERED';
  if (neuron.hotkey !== hotkey || neuron.registeredAtBlock !== registeredAtBlock) {
    return 'HOTKEY_CHANGED';
  }
  if (requireActiveAxon && !neuron.isAxonActive) return 'AXON_INACTIVE';
  return nowMs - lastObservedAtMs > cutoffMs ? 'STALE' : undefined;
}

const COLUMN_CAPACITY_FIRST = 64;

/** A typed array that doubles when it is full. */
class Column<A extends Int32Array | Uint16Array | Uint8Array> {
  readonly #make: new (
    length: number,
  ) => A;
  #values: A;
  #length = 0;

  constructor(make: new (length: number) => A) {
    this.#make = make;
    this.#values = new make(COLUMN_CAPACITY_FIRST);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  values(): A {
    return this.#values.slice(0, this.#length) as A;
  }

  #grow(): void {
    const larger = new this.#make(2 * this.#values.length);
    larger.set(this.#values);
    this.#values = larger;
  }
}
