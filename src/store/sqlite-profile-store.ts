import type { ProfilePageQuery, ProfileReader } from '../actors/ports.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { Profile, ProfileStatistics } from '../domain/profile.ts';
import { ProfileReading } from './profile-reading.ts';
import {
  EXECUTOR_FIELDS,
  type ExecutorRow,
  PROFILE_FIELDS,
  type ProfileRow,
  profileOf,
} from './profile-rows.ts';
import { ProfileStatisticsReading } from './profile-statistics-reading.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { timeText } from './time-text.ts';

const PROFILES_PER_BATCH = 1_000;
/** Bounds how long the event loop stands still for one batch of `all`. */
const EXECUTORS_PER_BATCH = 2_000;

/** A profile that is asked for. */
interface Asked {
  readonly uid: MinerUid;
  readonly resolve: (profile: Profile | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Each profile is read with its executors in one go, so no commit ever shows half. Those that are asked for before the caller
 * lets go are read together: after every commit of another handle SQLite begins with an empty cache, which is most of the time
 * of a read alone.
 */
export class SqliteProfileStore implements ProfileReader {
  readonly #database: SqliteDatabase;
  #asked: Asked[] = [];
  readonly #statements: ReturnType<typeof prepare>;
  readonly #executorsPerBatch: number;
  readonly #reading: ProfileReading;
  readonly #statistics: ProfileStatisticsReading;

  constructor(database: SqliteDatabase, { executorsPerBatch = EXECUTORS_PER_BATCH } = {}) {
    this.#database = database;
    this.#statements = prepare(database);
    this.#executorsPerBatch = executorsPerBatch;
    this.#reading = new ProfileReading(database);
    this.#statistics = new ProfileStatisticsReading(database);
  }

  get(uid: MinerUid): Promise<Profile | undefined> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ uid, resolve, reject });
      if (this.#asked.length === 1) queueMicrotask(() => this.#answer());
    });
  }

  async page(query: ProfilePageQuery): Promise<readonly Profile[]> {
    return this.#database.read(() => this.#page(query).map((row) => profileOf(row, [])));
  }

  async *all(): AsyncGenerator<readonly Profile[]> {
    for (let afterUid = -1; ; ) {
      const batch = this.#database.read(() => this.#batch(afterUid));
      const last = batch.at(-1);
      if (last === undefined) return;
      yield batch;
      afterUid = last.miner.uid;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async count(): Promise<number> {
    return this.#database.read(() => this.#statements.count.get()?.count ?? 0);
  }

  statistics(): Promise<ProfileStatistics> {
    return this.#statistics.read();
  }

  #answer(): void {
    const asked = this.#asked;
    this.#asked = [];
    try {
      this.#database.read(() => {
        for (const each of asked) this.#answerOne(each);
      });
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  #answerOne({ uid, resolve, reject }: Asked): void {
    try {
      resolve(this.#database.read(() => this.#reading.get(uid)));
    } catch (error) {
      reject(error);
    }
  }

  #page({ afterUid, limit, primaryCategory, updatedSinceMs }: ProfilePageQuery): ProfileRow[] {
    const { page, pageOfCategory, pageSince, pageOfCategorySince } = this.#statements;
    if (updatedSinceMs === undefined) {
      if (primaryCategory === undefined) return page.all(afterUid, limit);
      return pageOfCategory.all(primaryCategory, afterUid, limit);
    }
    // No profile changed before 1970.
    const since = timeText(Math.max(0, updatedSinceMs));
    if (primaryCategory === undefined) return pageSince.all(since, afterUid, limit);
    return pageOfCategorySince.all(primaryCategory, since, afterUid, limit);
  }

  /** The profiles after a UID, as many as have all their executors within the limit, and at least one. */
  #batch(afterUid: number): readonly Profile[] {
    const { executorsAfter, page, pageBetween } = this.#statements;
    const executors = executorsAfter.all(afterUid, this.#executorsPerBatch);
    const isCut = executors.length === this.#executorsPerBatch;
    const cutUid = isCut ? executors.at(-1)?.[0] : undefined;
    const rows =
      cutUid === undefined
        ? page.all(afterUid, PROFILES_PER_BATCH)
        : pageBetween.all(afterUid, cutUid, PROFILES_PER_BATCH);
    if (rows.length === 0) {
      return page.all(afterUid, 1).map((row) => this.#reading.withExecutors(row));
    }
    const byMiner = groupedByMiner(executors);
    return rows.map((row) => profileOf(row, byMiner.get(row.miner_uid) ?? []));
  }
}

function groupedByMiner(rows: readonly ExecutorRow[]): ReadonlyMap<number, readonly ExecutorRow[]> {
  const groups = new Map<number, ExecutorRow[]>();
  for (const row of rows) {
    const group = groups.get(row[0]);
    if (group === undefined) groups.set(row[0], [row]);
    else group.push(row);
  }
  return groups;
}

function prepare(database: SqliteDatabase) {
  const profiles = () => database.query('miner_gpu_profiles').select(...PROFILE_FIELDS);
  return {
    page: database.statement<[afterUid: number, limit: number], ProfileRow>(
      profiles().where('miner_uid', '>', 'miner_uid').orderBy('miner_uid').limit(1),
      ['miner_uid', 'limit'],
    ),
    pageBetween: database.statement<
      [afterUid: number, beforeUid: number, limit: number],
      ProfileRow
    >(
      profiles()
        .where('miner_uid', '>', 'miner_uid')
        .where('miner_uid', '<', 'before_uid')
        .orderBy('miner_uid')
        .limit(1),
      ['miner_uid', 'before_uid', 'limit'],
    ),
    pageOfCategory: database.statement<
      [category: string, afterUid: number, limit: number],
      ProfileRow
    >(
      profiles()
        .where({ primary_gpu_model: 'primary_gpu_model' })
        .where('miner_uid', '>', 'miner_uid')
        .orderBy('miner_uid')
        .limit(1),
      ['primary_gpu_model', 'miner_uid', 'limit'],
    ),
    ...preparePagesSince(database),
    count: database.statement<[], { count: number }>(
      database.query('miner_gpu_profiles').count({ count: '*' }),
      [],
    ),
    executorsAfter: database
      .statement<[afterUid: number, limit: number], ExecutorRow>(
        database
          .query('miner_executors')
          .select(...EXECUTOR_FIELDS)
          .where('miner_uid', '>', 'miner_uid')
          .orderBy(['miner_uid', 'executor_id'])
          .limit(1),
        ['miner_uid', 'limit'],
      )
      .raw(),
  };
}

/**
 * Pages of what changed since a time. Left alone, SQLite would walk every profile in the order of the key and look at its
 * time; ordering by an expression makes it take the UIDs from the index of times, which takes as long as there are changes.
 */
function preparePagesSince(database: SqliteDatabase) {
  const stored = () => database.query('miner_gpu_profiles');
  const profiles = () => stored().select(...PROFILE_FIELDS);
  return {
    pageSince: database.statement<[since: string, afterUid: number, limit: number], ProfileRow>(
      profiles()
        .whereIn(
          'miner_uid',
          stored()
            .select('miner_uid')
            .where('last_updated', '>=', 'last_updated')
            .where('miner_uid', '>', 'miner_uid')
            .orderByRaw('+miner_uid')
            .limit(1),
        )
        .orderBy('miner_uid'),
      ['last_updated', 'miner_uid', 'limit'],
    ),
    pageOfCategorySince: database.statement<
      [category: string, since: string, afterUid: number, limit: number],
      ProfileRow
    >(
      profiles()
        .where({ primary_gpu_model: 'primary_gpu_model' })
        .where('last_updated', '>=', 'last_updated')
        .where('miner_uid', '>', 'miner_uid')
        .orderBy('miner_uid')
        .limit(1),
      ['primary_gpu_model', 'last_updated', 'miner_uid', 'limit'],
    ),
  };
}
