/**
 * The thread that writes. It has the only handle that does, so writes stand in one line, and neither a transaction nor the
 * wait for the disk holds the event loop. When it dies, what it had not answered fails with `store_unavailable` (it may
 * be stored nevertheless: everything here can be done again), and the next write starts another.
 */
import { AssayError } from '../domain/errors.ts';
import { AssertionError } from '../lib/assert.ts';
import { WorkerThreads } from '../lib/worker-threads.ts';
import { STORE_RETRY_AFTER_MS } from './sqlite-errors.ts';
import type { StoreWrites, WriterSettings, WriteTask } from './store-writes.ts';
import { answered, type ThreadAnswer } from './thread-answer.ts';

/** Far above what a disk takes; a write that hangs longer is given up with its thread. */
const WRITE_TIMEOUT_MS = 120_000;
/** Writes that the thread holds at once; whoever hands more over waits in line before it. */
const TASKS_MAX = 64;

interface WriterThreadOptions {
  /** Told of each write that the thread did not answer. */
  readonly onLost: (error: unknown) => void;
  /** Another worker file, for tests. */
  readonly workerUrl?: URL;
}

/** Nothing that the thread makes outlives its group: more would only stay resident. */
const YOUNG_GENERATION_MIB = 12;

/** Functions of `StoreWrites` in the thread. */
export class WriterThread {
  readonly #threads: WorkerThreads;
  readonly #onLost: (error: unknown) => void;
  /** What is handed to the users. */
  readonly writes: StoreWrites;

  constructor(settings: WriterSettings, { onLost, workerUrl }: WriterThreadOptions) {
    this.#onLost = onLost;
    this.#threads = new WorkerThreads({
      worker: 'store.worker',
      threads: 1,
      tasksPerThread: TASKS_MAX,
      youngGenerationMib: YOUNG_GENERATION_MIB,
      workerData: settings,
      workerUrl,
    });
    this.writes = {
      writeGroup: (columns) => this.#write('writeGroup', [columns], [columns.numbers.buffer]),
      recordWeightSet: (...args) => this.#write('recordWeightSet', args),
      updateWeightSet: (change) => this.#write('updateWeightSet', [change]),
      writePendingHistory: () => this.#write('writePendingHistory', []),
      appendEmissionConfig: (version) => this.#write('appendEmissionConfig', [version]),
      deleteProfile: (uid) => this.#write('deleteProfile', [uid]),
      deleteProfilesOlderThan: (...args) => this.#write('deleteProfilesOlderThan', args),
      deleteReportsReceivedBefore: (...args) => this.#write('deleteReportsReceivedBefore', args),
      deleteOldestEntry: (times) => this.#write('deleteOldestEntry', [times]),
      sweepLedger: (limit) => this.#write('sweepLedger', [limit]),
      close: () => this.#close(),
    };
  }

  /** Starts the thread before it is needed. */
  start(): void {
    this.#threads.start();
  }

  async #close(): Promise<void> {
    try {
      await this.#write('close', []);
    } finally {
      await this.#threads.close();
    }
  }

  async #write<Name extends keyof StoreWrites>(
    name: Name,
    args: Parameters<StoreWrites[Name]>,
    transferList: readonly ArrayBuffer[] = [],
  ): Promise<Awaited<ReturnType<StoreWrites[Name]>>> {
    const task: WriteTask = { name, args };
    return answered(await this.#ask<Awaited<ReturnType<StoreWrites[Name]>>>(task, transferList));
  }

  async #ask<T>(task: WriteTask, transferList: readonly ArrayBuffer[]): Promise<ThreadAnswer<T>> {
    try {
      const terms = { timeoutMs: WRITE_TIMEOUT_MS, transferList };
      return await this.#threads.run<ThreadAnswer<T>>('write', task, terms);
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'DataCloneError') {
        throw new AssertionError('what is written can be cloned', { cause });
      }
      this.#onLost(cause);
      throw new AssayError('store_unavailable', 'the thread that writes did not answer', {
        cause,
        retryAfterMs: STORE_RETRY_AFTER_MS,
      });
    }
  }
}
