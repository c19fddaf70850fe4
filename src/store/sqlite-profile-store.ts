import type { ProfilePageQuery, ProfileReader } from '../actors/ports.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { Profile } from '../domain/profile.ts';
import { EXECUTOR_FIELDS, type ExecutorRow, type ProfileRow, profileOf } from './profile-rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const PROFILES_PER_BATCH = 1_000;
/** Bounds how long the event loop stands still for one batch of `all`. */
const EXECUTORS_PER_BATCH = 2_000;

/** Each profile is read with its executors in one go, so no commit ever shows half. */
export class SqliteProfileStore implements ProfileReader {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #executorsPerBatch: number;

  constructor(database: SqliteDatabase, { executorsPerBatch = EXECUTORS_PER_BATCH } = {}) {
    this.#database = database;
    this.#statements = prepare(database);
    this.#executorsPerBatch = executorsPerBatch;
  }

  async get(uid: MinerUid): Promise<Profile | undefined> {
    return this.#database.read(() => this.#get(uid));
  }

  async page({ afterUid, limit, primaryCategory }: ProfilePageQuery): Promise<readonly Profile[]> {
    const { page, pageOfCategory } = this.#statements;
    return this.#database.read(() => {
      const rows =
        primaryCategory === undefined
          ? page.all(afterUid, limit)
          : pageOfCategory.all(primaryCategory, afterUid, limit);
      return rows.map((row) => profileOf(row, []));
    });
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

  #get(uid: MinerUid): Profile | undefined {
    const row = this.#statements.get.get(uid);
    return row && this.#withExecutors(row);
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
      return page.all(afterUid, 1).map((row) => this.#withExecutors(row));
    }
    const byMiner = groupedByMiner(executors);
    return rows.map((row) => profileOf(row, byMiner.get(row.miner_uid) ?? []));
  }

  #withExecutors(row: ProfileRow): Profile {
    return profileOf(row, this.#statements.executors.all(row.miner_uid));
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
  const profiles = () => database.query('miner_gpu_profiles');
  return {
    get: database.statement<[uid: number], ProfileRow>(
      profiles().where({ miner_uid: 'miner_uid' }),
      ['miner_uid'],
    ),
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
    count: database.statement<[], { count: number }>(profiles().count({ count: '*' }), []),
    ...prepareExecutors(database),
  };
}

function prepareExecutors(database: SqliteDatabase) {
  const executors = () =>
    database
      .query('miner_executors')
      .select(...EXECUTOR_FIELDS)
      .orderBy(['miner_uid', 'executor_id']);
  return {
    executors: database
      .statement<[uid: number], ExecutorRow>(executors().where({ miner_uid: 'miner_uid' }), [
        'miner_uid',
      ])
      .raw(),
    executorsAfter: database
      .statement<[afterUid: number, limit: number], ExecutorRow>(
        executors().where('miner_uid', '>', 'miner_uid').limit(1),
        ['miner_uid', 'limit'],
      )
      .raw(),
  };
}
