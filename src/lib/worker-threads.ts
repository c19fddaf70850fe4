/**
 * Threads that run the functions of one file in `workers/`. They start with the first task and stay. Two ways of piscina
 * decide the form of this. It starts a replacement for a dead thread only below `minThreads`, so that equals `maxThreads`; a
 * waiting task would find none otherwise. And it tells nobody who waits when a thread fails before its first task, for example
 * because its file cannot be loaded: that ends these threads with their tasks, and the next task starts others.
 */
import { Piscina } from 'piscina';
import { untilAborted } from './until-aborted.ts';
import { workerFile, workerFileAt } from './worker-file.ts';

/** Which threads. */
export interface WorkerThreadsOptions {
  /** The file in `workers/` without its ending, for example `allocation.worker`. */
  readonly worker: string;
  /** At least 1. */
  readonly threads: number;
  /** Another file in place of `worker`, for tests. */
  readonly workerUrl?: URL | undefined;
  /** What each thread is told at its start (`workerData`). */
  readonly workerData?: unknown;
  /** What a thread's objects may take before the young ones among them are collected, in MiB; V8's own 48 by default. */
  readonly youngGenerationMib?: number;
  /** Tasks that a thread is given before it has answered the first; 1 by default. */
  readonly tasksPerThread?: number;
}

/** What bounds one task, and what moves to its thread. */
export interface TaskTerms {
  /**
   * Time for the task, its waiting and the start of the threads included. Where threads have several tasks at once, all of them
   * end with one that is overdue.
   */
  readonly timeoutMs: number;
  /** Ends the task; where threads have several at once, only the waiting for it. */
  readonly signal?: AbortSignal | undefined;
  /** Memory that belongs to the thread from then on. */
  readonly transferList?: readonly ArrayBuffer[];
}

interface StartedThreads {
  readonly pool: Piscina;
  /** What is under way; aborted with the reason when the threads end. */
  readonly tasks: Set<AbortController>;
}

/** See the top of this file. Its user bounds how many tasks there are: piscina counts none that can be aborted. */
export class WorkerThreads {
  readonly #options: WorkerThreadsOptions;
  #started: StartedThreads | undefined;
  #isClosed = false;

  constructor(options: WorkerThreadsOptions) {
    this.#options = options;
  }

  /** Starts the threads, which takes some tenths of a second, before the first task does. */
  start(): void {
    this.#threads();
  }

  /**
   * What the function of that name answers.
   *
   * @throws what the function throws; the signal's reason; an Error when the thread dies, cannot be started, does not answer in
   * time, or is closed.
   */
  async run<Answer>(
    name: string,
    task: unknown,
    { timeoutMs, signal, transferList = [] }: TaskTerms,
  ): Promise<Answer> {
    const started = this.#threads();
    const { pool, tasks } = started;
    // One for each task: a signal that combines others stays known to the one that lives longest, for as long as that lives.
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal?.reason);
    const timer = setTimeout(() => {
      const overdue = new Error(`no answer in ${timeoutMs} ms`);
      if (this.#isShared) this.#end(started, overdue);
      else stop.abort(overdue);
    }, timeoutMs);
    tasks.add(stop);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    try {
      const terms = { name, transferList: [...transferList] };
      if (!this.#isShared) return await pool.run(task, { ...terms, signal: stop.signal });
      return await untilAborted(pool.run(task, terms), stop.signal);
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      clearTimeout(timer);
      tasks.delete(stop);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Whether a thread has several tasks at once: piscina gives it none beside one that it could abort. */
  get #isShared(): boolean {
    const { tasksPerThread = 1 } = this.#options;
    return tasksPerThread > 1;
  }

  /** Refuses what is under way and what comes later, and ends the threads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const started = this.#started;
    for (const task of started?.tasks ?? []) task.abort(closed());
    await started?.pool.destroy();
  }

  #threads(): StartedThreads {
    if (this.#isClosed) throw closed();
    this.#started ??= this.#start();
    return this.#started;
  }

  #start(): StartedThreads {
    const { worker, threads, workerUrl, workerData, tasksPerThread = 1 } = this.#options;
    const { youngGenerationMib } = this.#options;
    const { url, execArgv } =
      workerUrl === undefined ? workerFile(worker) : workerFileAt(workerUrl);
    const pool = new Piscina({
      filename: url.href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: tasksPerThread,
      workerData,
      ...(youngGenerationMib === undefined
        ? {}
        : { resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMib } }),
      execArgv: [...execArgv],
    });
    const started: StartedThreads = { pool, tasks: new Set() };
    pool.on('error', (error) => this.#end(started, error));
    return started;
  }

  /** The next task starts others. */
  #end(started: StartedThreads, reason: unknown): void {
    if (this.#started === started) this.#started = undefined;
    for (const task of started.tasks) task.abort(reason);
    void started.pool.destroy();
  }
}

function closed(): Error {
  return new Error('the threads are closed');
}
