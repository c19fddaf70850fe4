/**
 * Threads that do what is large about a weight set: they read its population, and then write down the lines of its decision.
 * They live for one set, because their memory would stay with them for hours; those for the next one are started before it is
 * due and rehearse it, because starting and running for the first time take as long as a good part of the work.
 */
import { WorkerThreads } from '../lib/worker-threads.ts';

/** How many threads, when they start and end, and what they run. */
export interface SetThreadsOptions {
  /** At least 1; no more than `THREADS_MAX` are used. */
  readonly threads: number;
  /** From the population of one set until threads for the next are started. */
  readonly startAfterMs?: number;
  /** From the population of a set until its decision has lines to write down. */
  readonly keptMs?: number;
  /** Another worker file, for tests. */
  readonly workerUrl?: URL;
}

/**
 * With more the event loop gains nothing, and each compiles the same code once more. Of two processors one is left to the event
 * loop: two threads read a population sooner there, and hold it up for longer.
 */
const THREADS_MAX = 2;
const START_AFTER_MS = 2_000;
/** Ten times what a calculation takes, unless a worker hangs; a set that is withheld never has lines. */
const KEPT_MS = 10_000;

/** See the top of this file. */
export class SetThreads {
  readonly #options: SetThreadsOptions;
  /** How many threads there are for one set. */
  readonly count: number;
  readonly #closing = new AbortController();
  /** Started for the next set. */
  #ready: WorkerThreads | undefined;
  #startTimer: NodeJS.Timeout | undefined;
  /** Those that have read the population of a set. */
  #kept: WorkerThreads | undefined;
  #keptTimer: NodeJS.Timeout | undefined;

  constructor(options: SetThreadsOptions) {
    this.#options = options;
    this.count = Math.min(THREADS_MAX, options.threads);
  }

  /** Aborted once threads may neither be asked nor started any more. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Threads that nobody else is given; whoever takes them ends them or keeps them. */
  start(): WorkerThreads {
    const { workerUrl } = this.#options;
    return new WorkerThreads({ worker: 'weight-set.worker', threads: this.count, workerUrl });
  }

  /** Those that were started beforehand, or new ones. */
  takeReady(): WorkerThreads {
    const ready = this.#ready ?? this.start();
    this.#ready = undefined;
    return ready;
  }

  /** Starts those for the next set. Not at once: the set goes on to be calculated and stored, and needs the processors. */
  startLater(rehearse: (threads: WorkerThreads) => Promise<unknown>): void {
    if (this.closing.aborted) return;
    const { startAfterMs = START_AFTER_MS } = this.#options;
    clearTimeout(this.#startTimer);
    this.#startTimer = setTimeout(() => {
      // A timer keeps what it called.
      this.#startTimer = undefined;
      this.#ready ??= this.start();
      // What fails here fails again when it matters, and is told then.
      void rehearse(this.#ready).catch(() => undefined);
    }, startAfterMs);
    this.#startTimer.unref();
  }

  /** Keeps those that have read the population of a set until its decision has lines, for a while. */
  keep(threads: WorkerThreads): void {
    this.#endKept();
    if (this.closing.aborted) return void threads.close();
    this.#kept = threads;
    this.#keptTimer = setTimeout(() => this.#endKept(), this.#options.keptMs ?? KEPT_MS);
    this.#keptTimer.unref();
  }

  /** Those that were kept, if they still are. */
  takeKept(): WorkerThreads | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    clearTimeout(this.#keptTimer);
    return kept;
  }

  /** Ends all but those that somebody has. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#startTimer);
    void this.#ready?.close();
    this.#endKept();
  }

  #endKept(): void {
    void this.takeKept()?.close();
  }
}
