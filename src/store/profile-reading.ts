import type { MinerUid } from '../domain/ids.ts';
import type { Profile } from '../domain/profile.ts';
import {
  EXECUTOR_FIELDS,
  type ExecutorRow,
  PROFILE_FIELDS,
  type ProfileRow,
  profileOf,
} from './profile-rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** Reads single profiles with their executors, inside the caller's read or transaction. */
export class ProfileReading {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#statements = prepare(database);
  }

  get(uid: MinerUid): Profile | undefined {
    const row = this.#statements.profile.get(uid);
    return row && this.withExecutors(row);
  }

  withExecutors(row: ProfileRow): Profile {
    return profileOf(row, this.#statements.executors.all(row.miner_uid));
  }
}

function prepare(database: SqliteDatabase) {
  return {
    profile: database.statement<[uid: number], ProfileRow>(
      database
        .query('miner_gpu_profiles')
        .select(...PROFILE_FIELDS)
        .where({ miner_uid: 'miner_uid' }),
      ['miner_uid'],
    ),
    executors: database
      .statement<[uid: number], ExecutorRow>(
        database
          .query('miner_executors')
          .select(...EXECUTOR_FIELDS)
          .where({ miner_uid: 'miner_uid' })
          .orderBy('executor_id'),
        ['miner_uid'],
      )
      .raw(),
  };
}
