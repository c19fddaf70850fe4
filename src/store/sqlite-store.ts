/**
 * The whole store of a service. The handle of the calling thread reads; what is written goes to the thread that writes,
 * except for a database in memory, which no other thread can reach: then the same writes happen here.
 */
import type {
  EmissionConfigStore,
  PopulationSource,
  ProfileReader,
  WeightSetStore,
} from '../actors/ports.ts';
import type { Events } from '../events.ts';
import type { Clock } from '../lib/clock.ts';
import { HistoryCompletion } from './history-completion.ts';
import { SetThreads } from './set-threads.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { SqliteEmissionConfigStore } from './sqlite-emission-config-store.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { SqliteLedger } from './sqlite-ledger.ts';
import { SqlitePopulationSource } from './sqlite-population-source.ts';
import { SqliteProfileStore } from './sqlite-profile-store.ts';
import { SqliteVerificationResults } from './sqlite-verification-results.ts';
import { SqliteWeightHistory } from './sqlite-weight-history.ts';
import { SqliteWeightSetStore } from './sqlite-weight-set-store.ts';
import { SqliteWrites } from './sqlite-writes.ts';
import type { StoreWrites, WriterSettings } from './store-writes.ts';
import { ThreadedLines } from './threaded-lines.ts';
import { WriterThread } from './writer-thread.ts';
import {
  type WrittenRemovers,
  writtenEmissionConfigs,
  writtenRemovers,
  writtenWeightSets,
} from './written-stores.ts';

interface SqliteStoreOptions extends WriterSettings {
  readonly rowsWaitingMax: number;
  /** Threads that read and write down a weight set, at least 1. */
  readonly setThreads: number;
  readonly events: Events;
  readonly clock: Clock;
}

const IN_MEMORY = ':memory:';

/** See the top of this file. */
export class SqliteStore {
  readonly journal: SqliteJournal;
  readonly profiles: ProfileReader;
  readonly populations: PopulationSource;
  /** Those that weight sets are read and written down by: they may be ended while the rest goes on. */
  readonly setThreads: Pick<SetThreads, 'close'>;
  readonly weightSets: WeightSetStore;
  readonly emissionConfigs: EmissionConfigStore;
  readonly verificationResults: SqliteVerificationResults;
  readonly weightHistory: SqliteWeightHistory;
  readonly ledger: SqliteLedger;
  readonly removers: WrittenRemovers;
  readonly #database: SqliteDatabase;
  readonly #writes: StoreWrites;
  readonly #history: HistoryCompletion;

  private constructor(
    database: SqliteDatabase,
    writes: StoreWrites,
    { events, clock, netuid, mecid, rowsWaitingMax, setThreads }: SqliteStoreOptions,
  ) {
    const subnet = { database, netuid, mecid };
    this.#database = database;
    this.#writes = writes;
    this.#history = new HistoryCompletion({ writes, events, clock });
    this.journal = new SqliteJournal({
      database,
      writes,
      events,
      clock,
      limits: { rowsWaitingMax },
    });
    this.profiles = new SqliteProfileStore(database);
    const threads = new SetThreads({ threads: setThreads });
    this.setThreads = threads;
    this.populations = new SqlitePopulationSource({
      database,
      profiles: this.profiles,
      events,
      setThreads: threads,
    });
    this.weightSets = writtenWeightSets(new SqliteWeightSetStore(subnet), {
      writes,
      lines: new ThreadedLines({ setThreads: threads, events }),
      onRecorded: () => this.#history.wake(),
    });
    this.emissionConfigs = writtenEmissionConfigs(new SqliteEmissionConfigStore(database), writes);
    this.verificationResults = new SqliteVerificationResults(database);
    this.weightHistory = new SqliteWeightHistory(subnet);
    this.ledger = new SqliteLedger(subnet);
    this.removers = writtenRemovers(writes);
    this.#history.wake();
  }

  /**
   * Opens the file, creating and migrating it where that is needed.
   *
   * @throws AssayError `store_unavailable`, `store_unusable`.
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    const { file, synchronous, netuid, mecid, archiveDir } = options;
    const settings: WriterSettings = { file, synchronous, netuid, mecid, archiveDir };
    const database = await SqliteDatabase.open(settings);
    let writes: StoreWrites | undefined;
    try {
      if (file === IN_MEMORY) {
        writes = new SqliteWrites({ ...settings, database });
      } else {
        database.refuseWrites();
        writes = startedWriter(settings, options.events);
      }
      return new SqliteStore(database, writes, options);
    } catch (error) {
      await writes?.close().catch(() => undefined);
      await database.close();
      throw error;
    }
  }

  /** Closes what writes, then what reads; the journal must be closed before. */
  async close(): Promise<void> {
    await this.#history.close();
    try {
      await this.#writes.close();
    } finally {
      await this.#database.close();
    }
  }
}

/** Its thread starts before it is needed. */
function startedWriter(settings: WriterSettings, events: Events): StoreWrites {
  const onLost = (error: unknown) => events.partFailed({ part: 'writer', error });
  const thread = new WriterThread(settings, { onLost });
  thread.start();
  return thread.writes;
}
