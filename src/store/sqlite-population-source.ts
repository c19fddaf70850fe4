/**
 * Takes populations. A small one is read on the calling thread, in steps, where that is quicker than a thread can start.
 * A large one is read by a thread with a handle of its own, or two, half of the miners by each, so that the event loop stays free; as
 * on the calling thread, every miner is read in one state, and reports that come meanwhile may be in it or not. The threads
 * for a weight set rehearse it on some of the miners beforehand. When one fails or takes too long, a weight set reads its
 * population on the calling thread all the same; a preview is refused.
 */
import type {
  PopulationRequest,
  PopulationSource,
  ProfileReader,
  TakenPopulation,
} from '../actors/ports.ts';
import { AssayError } from '../domain/errors.ts';
import { MINER_UID_MAX } from '../domain/ids.ts';
import type { Population } from '../domain/population.ts';
import type { Events } from '../events.ts';
import { joinParts } from '../lib/packed-lines.ts';
import type { TaskTerms, WorkerThreads } from '../lib/worker-threads.ts';
import { InlinePopulation } from './inline-population.ts';
import { halves, populationTask, type TakenPart, type TakenRequest } from './population-task.ts';
import type { SetThreads } from './set-threads.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

interface SqlitePopulationSourceOptions {
  readonly database: SqliteDatabase;
  readonly profiles: Pick<ProfileReader, 'count'>;
  readonly events: Pick<Events, 'workerReplaced'>;
  /** Ended by whoever made them. */
  readonly setThreads: SetThreads;
  /** Profiles up to which no thread is asked. */
  readonly inlineProfilesMax?: number;
  /** Time for one population in a thread. */
  readonly takeTimeoutMs?: number;
}

/** Profiles that are read inline, where that takes less than handing them over. */
const INLINE_PROFILES_MAX = 2_000;
const TAKE_TIMEOUT_MS = 60_000;
/** Previews that may be read at once; one more is refused. */
const PREVIEWS_MAX = 4;
const RETRY_AFTER_MS = 1_000;
/** Enough for V8 to compile what runs for every miner. */
const REHEARSED_UID_MAX = 4_095;

/** See the top of this file. */
export class SqlitePopulationSource implements PopulationSource {
  readonly #options: SqlitePopulationSourceOptions;
  readonly #inline: InlinePopulation;
  readonly #uidAt: (place: number) => number;
  #previews = 0;

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

  async #takeLarge(request: PopulationRequest, count: number): Promise<TakenPopulation> {
    const { setThreads, events } = this.#options;
    const isPreview = request.isPreview === true;
    const own = isPreview ? setThreads.start() : setThreads.takeReady();
    try {
      const taken = await this.#takeInThreads(own, request, count);
      if (isPreview) void own.close();
      else setThreads.keep(own);
      return taken;
    } catch (error) {
      void own.close();
      if (setThreads.closing.aborted) throw closed(error);
      events.workerReplaced({ error, attempt: 1 });
      if (isPreview) throw noThread(error);
      return this.#inline.take(request);
    } finally {
      if (!isPreview) this.#startLater(request);
    }
  }

  async #takeInThreads(
    threads: WorkerThreads,
    request: PopulationRequest,
    count: number,
  ): Promise<TakenPopulation> {
    const { database, setThreads } = this.#options;
    const terms = this.#terms();
    const whole = await populationTask(database, request);
    const tasks = setThreads.count === 1 ? [whole] : halves(whole, { count, uidAt: this.#uidAt });
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

  /** The neurons of the whole subnet are not to stay in memory until then. */
  #startLater({ metagraph: { neurons }, rules }: PopulationRequest): void {
    const rehearsed = neurons.filter(({ uid }) => uid <= REHEARSED_UID_MAX);
    const request = { metagraph: { neurons: rehearsed }, rules };
    this.#options.setThreads.startLater((threads) => this.#rehearse(threads, request));
  }

  async #rehearse(threads: WorkerThreads, request: TakenRequest): Promise<void> {
    const { database, setThreads } = this.#options;
    const task = { ...(await populationTask(database, request)), lastUid: REHEARSED_UID_MAX };
    const each = Array.from({ length: setThreads.count }, () =>
      threads.run('rehearse', task, this.#terms()),
    );
    await Promise.all(each);
  }

  #terms(): TaskTerms {
    const { setThreads, takeTimeoutMs: timeoutMs = TAKE_TIMEOUT_MS } = this.#options;
    return { timeoutMs, signal: setThreads.closing };
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
