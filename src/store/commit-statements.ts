/** The statements that write commits; `SqliteCommitWriter` says when. */
import {
  EXECUTOR_COLUMNS,
  PROFILE_CHANGES,
  PROFILE_COLUMNS,
  type ProfileChangeParameters,
  type ProfileParameters,
} from './profile-rows.ts';
import { REPORT_COLUMNS, RESULT_COLUMNS, type ReportParameters } from './report-rows.ts';
import { named, namedRows, type SqliteDatabase } from './sqlite-database.ts';

/** Rows of the inserts of several; see `namedRows`. */
export const ROWS_PER_INSERT = 4;

interface StoredRegistration {
  readonly registered_at_block: number;
}

export type CommitStatements = ReturnType<typeof prepareCommit>;

/** Every statement of a commit. */
export function prepareCommit(database: SqliteDatabase) {
  const { query } = database;
  return {
    selectRegistration: database.statement<[uid: number, revision: number], StoredRegistration>(
      query('miner_gpu_profiles')
        .select('registered_at_block')
        .where({ miner_uid: 'miner_uid', revision: 'revision' }),
      ['miner_uid', 'revision'],
    ),
    insertReport: database.statement<ReportParameters>(
      query('verification_reports')
        .insert(named(REPORT_COLUMNS))
        .onConflict(['prover_id', 'report_id'])
        .ignore(),
      REPORT_COLUMNS,
    ),
    deleteReport: database.statement<[id: number | bigint]>(
      query('verification_reports').where({ id: 'id' }).delete(),
      ['id'],
    ),
    insertResults: {
      several: prepareResults(database, ROWS_PER_INSERT),
      one: prepareResults(database, 1),
    },
    ...prepareProfile(database),
    ...prepareExecutors(database),
  };
}

function prepareProfile(database: SqliteDatabase) {
  const profiles = () => database.query('miner_gpu_profiles');
  const deleted = () => database.query('deleted_profiles').where({ miner_uid: 'miner_uid' });
  return {
    selectDeleted: database.statement<[uid: number], { readonly revision: number }>(
      deleted().select('revision'),
      ['miner_uid'],
    ),
    forgetDeleted: database.statement<[uid: number]>(deleted().delete(), ['miner_uid']),
    insertProfile: database.statement<ProfileParameters>(
      profiles().insert(named(PROFILE_COLUMNS)).onConflict('miner_uid').ignore(),
      PROFILE_COLUMNS,
    ),
    updateProfile: database.statement<ProfileChangeParameters>(
      profiles()
        .update(named(PROFILE_CHANGES))
        .where({ miner_uid: 'miner_uid', revision: 'expected_revision' }),
      [...PROFILE_CHANGES, 'miner_uid', 'expected_revision'],
    ),
  };
}

function prepareExecutors(database: SqliteDatabase) {
  const executors = () => database.query('miner_executors');
  return {
    deleteExecutors: database.statement<[uid: number]>(
      executors().where({ miner_uid: 'miner_uid' }).delete(),
      ['miner_uid'],
    ),
    deleteExecutor: database.statement<[uid: number, executorId: string]>(
      executors().where({ miner_uid: 'miner_uid', executor_id: 'executor_id' }).delete(),
      ['miner_uid', 'executor_id'],
    ),
    upsertExecutors: {
      several: prepareUpserts(database, ROWS_PER_INSERT),
      one: prepareUpserts(database, 1),
    },
  };
}

function prepareResults(database: SqliteDatabase, rowCount: number) {
  const { rows, parameters } = namedRows(RESULT_COLUMNS, rowCount);
  return database.statement<unknown[]>(
    database.query('miner_prover_results').insert(rows),
    parameters,
  );
}

function prepareUpserts(database: SqliteDatabase, rowCount: number) {
  const { rows, parameters } = namedRows(EXECUTOR_COLUMNS, rowCount);
  return database.statement<unknown[]>(
    database
      .query('miner_executors')
      .insert(rows)
      .onConflict(['miner_uid', 'executor_id'])
      .merge(EXECUTOR_COLUMNS.filter((name) => !['miner_uid', 'executor_id'].includes(name))),
    parameters,
  );
}
