/**
 * Deletes profiles with their executors, and remembers the revision that each had: where one was deleted, the next goes on
 * counting (`SqliteCommitWriter`), so that whoever still holds the deleted one finds out at its next commit.
 */
import type { ProfileRemover } from '../actors/record-ports.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { Profile } from '../domain/profile.ts';
import { removeWithChildren } from './bounded-removal.ts';
import { ProfileReading } from './profile-reading.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { timeText } from './time-text.ts';

interface OldProfile {
  readonly uid: number;
  readonly revision: number;
}

/** Old profiles lie far apart, in the table and in each index, so that few of them dirty many pages. */
const ROWS_PER_STEP_MAX = 250;

/** See the top of this file. */
export class SqliteProfileRemover implements ProfileRemover {
  readonly #database: SqliteDatabase;
  readonly #reading: ProfileReading;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#reading = new ProfileReading(database);
    this.#statements = prepare(database);
  }

  async delete(uid: MinerUid): Promise<Profile | undefined> {
    return this.#database.transaction(() => {
      const profile = this.#reading.get(uid);
      if (profile !== undefined) this.#delete(uid, profile.revision);
      return profile;
    });
  }

  /** Fewer than `limit` when they have many executors. */
  async deleteOlderThan(updatedBeforeMs: number, limit: number): Promise<number> {
    const before = timeText(Math.max(0, updatedBeforeMs));
    return this.#database.transaction(() =>
      removeWithChildren(this.#statements.oldest.all(before, limit), {
        rowsMax: ROWS_PER_STEP_MAX,
        childrenOf: ({ uid }) => this.#statements.executors.get(uid)?.count ?? 0,
        remove: ({ uid, revision }) => this.#delete(uid, revision),
      }),
    );
  }

  #delete(uid: number, revision: number): void {
    this.#statements.remember.run(uid, revision);
    this.#statements.delete.run(uid);
  }
}

function prepare(database: SqliteDatabase) {
  const { query } = database;
  const profiles = () => query('miner_gpu_profiles');
  return {
    oldest: database.statement<[before: string, limit: number], OldProfile>(
      profiles()
        .select({ uid: 'miner_uid', revision: 'revision' })
        .where('last_updated', '<', 'last_updated')
        .orderBy(['last_updated', 'miner_uid'])
        .limit(1),
      ['last_updated', 'limit'],
    ),
    executors: database.statement<[uid: number], { count: number }>(
      query('miner_executors').count({ count: '*' }).where({ miner_uid: 'miner_uid' }),
      ['miner_uid'],
    ),
    remember: database.statement<[uid: number, revision: number]>(
      query('deleted_profiles')
        .insert(named(['miner_uid', 'revision']))
        .onConflict('miner_uid')
        .merge(),
      ['miner_uid', 'revision'],
    ),
    delete: database.statement<[uid: number]>(
      profiles().where({ miner_uid: 'miner_uid' }).delete(),
      ['miner_uid'],
    ),
  };
}
