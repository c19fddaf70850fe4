/**
 * Allocations in worker threads. A small population is calculated inline, where that is quicker than the way to a worker and
 * too short to be felt by the event loop. A large one is copied once into shared memory and calculated by a worker; with
 * several threads a very large one is scored in shards. When a worker dies or overruns its time, the pool replaces it and the
 * whole calculation is tried once more in one other worker, and at last inline, so that the weights are set all the same.
 */
import type { Compute, ComputedAllocation, TimeSpan } from '../actors/ports.ts';
import type { AllocationPolicy } from '../domain/allocation.ts';
import { apportion } from '../domain/apportion.ts';
import { AssayError } from '../domain/errors.ts';
import type { Population } from '../domain/population.ts';
import { scorePairs } from '../domain/score-pairs.ts';
import type { Events } from '../events.ts';
import { AssertionError } from '../lib/assert.ts';
import { WorkerThreads } from '../lib/worker-threads.ts';
import {
  type Allocated,
  type AllocateTask,
  type Apportioned,
  type ApportionTask,
  buffersOf,
  type Scored,
  type ScoreTask,
  sharePopulation,
  timed,
} from './columns.ts';

export interface ComputePoolOptions {
  /** Worker threads, at least 1. They start with the first calculation that needs them. */
  readonly threads: number;
  /** Pairs (GPU rows, at least one per miner) up to which a calculation stays on the calling thread. */
  readonly inlinePairsMax: number;
  /** Time for one task in a worker, its waiting in the queue included. */
  readonly taskTimeoutMs: number;
  readonly events: Pick<Events, 'workerReplaced'>;
  /** GPU rows from which two workers share the scoring, when there are two; `SHARD_ROWS_MIN` by default. */
  readonly shardRowsMin?: number;
  /** Another worker file, for tests. */
  readonly workerUrl?: URL;
}

/** Calculations that may be under way or waiting at once; one more is refused with `compute_unavailable`. */
export const CALCULATIONS_MAX = 8;

/**
 * GPU rows from which two workers share the scoring: 64 executors for each of 65,536 miners. With fewer, dividing the
 * population and putting the parts together cost as much as the second core saves (measured by bench/allocate.ts).
 */
const SHARD_ROWS_MIN = 4_000_000;

const SHARDS = 2;
const WORKER_ATTEMPTS = 2;
const RETRY_AFTER_MS = 1_000;

/** See the top of this file. */
export class ComputePool implements Compute {
  readonly #options: ComputePoolOptions;
  readonly #threads: WorkerThreads;
  #isClosed = false;
  #calculations = 0;

  constructor(options: ComputePoolOptions) {
    this.#options = options;
    const { threads, workerUrl } = options;
    this.#threads = new WorkerThreads({ worker: 'allocation.worker', threads, workerUrl });
  }

  async allocate(population: Population, policy: AllocationPolicy): Promise<ComputedAllocation> {
    if (this.#isClosed) throw closed();
    const pairs = Math.max(population.miners.uid.length, population.gpus.miner.length);
    if (pairs <= this.#options.inlinePairsMax) return allocateInline({ population, policy });
    if (this.#calculations >= CALCULATIONS_MAX) throw tooMany();
    this.#calculations += 1;
    try {
      return await this.#allocateInWorkers({ population: sharePopulation(population), policy });
    } finally {
      this.#calculations -= 1;
    }
  }

  /** Stops the workers; what they were calculating is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#threads.close();
  }

  async #allocateInWorkers(task: AllocateTask): Promise<ComputedAllocation> {
    for (let attempt = 1; attempt <= WORKER_ATTEMPTS; attempt += 1) {
      try {
        const isSharded = attempt === 1 && this.#hasShards(task);
        const allocated = await (isSharded ? this.#allocateInShards(task) : this.#allocate(task));
        return { ...allocated, place: 'worker' };
      } catch (error) {
        if (this.#isClosed) throw closed(error);
        this.#options.events.workerReplaced({ error, attempt });
      }
    }
    return allocateAsLastResort(task);
  }

  #hasShards({ population }: AllocateTask): boolean {
    const { threads, shardRowsMin = SHARD_ROWS_MIN } = this.#options;
    return threads >= SHARDS && population.gpus.miner.length >= shardRowsMin;
  }

  #allocate(task: AllocateTask): Promise<Allocated> {
    return this.#run('allocate', task);
  }

  async #allocateInShards({ population, policy }: AllocateTask): Promise<Allocated> {
    const minerCount = population.miners.uid.length;
    const middle = Math.ceil(minerCount / SHARDS);
    const ranges = [
      { start: 0, end: middle },
      { start: middle, end: minerCount },
    ];
    const scored = await Promise.all(
      ranges.map((range): Promise<Scored> => {
        const task: ScoreTask = { population, policy, ...range };
        return this.#run('scorePart', task);
      }),
    );
    const task: ApportionTask = { parts: scored.map(({ pairs }) => pairs), policy };
    const apportioned: Apportioned = await this.#run('apportion', task);
    return { ...apportioned, score: union(scored.map(({ score }) => score)) };
  }

  #run<T>(name: string, task: AllocateTask | ApportionTask): Promise<T> {
    const transferList = 'parts' in task ? task.parts.flatMap(buffersOf) : [];
    return this.#threads.run(name, task, {
      timeoutMs: this.#options.taskTimeoutMs,
      transferList,
    });
  }
}

function allocateInline({ population, policy }: AllocateTask): ComputedAllocation {
  const [pairs, score] = timed(() => scorePairs(population, policy));
  const [allocation, apportionSpan] = timed(() => apportion(pairs, policy));
  return { allocation, score, apportion: apportionSpan, place: 'inline' };
}

function allocateAsLastResort(task: AllocateTask): ComputedAllocation {
  try {
    return allocateInline(task);
  } catch (cause) {
    if (cause instanceof AssertionError) throw cause;
    throw new AssayError('compute_unavailable', 'no worker finished the allocation', {
      retryAfterMs: RETRY_AFTER_MS,
      cause,
    });
  }
}

function union(spans: readonly TimeSpan[]): TimeSpan {
  return {
    startMs: Math.min(...spans.map(({ startMs }) => startMs)),
    endMs: Math.max(...spans.map(({ endMs }) => endMs)),
  };
}

function closed(cause?: unknown): AssayError {
  return new AssayError('compute_unavailable', 'the compute pool is closed', { cause });
}

function tooMany(): AssayError {
  const message = `${CALCULATIONS_MAX} allocations are being calculated already`;
  return new AssayError('compute_unavailable', message, { retryAfterMs: RETRY_AFTER_MS });
}
