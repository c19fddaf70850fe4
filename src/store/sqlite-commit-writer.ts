import type { CommitResult } from '../actors/ports.ts';
import type { ProverId, ReportId } from '../domain/ids.ts';
import { present } from '../lib/assert.ts';
import {
  type CommitColumns,
  CommitReader,
  OUTCOMES,
  UPSERTS_AS_REPORTED,
} from './commit-columns.ts';
import { type CommitStatements, prepareCommit, ROWS_PER_INSERT } from './commit-statements.ts';
import { EXECUTOR_COLUMNS, PROFILE_CHANGES, type ProfileChangeParameters } from './profile-rows.ts';
import { ReportDigests } from './report-digests.ts';
import { RESULT_COLUMNS } from './report-rows.ts';
import { RowInserts } from './row-inserts.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** A commit as far as it is read before anything is written: its profile and the place of its reports. */
interface CommitHeader {
  readonly minerUid: number;
  readonly expectedRevision: number;
  readonly isNewMiner: boolean;
  readonly next: NextProfile | undefined;
  readonly removedExecutorIds: readonly string[];
  readonly reportCount: number;
}

/** The parameters of an update, without its condition. */
type NextProfile = ProfileChangeParameters extends [...infer Changes, number, number]
  ? Changes
  : never;

/** A report that is inserted and whose results are not yet. */
interface InsertedReport {
  readonly id: number | bigint;
  readonly minerUid: number;
  readonly receivedTime: string;
}

/**
 * Writes commits inside the caller's transaction, straight from their columns: no object is made of a row. Nothing is asked
 * before it is written: a report that is known or a profile that another writer changed shows in the number of rows written,
 * and the reports that this commit has put in so far are taken out again. Both are rare, so the usual commit pays nothing for
 * them. Results and executors wait until there are several of them, or until `flush`, which ends the group.
 */
export class SqliteCommitWriter {
  readonly #statements: CommitStatements;
  readonly #digests: ReportDigests;
  readonly #results: RowInserts;
  readonly #executors: RowInserts;

  constructor(database: SqliteDatabase) {
    this.#statements = prepareCommit(database);
    this.#digests = new ReportDigests(database);
    this.#results = new RowInserts(this.#statements.insertResults, {
      columnCount: RESULT_COLUMNS.length,
      rowsPerInsert: ROWS_PER_INSERT,
    });
    this.#executors = new RowInserts(this.#statements.upsertExecutors, {
      columnCount: EXECUTOR_COLUMNS.length,
      rowsPerInsert: ROWS_PER_INSERT,
    });
  }

  /** Writes the commit that stands in the columns at a place. */
  write(columns: CommitColumns, at: number): CommitResult {
    const reader = new CommitReader(columns, at + 1);
    const commit = readHeader(reader);
    const { next, expectedRevision, reportCount } = commit;
    const block = next?.[REGISTERED_AT_BLOCK] ?? this.#registeredAtBlock(commit);
    if (block === undefined) return { kind: 'revision_conflict' };
    const reportsAt = reader.at;
    const ids = this.#insertReports(reader, commit, block);
    if (ids.length < reportCount) return this.#knownReports(columns, { commit, reportsAt, ids });
    const revision = this.#storeProfile(commit);
    if (revision === undefined) {
      this.#deleteReports(ids);
      return { kind: 'revision_conflict' };
    }
    this.#removeExecutors(commit);
    reader.at = reportsAt;
    this.#storeReported(reader, commit, ids);
    return next === undefined || revision === expectedRevision + 1
      ? { kind: 'committed' }
      : { kind: 'committed', revision };
  }

  /** Inserts what waits. */
  flush(): void {
    this.#results.flush();
    this.#executors.flush();
  }

  /** Forgets what waits: the transaction is rolled back. */
  discard(): void {
    this.#results.discard();
    this.#executors.discard();
  }

  /** Of the stored row, for a commit that leaves the profile as it is; undefined when its revision is another. */
  #registeredAtBlock({ minerUid, expectedRevision }: CommitHeader): number | undefined {
    return this.#statements.selectRegistration.get(minerUid, expectedRevision)?.registered_at_block;
  }

  /** Stops at the first report that is known: then there are fewer identifiers than reports. */
  #insertReports(
    reader: CommitReader,
    { minerUid, reportCount }: CommitHeader,
    registeredAtBlock: number,
  ): readonly (number | bigint)[] {
    const ids: (number | bigint)[] = [];
    while (ids.length < reportCount) {
      const start = reader.at;
      const length = reader.number();
      const report = readReport(reader);
      const { changes, lastInsertRowid } = this.#statements.insertReport.run(
        report.digest,
        report.hotkey,
        minerUid,
        report.observedTime,
        report.outcome,
        report.proverId,
        report.receivedTime,
        registeredAtBlock,
        report.reportId,
      );
      if (changes === 0) break;
      ids.push(lastInsertRowid);
      reader.at = start + length;
    }
    return ids;
  }

  #knownReports(
    columns: CommitColumns,
    found: {
      readonly commit: CommitHeader;
      readonly reportsAt: number;
      readonly ids: readonly (number | bigint)[];
    },
  ): CommitResult {
    const { commit, reportsAt, ids } = found;
    this.#deleteReports(ids);
    const reader = new CommitReader(columns, reportsAt);
    const reports = Array.from({ length: commit.reportCount }, () => {
      const start = reader.at;
      const length = reader.number();
      const report = readReport(reader);
      reader.at = start + length;
      return { proverId: report.proverId as ProverId, reportId: report.reportId as ReportId };
    });
    const digests = this.#digests.of(reports);
    present(digests.values().next().value, 'a commit names a report twice');
    return { kind: 'known_reports', digests };
  }

  #deleteReports(ids: readonly (number | bigint)[]): void {
    for (const id of ids) this.#statements.deleteReport.run(id);
  }

  /** The revision that is stored afterwards; undefined when the stored one is not the expected one. */
  #storeProfile({ minerUid, expectedRevision, next }: CommitHeader): number | undefined {
    if (next === undefined) return expectedRevision;
    if (expectedRevision === 0) return this.#insertProfile(minerUid, next);
    const { changes } = this.#statements.updateProfile.run(...next, minerUid, expectedRevision);
    return changes === 1 ? next[REVISION] : undefined;
  }

  /**
   * A revision never means two profiles: where one was deleted, the next goes on counting. A writer that holds the deleted
   * one would otherwise take another that has grown to the same number for its own, and write over it.
   */
  #insertProfile(minerUid: number, next: NextProfile): number | undefined {
    const { selectDeleted, insertProfile, forgetDeleted } = this.#statements;
    const deleted = selectDeleted.get(minerUid)?.revision ?? 0;
    const revision = deleted + next[REVISION];
    const [counted, , counts, hotkey, observed, updated, oldest, ...rest] = next;
    const [primary, block, , score, verifications] = rest;
    const { changes } = insertProfile.run(
      counted,
      revision,
      updated,
      counts,
      hotkey,
      observed,
      updated,
      minerUid,
      oldest,
      primary,
      block,
      revision,
      score,
      verifications,
    );
    if (changes === 0) return undefined;
    if (deleted > 0) forgetDeleted.run(minerUid);
    return revision;
  }

  #removeExecutors({ minerUid, isNewMiner, removedExecutorIds }: CommitHeader): void {
    const { deleteExecutors, deleteExecutor } = this.#statements;
    if (!isNewMiner && removedExecutorIds.length === 0) return;
    // An earlier commit of the same miner may have put in what goes now.
    this.#executors.flush();
    if (isNewMiner) deleteExecutors.run(minerUid);
    for (const executorId of removedExecutorIds) deleteExecutor.run(minerUid, executorId);
  }

  /** Results of every report, then the executors. */
  #storeReported(
    reader: CommitReader,
    { minerUid, reportCount }: CommitHeader,
    ids: readonly (number | bigint)[],
  ): void {
    let executorsAt = reader.at;
    for (let index = 0; index < reportCount; index += 1) {
      reader.number();
      const { receivedTime } = readReport(reader);
      executorsAt = reader.at;
      const id = present(ids[index], 'every report has an identifier');
      const count = reader.number();
      for (let executor = 0; executor < count; executor += 1) {
        this.#addResults(reader, { id, minerUid, receivedTime });
      }
    }
    const upserts = reader.number();
    if (upserts === UPSERTS_AS_REPORTED) reader.at = executorsAt;
    const count = upserts === UPSERTS_AS_REPORTED ? reader.number() : upserts;
    for (let executor = 0; executor < count; executor += 1) this.#addExecutor(reader, minerUid);
  }

  #addResults(reader: CommitReader, { id, minerUid, receivedTime }: InsertedReport): void {
    const executor = readExecutor(reader);
    const groupCount = reader.number();
    // One row with nothing in it keeps a machine without GPUs visible.
    for (let group = 0; group < Math.max(1, groupCount); group += 1) {
      const isEmpty = groupCount === 0;
      const category = isEmpty ? '' : reader.text();
      const count = isEmpty ? 0 : reader.number();
      const memoryMib = isEmpty ? 0 : reader.number();
      const model = isEmpty ? '' : reader.text();
      this.#results.add(
        executor.isAttestationValid,
        receivedTime,
        executor.executorId,
        category,
        count,
        memoryMib,
        model,
        executor.hardwareScore,
        executor.isValid,
        minerUid,
        executor.bandwidthMbps,
        id,
        executor.verifiedTime,
      );
    }
  }

  #addExecutor(reader: CommitReader, minerUid: number): void {
    const executor = readExecutor(reader);
    const groupCount = reader.number();
    reader.at += NUMBERS_PER_GROUP * groupCount;
    this.#executors.add(
      executor.isAttestationValid,
      executor.executorId,
      executor.gpusJson,
      executor.hardwareScore,
      executor.isValid,
      minerUid,
      executor.bandwidthMbps,
      executor.verifiedTime,
    );
  }
}

const REGISTERED_AT_BLOCK = PROFILE_CHANGES.indexOf('registered_at_block') as 8;
const REVISION = PROFILE_CHANGES.indexOf('revision') as 9;
/** Category, count, memory, model. */
const NUMBERS_PER_GROUP = 4;

function readHeader(reader: CommitReader): CommitHeader {
  const minerUid = reader.number();
  const expectedRevision = reader.number();
  const isNewMiner = reader.flag();
  const next = reader.flag() ? readProfile(reader) : undefined;
  const removedExecutorIds = Array.from({ length: reader.number() }, () => reader.text());
  const reportCount = reader.number();
  return { minerUid, expectedRevision, isNewMiner, next, removedExecutorIds, reportCount };
}

/** In the order of `PROFILE_CHANGES`. */
function readProfile(reader: CommitReader): NextProfile {
  const countedGpus = reader.optionalText();
  const texts = [reader.text(), reader.text(), reader.text(), reader.text()] as const;
  const [oldestVerified, primaryGpuModel] = [reader.optionalText(), reader.text()];
  const [registeredAtBlock, revision] = [reader.number(), reader.number()];
  const numbers = [registeredAtBlock, revision, reader.number(), reader.number()] as const;
  return [countedGpus, revision, ...texts, oldestVerified, primaryGpuModel, ...numbers];
}

/** Up to its executors. */
function readReport(reader: CommitReader) {
  return {
    digest: reader.text(),
    hotkey: reader.text(),
    observedTime: reader.text(),
    outcome: present(OUTCOMES[reader.number()], 'an outcome is known'),
    proverId: reader.text(),
    receivedTime: reader.text(),
    reportId: reader.text(),
  };
}

/** Up to its groups of GPUs. */
function readExecutor(reader: CommitReader) {
  return {
    executorId: reader.text(),
    isAttestationValid: reader.number(),
    hardwareScore: reader.number(),
    isValid: reader.number(),
    bandwidthMbps: reader.optional(),
    verifiedTime: reader.text(),
    gpusJson: reader.text(),
  };
}
