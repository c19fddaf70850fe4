/**
 * Takes populations. A small one is read on the calling thread, in batches, where that is quicker than a thread can start.
 * A large one is read by two threads with a handle each, half of the miners by each, so that the event loop stays free; as
 * on the calling thread, every profile is read whole, and reports that come meanwhile may be in it or not. The threads live
 * for one population: sets are hours apart, and neither a dead thread nor its memory is there for the next one. When one
 * fails or takes too long, a weight set reads its population on the calling thread all the same; a preview is refused.
 */
import type {
  PopulationRequest,
  PopulationSource,
  ProfileReader,
  TakenPopulation,
} from '../actors/ports.ts';
import { ProfilePopulation } from '../actors/profile-population.ts';
import { AssayError } from '../domain/errors.ts';
import { MINER_UID_MAX } from '../domain/ids.ts';
import { joinPopulations } from '../domain/join-populations.ts';
import type { Events } from '../events.ts';
import { joinPacked } from '../lib/packed-lines.ts';
import { WorkerThreads } from '../lib/worker-threads.ts';
import { halves, populationTask } from './population-task.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

interface SqlitePopulationSourceOptions {
  readonly database: SqliteDatabase;
  readonly profiles: Pick<ProfileReader, 'all' | 'count'>;
  readonly events: Pick<Events, 'workerReplaced'>;
  /** Profiles up to which no thread is asked. */
  readonly inlineProfilesMax?: number;
  /** Time for one population in a thread. */
  readonly takeTimeoutMs?: number;
  /** Another worker file, for tests. */
  readonly workerUrl?: URL;
}

/** Profiles that are read inline: 2,000 with 8 machines each take 50 ms in batches of a few milliseconds. */
const INLINE_PROFILES_MAX = 2_000;
const THREADS = 2;
const TAKE_TIMEOUT_MS = 60_000;
/** Previews that may be read at once; one more is refused, so that a weight set never waits behind them. */
const PREVIEWS_MAX = 4;
const RETRY_AFTER_MS = 1_000;

/** See the top of this file. */
export class SqlitePopulationSource implements PopulationSource {
  readonly #options: SqlitePopulationSourceOptions;
  readonly #inline: ProfilePopulation;
  readonly #uidAt: (place: number) => number;
  readonly #closing = new AbortController();
  #previews = 0;

  constructor(options: SqlitePopulationSourceOptions) {
    this.#options = options;
    this.#inline = new ProfilePopulation(options.profiles);
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
  }

  async #takeLarge(request: PopulationRequest, count: number): Promise<TakenPopulation> {
    try {
      return await this.#takeInThreads(request, count);
    } catch (error) {
      if (this.#closing.signal.aborted) throw closed(error);
      this.#options.events.workerReplaced({ error, attempt: 1 });
      if (request.isPreview === true) throw noThread(error);
      return this.#inline.take(request);
    }
  }

  async #takeInThreads(request: PopulationRequest, count: number): Promise<TakenPopulation> {
    const { workerUrl, takeTimeoutMs = TAKE_TIMEOUT_MS } = this.#options;
    const tasks = halves(await populationTask(this.#options.database, request), {
      count,
      uidAt: this.#uidAt,
    });
    const threads = new WorkerThreads({ worker: 'population.worker', threads: THREADS, workerUrl });
    const terms = { timeoutMs: takeTimeoutMs, signal: this.#closing.signal };
    try {
      const taken = await Promise.all(
        tasks.map((task) => threads.run<TakenPopulation>('takePopulation', task, terms)),
      );
      return await joinTaken(taken);
    } finally {
      void threads.close();
    }
  }
}

async function joinTaken(taken: readonly TakenPopulation[]): Promise<TakenPopulation> {
  return {
    population: taken.map(({ population }) => population).reduce(joinPopulations),
    input: await joinPacked(taken.map(({ input }) => input)),
  };
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
