/**
 * Takes populations. A small one is read on the calling thread, in steps, where that is quicker than a thread can start.
 * A large one is read by two threads with a handle each, half of the miners by each, so that the event loop stays free; as
 * on the calling thread, every miner is read in one state, and reports that come meanwhile may be in it or not. The threads
 * live for one population, because their memory would stay with them for hours; those for the next weight set are started
 * before it is due and rehearse it on some of the miners, because starting and running for the first time take as long as a
 * good part of reading. When one fails or takes too long, a weight set reads its population on the calling thread all the
 * same; a preview is refused.
 */
import type {
  PopulationRequest,
  PopulationSource,
  ProfileReader,
  TakenPopulation,
} from '../actors/ports.ts';
import { AssayError } from '../domain/errors.ts';
import { MINER_UID_MAX } from '../domain/ids.ts';
import type { PopulationRules } from '../domain/miner-facts.ts';
import type { Population } from '../domain/population.ts';
import type { Events } from '../events.ts';
import { joinParts } from '../lib/packed-lines.ts';
import { WorkerThreads } from '../lib/worker-threads.ts';
import { InlinePopulation } from './inline-population.ts';
import { halves, populationTask, type TakenPart } from './population-task.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

interface SqlitePopulationSourceOptions {
  readonly database: SqliteDatabase;
  readonly profiles: Pick<ProfileReader, 'count'>;
  readonly events: Pick<Events, 'workerReplaced'>;
  /** Profiles up to which no thread is asked. */
  readonly inlineProfilesMax?: number;
  /** From one weight set until threads for the next are started. */
  readonly startAfterMs?: number;
  /** Time for one population in a thread. */
  readonly takeTimeoutMs?: number;
  /** Another worker file, for tests. */
  readonly workerUrl?: URL;
}

/** Profiles that are read inline, where that takes less than handing them over. */
const INLINE_PROFILES_MAX = 2_000;
const THREADS = 2;
const TAKE_TIMEOUT_MS = 60_000;
/** Previews that may be read at once; one more is refused. */
const PREVIEWS_MAX = 4;
const RETRY_AFTER_MS = 1_000;
const START_AFTER_MS = 2_000;
/** Enough for V8 to compile what runs for every miner. */
const REHEARSED_UID_MAX = 4_095;

/** See the top of this file. */
export class SqlitePopulationSource implements PopulationSource {
  readonly #options: SqlitePopulationSourceOptions;
  readonly #inline: InlinePopulation;
  readonly #uidAt: (place: number) => number;
  readonly #closing = new AbortController();
  #previews = 0;
  /** Started for the next weight set. */
  #ready: WorkerThreads | undefined;
  #startTimer: NodeJS.Timeout | undefined;

  constructor(options: SqlitePopulationSourceOptions) {
    this.#options = options;
    this.#inline = new InlinePopulation(options.database);
    this.#uidAt = uidAt(options.database);
  }

  async take(request: PopulationRequest): Promise<TakenPopulation> {
    const isPreview = request.isPreview === true;
    if (isPreview && this.#previews >= PREVIEWS_MAX) throw tooManyPreviews();
    this.#previews += Number(isPreview);
    try {
      const { database, profiles, inlineProfilesMax = INLINE_PROFILES_MAX } = this.#options;
      const count = await profiles.count();
      const isInline = database.file === ':memory:' || count <= inlineProfilesMax;
      return isInline ? await this.#inline.take(request) : await this.#takeLarge(request, count);
    } finally {
      this.#previews -= Number(isPreview);
    }
  }

  /** Refuses what threads are reading, and ends them. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#startTimer);
    void this.#ready?.close();
  }

  async #takeLarge(request: PopulationRequest, count: number): Promise<TakenPopulation> {
    const isPreview = request.isPreview === true;
    const threads = (isPreview ? undefined : this.#takeReady()) ?? this.#newThreads();
    try {
      return await this.#takeInThreads(threads, request, count);
    } catch (error) {
      if (this.#closing.signal.aborted) throw closed(error);
      this.#options.events.workerReplaced({ error, attempt: 1 });
      if (isPreview) throw noThread(error);
      return this.#inline.take(request);
    } finally {
      void threads.close();
      if (!isPreview) this.#startLater(request);
    }
  }

  async #takeInThreads(
    threads: WorkerThreads,
    request: PopulationRequest,
    count: number,
  ): Promise<TakenPopulation> {
    const { database, takeTimeoutMs: timeoutMs = TAKE_TIMEOUT_MS } = this.#options;
    const terms = { timeoutMs, signal: this.#closing.signal };
    const tasks = halves(await populationTask(database, request), { count, uidAt: this.#uidAt });
    const parts = await Promise.all(
      tasks.map((task) => threads.run<TakenPart>('takePart', task, terms)),
    );
    const inputs = parts.map(({ input }) => input);
    const columns = parts.map(({ population }) => population);
    const texts = inputs.map(({ text }) => text);
    const [population, digest] = await Promise.all([
      threads.run<Population>('joinColumns', columns, terms),
      threads.run<string>('digest', texts, terms),
    ]);
    return {
      population,
      input: joinParts(inputs, digest),
      holders: parts.map((part) => part.holders),
    };
  }

  #takeReady(): WorkerThreads | undefined {
    const ready = this.#ready;
    this.#ready = undefined;
    return ready;
  }

  /** Not at once: the set goes on to be calculated and stored, and needs the processors. */
  #startLater({ rules }: PopulationRequest): void {
    if (this.#closing.signal.aborted) return;
    const { startAfterMs = START_AFTER_MS } = this.#options;
    clearTimeout(this.#startTimer);
    this.#startTimer = setTimeout(() => {
      this.#ready ??= this.#newThreads();
      void this.#rehearse(this.#ready, rules);
    }, startAfterMs);
    this.#startTimer.unref();
  }

  /** What fails here fails again when it matters, and is told then. */
  async #rehearse(threads: WorkerThreads, rules: PopulationRules): Promise<void> {
    const { database, takeTimeoutMs: timeoutMs = TAKE_TIMEOUT_MS } = this.#options;
    const terms = { timeoutMs, signal: this.#closing.signal };
    const task = { ...(await populationTask(database, { rules })), lastUid: REHEARSED_UID_MAX };
    const each = Array.from({ length: THREADS }, () => threads.run('takePart', task, terms));
    await Promise.allSettled(each);
  }

  #newThreads(): WorkerThreads {
    const { workerUrl } = this.#options;
    return new WorkerThreads({ worker: 'population.worker', threads: THREADS, workerUrl });
  }
}

/** The UID of the profile at a place, by rising UID; the largest of all beyond the last. */
function uidAt(database: SqliteDatabase): (place: number) => number {
  const profile = database.statement<[limit: number, place: number], { miner_uid: number }>(
    database
      .query('miner_gpu_profiles')
      .select('miner_uid')
      .orderBy('miner_uid')
      .limit(1)
      .offset(1),
    ['limit', 'limit'],
  );
  return (place) => database.read(() => profile.get(1, place)?.miner_uid ?? MINER_UID_MAX);
}

function tooManyPreviews(): AssayError {
  const message = `${PREVIEWS_MAX} previews are being calculated already`;
  return new AssayError('compute_unavailable', message, { retryAfterMs: RETRY_AFTER_MS });
}

function noThread(cause: unknown): AssayError {
  const message = 'the population of the preview could not be read';
  return new AssayError('compute_unavailable', message, { retryAfterMs: RETRY_AFTER_MS, cause });
}

function closed(cause?: unknown): AssayError {
  return new AssayError('store_unavailable', 'the database is closed', { cause });
}
