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
  /** Aborts with the reason when the threads end, and every task that waits for them with it. */
  readonly ending: AbortController;
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
    const { pool, ending } = started;
    const overdue = new AbortController();
    // `AbortSignal.timeout` may be collected before it fires when only a combined signal knows it.
    const timer = setTimeout(
      () => overdue.abort(new Error(`no answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
    const reasons = [overdue.signal, ending.signal];
    const stop = AbortSignal.any(signal === undefined ? reasons : [signal, ...reasons]);
    const terms = { name, transferList: [...transferList] };
    try {
      if (!this.#isShared) return await pool.run(task, { ...terms, signal: stop });
      return await untilAborted(pool.run(task, terms), stop);
    } catch (error) {
      if (this.#isShared && overdue.signal.aborted) this.#end(started, stop.reason);
      throw stop.aborted ? stop.reason : error;
    } finally {
      clearTimeout(timer);
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
    started?.ending.abort(closed());
    await started?.pool.destroy();
  }

  #threads(): StartedThreads {
    if (this.#isClosed) throw closed();
    this.#started ??= this.#start();
    return this.#started;
  }

  #start(): StartedThreads {
    const { worker, threads, workerUrl, workerData, tasksPerThread = 1 } = this.#options;
    const { url, execArgv } =
      workerUrl === undefined ? workerFile(worker) : workerFileAt(workerUrl);
    const pool = new Piscina({
      filename: url.href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: tasksPerThread,
      workerData,
      execArgv: [...execArgv],
    });
    const started = { pool, ending: new AbortController() };
    pool.on('error', (error) => this.#end(started, error));
    return started;
  }

  /** The next task starts others. */
  #end(started: StartedThreads, reason: unknown): void {
    if (this.#started === started) this.#started = undefined;
    started.ending.abort(reason);
    void started.pool.destroy();
  }
}

function closed(): Error {
  return new Error('the threads are closed');
}
