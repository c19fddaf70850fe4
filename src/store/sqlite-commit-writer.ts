import type { CommitResult, MinerCommit } from '../actors/ports.ts';
import type { Profile } from '../domain/profile.ts';
import { type Report, type ReportKey, reportKey } from '../domain/report.ts';
import { present } from '../lib/assert.ts';
import {
  EXECUTOR_COLUMNS,
  type ExecutorParameters,
  executorParameters,
  PROFILE_CHANGES,
  PROFILE_COLUMNS,
  type ProfileChangeParameters,
  type ProfileParameters,
  profileChangeParameters,
  profileParameters,
} from './profile-rows.ts';
import {
  eachResult,
  REPORT_COLUMNS,
  RESULT_COLUMNS,
  type ReportParameters,
  type ResultParameters,
  reportParameters,
} from './report-rows.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';

interface StoredRegistration {
  readonly registered_at_block: number;
}

/**
 * Writes one commit inside the caller's transaction. Nothing is asked before it is written: a report that is known or a
 * profile that another writer changed shows in the number of rows written, and the reports that this commit has put in so
 * far are taken out again. Both are rare, so the usual commit pays nothing for them.
 */
export class SqliteCommitWriter {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#statements = prepare(database);
  }

  write(commit: MinerCommit): CommitResult {
    const block = commit.next?.miner.registeredAtBlock ?? this.#registeredAtBlock(commit);
    if (block === undefined) return { kind: 'revision_conflict' };
    const ids = this.#insertReports(commit, block);
    if (ids.length < commit.reports.length) return this.#knownReports(commit, ids);
    const revision = this.#storeProfile(commit);
    if (revision === undefined) {
      this.#deleteReports(ids);
      return { kind: 'revision_conflict' };
    }
    this.#insertResults(commit, ids);
    this.#storeExecutors(commit);
    return commit.next === undefined || revision === commit.next.revision
      ? { kind: 'committed' }
      : { kind: 'committed', revision };
  }

  /** Of the stored row, for a commit that leaves the profile as it is; undefined when its revision is another. */
  #registeredAtBlock({ minerUid, expectedRevision }: MinerCommit): number | undefined {
    return this.#statements.selectRegistration.get(minerUid, expectedRevision)?.registered_at_block;
  }

  /** Stops at the first report that is known: then there are fewer identifiers than reports. */
  #insertReports({ reports }: MinerCommit, registeredAtBlock: number): (number | bigint)[] {
    const ids: (number | bigint)[] = [];
    for (const stored of reports) {
      const { changes, lastInsertRowid } = this.#statements.insertReport.run(
        ...reportParameters(stored, registeredAtBlock),
      );
      if (changes === 0) break;
      ids.push(lastInsertRowid);
    }
    return ids;
  }

  #knownReports({ reports }: MinerCommit, ids: readonly (number | bigint)[]): CommitResult {
    this.#deleteReports(ids);
    const digests = this.digestsOf(reports.map(({ report }) => report));
    present(digests.values().next().value, 'a commit names a report twice');
    return { kind: 'known_reports', digests };
  }

  /** The digests of those reports that are stored. */
  digestsOf(reports: readonly Report[]): ReadonlyMap<ReportKey, string> {
    const digests = new Map<ReportKey, string>();
    for (const report of reports) {
      const row = this.#statements.selectDigest.get(report.proverId, report.reportId);
      if (row !== undefined) digests.set(reportKey(report), row.digest);
    }
    return digests;
  }

  #deleteReports(ids: readonly (number | bigint)[]): void {
    for (const id of ids) this.#statements.deleteReport.run(id);
  }

  /** The revision that is stored afterwards; undefined when the stored one is not the expected one. */
  #storeProfile({ minerUid, expectedRevision, next }: MinerCommit): number | undefined {
    if (next === undefined) return expectedRevision;
    if (expectedRevision === 0) return this.#insertProfile(minerUid, next);
    const { changes } = this.#statements.updateProfile.run(
      ...profileChangeParameters(next, expectedRevision),
    );
    return changes === 1 ? next.revision : undefined;
  }

  /**
   * A revision never means two profiles: where one was deleted, the next goes on counting. A writer that holds the deleted
   * one would otherwise take another that has grown to the same number for its own, and write over it.
   */
  #insertProfile(minerUid: number, next: Profile): number | undefined {
    const { selectDeleted, insertProfile, forgetDeleted } = this.#statements;
    const deleted = selectDeleted.get(minerUid)?.revision ?? 0;
    const revision = deleted + next.revision;
    const { changes } = insertProfile.run(...profileParameters({ ...next, revision }));
    if (changes === 0) return undefined;
    if (deleted > 0) forgetDeleted.run(minerUid);
    return revision;
  }

  #insertResults({ reports }: MinerCommit, ids: readonly (number | bigint)[]): void {
    const { insertResult } = this.#statements;
    const insert = insertResult.run.bind(insertResult);
    for (const [index, stored] of reports.entries()) {
      eachResult(stored, present(ids[index], 'every report has an identifier'), insert);
    }
  }

  #storeExecutors({ minerUid, isNewMiner, removedExecutorIds, upsertedExecutors }: MinerCommit) {
    const { deleteExecutors, deleteExecutor, upsertExecutor } = this.#statements;
    if (isNewMiner) deleteExecutors.run(minerUid);
    for (const executorId of removedExecutorIds) deleteExecutor.run(minerUid, executorId);
    for (const executor of upsertedExecutors) {
      upsertExecutor.run(...executorParameters(minerUid, executor));
    }
  }
}

function prepare(database: SqliteDatabase) {
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
    selectDigest: database.statement<[prover: string, report: string], { digest: string }>(
      query('verification_reports')
        .select('digest')
        .where({ prover_id: 'prover_id', report_id: 'report_id' }),
      ['prover_id', 'report_id'],
    ),
    deleteReport: database.statement<[id: number | bigint]>(
      query('verification_reports').where({ id: 'id' }).delete(),
      ['id'],
    ),
    insertResult: database.statement<ResultParameters>(
      query('miner_prover_results').insert(named(RESULT_COLUMNS)),
      RESULT_COLUMNS,
    ),
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
    upsertExecutor: database.statement<ExecutorParameters>(
      executors()
        .insert(named(EXECUTOR_COLUMNS))
        .onConflict(['miner_uid', 'executor_id'])
        .merge(EXECUTOR_COLUMNS.filter((name) => !['miner_uid', 'executor_id'].includes(name))),
      EXECUTOR_COLUMNS,
    ),
  };
}
