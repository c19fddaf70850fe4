/**
 * Folds profiles into the columns of one calculation. Batches may come in any order; what the calculation makes of the
 * columns does not depend on it.
 */
import { type CategoryKey, categoryIndex } from './gpu/catalogue.ts';
import {
  type CountedGpus,
  countByCategory,
  countedGpus,
  primaryCategory,
} from './gpu/distribution.ts';
import type { Metagraph, Neuron } from './metagraph.ts';
import { type ExclusionReason, exclusionCode, type Population } from './population.ts';
import type { ExecutorProfile, Profile } from './profile.ts';

/** What decides who takes part. */
export interface PopulationContext {
  readonly metagraph: Metagraph;
  /** Time of the calculation, milliseconds since the epoch. */
  readonly nowMs: number;
  /** A miner whose newest report is older than this is `STALE`. */
  readonly cutoffMs: number;
  /** GPUs of an executor whose last verification is older than this do not count. */
  readonly executorTtlMs: number;
  /** Whether a miner must announce an axon. */
  readonly requireActiveAxon: boolean;
}

const SCORE_MICROS = 1_000_000;

/** Collects profiles; registered miners without a profile are never added and get nothing. */
export class PopulationBuilder {
  readonly #context: PopulationContext;
  readonly #neuronAt: ReadonlyMap<number, Neuron>;
  readonly #uid = new Column(Int32Array);
  readonly #scoreMicros = new Column(Int32Array);
  readonly #standing = new Column(Uint8Array);
  readonly #primaryCategory = new Column(Uint16Array);
  readonly #miner = new Column(Int32Array);
  readonly #executor = new Column(Int32Array);
  readonly #category = new Column(Uint16Array);
  readonly #count = new Column(Int32Array);
  readonly #memoryMib = new Column(Int32Array);
  readonly #indexOf = new Map<CategoryKey, number>();
  #executors = 0;

  constructor(context: PopulationContext) {
    this.#context = context;
    this.#neuronAt = new Map(context.metagraph.neurons.map((neuron) => [neuron.uid, neuron]));
  }

  /** Adds a batch of profiles with their executors; each UID comes once. */
  add(profiles: readonly Profile[]): void {
    for (const profile of profiles) this.#addMiner(profile);
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

  #addMiner(profile: Profile): void {
    const row = this.#uid.length;
    const reason = standingOf(profile, this.#neuronAt.get(profile.miner.uid), this.#context);
    this.#uid.push(profile.miner.uid);
    this.#scoreMicros.push(Math.round(profile.score * SCORE_MICROS));
    this.#standing.push(reason === undefined ? 0 : exclusionCode(reason));
    const executors = unexpired(profile, this.#context);
    const counted = countedGpus(executors);
    this.#primaryCategory.push(this.#index(primaryCategory(countByCategory(counted))));
    for (const gpus of counted) this.#addGpus(row, gpus);
    this.#executors += executors.length;
  }

  #addGpus(row: number, { executorIndex, group, count }: CountedGpus): void {
    this.#miner.push(row);
    this.#executor.push(this.#executors + executorIndex);
    this.#category.push(this.#index(group.category));
    this.#count.push(count);
    this.#memoryMib.push(group.memoryMib);
  }

  /** The catalogue is searched once for each category, not once for each GPU. */
  #index(category: CategoryKey): number {
    const known = this.#indexOf.get(category);
    if (known !== undefined) return known;
    const index = categoryIndex(category);
    this.#indexOf.set(category, index);
    return index;
  }
}

/**
 * Why a miner takes no part, in the order of `EXCLUSION_REASONS`. A miner is another one when its hotkey or the block of
 * its registration changed. Staleness counts from the newest applied report (`lastObservedAtMs`, when the prover looked),
 * not from when the row was written: a report that arrives late is as old as what it saw.
 */
function standingOf(
  { miner, lastObservedAtMs }: Profile,
  neuron: Neuron | undefined,
  { nowMs, cutoffMs, requireActiveAxon }: PopulationContext,
): ExclusionReason | undefined {
  if (neuron === undefined) return 'NOT_REGISTERED';
  if (neuron.hotkey !== miner.hotkey || neuron.registeredAtBlock !== miner.registeredAtBlock) {
    return 'HOTKEY_CHANGED';
  }
  if (requireActiveAxon && !neuron.isAxonActive) return 'AXON_INACTIVE';
  return nowMs - lastObservedAtMs > cutoffMs ? 'STALE' : undefined;
}

function unexpired(
  { executors }: Profile,
  { nowMs, executorTtlMs }: PopulationContext,
): readonly ExecutorProfile[] {
  return [...executors.values()].filter(
    ({ verifiedAtMs }) => nowMs - verifiedAtMs <= executorTtlMs,
  );
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
