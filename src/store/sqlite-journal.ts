/**
 * Group commit. Whatever is handed in during one turn of the event loop, or while earlier groups are written, waits and
 * shares the next transaction, so that one fsync serves many miners; under load the groups grow by themselves. Within a
 * transaction miners come by rising UID. It is bounded in rows, because every acknowledgement in it waits for all of it.
 * There are two groups at once: one is written while the other is made, in steps, or lies ready, so that the writer hardly
 * ever waits for the event loop.
 *
 * A commit that breaks a constraint is a bug of its sender and must not take its neighbours with it: the transaction is
 * rolled back and its commits run again one by one, so that each has its own outcome.
 */
import type { CommitResult, Journal, MinerCommit } from '../actors/ports.ts';
import { AssayError } from '../domain/errors.ts';
import type { Report, ReportKey } from '../domain/report.ts';
import type { Events, TraceLink } from '../events.ts';
import { inBoundedSteps, type RowRange } from '../lib/bounded-steps.ts';
import type { Clock } from '../lib/clock.ts';
import { type CommitColumns, CommitColumnsBuilder } from './commit-columns.ts';
import { ReportDigests } from './report-digests.ts';
import { resultCount } from './report-rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { FailedCommit, GroupResult, StoreWrites } from './store-writes.ts';
import { errorOf } from './thread-answer.ts';

export interface SqliteJournalLimits {
  /** A group is closed before it exceeds this, unless a single commit does. */
  readonly rowsPerTransactionMax: number;
  /** A commit that would make more rows wait is refused with `store_unavailable`. */
  readonly rowsWaitingMax: number;
}

interface SqliteJournalOptions {
  /** Read for reports that may be stored already. */
  readonly database: SqliteDatabase;
  readonly writes: Pick<StoreWrites, 'writeGroup'>;
  readonly events: Events;
  readonly clock: Clock;
  readonly limits?: Partial<SqliteJournalLimits>;
}

interface Entry {
  readonly commit: MinerCommit;
  readonly rowCount: number;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/** What is done with a group once it is written, or is not. */
interface WrittenGroup {
  /** Tells a range of the entries what became of them. */
  readonly settle: (range: RowRange) => void;
  readonly report: () => void;
}

/** What a busy service puts into one transaction: 440 reports of 8 machines, about 40 ms. */
export const ROWS_PER_TRANSACTION_MAX = 8_000;

const LIMITS: SqliteJournalLimits = {
  rowsPerTransactionMax: ROWS_PER_TRANSACTION_MAX,
  rowsWaitingMax: 1_000_000,
};
const RETRY_AFTER_MS = 1_000;
/**
 * Commits that are told their result in one turn of the event loop: about 10 ms of work. With fewer to a turn their actors
 * come too late for the next group, which cost a tenth of the throughput.
 */
const SETTLED_PER_STEP = 160;
/** Commits that are put into columns in one turn: about 2 ms of work. */
const PUT_PER_STEP = 64;
/** Groups that are taken and not answered. */
const GROUPS_MAX = 2;

/** See the top of this file. */
export class SqliteJournal implements Journal {
  readonly #database: SqliteDatabase;
  readonly #digests: ReportDigests;
  readonly #writes: Pick<StoreWrites, 'writeGroup'>;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #limits: SqliteJournalLimits;
  #waiting: Entry[] = [];
  #rowsWaiting = 0;
  /** Groups that are being made or that the writer has. */
  #groupCount = 0;
  /** Groups whose entries are not all told. */
  #unsettledCount = 0;
  /** Whether a group is about to be made or is being made: they are handed over one after the other. */
  #isMaking = false;
  #isClosed = false;
  #drained: (() => void)[] = [];

  constructor({ database, writes, events, clock, limits }: SqliteJournalOptions) {
    this.#database = database;
    this.#digests = new ReportDigests(database);
    this.#writes = writes;
    this.#events = events;
    this.#clock = clock;
    this.#limits = { ...LIMITS, ...limits };
  }

  commit(commit: MinerCommit): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      const rowCount = rowCountOf(commit);
      const refusal = this.#refusal(rowCount);
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      this.#waiting.push({ commit, rowCount, resolve, reject });
      this.#rowsWaiting += rowCount;
      this.#schedule();
    });
  }

  async digestsOf(reports: readonly Report[]): Promise<ReadonlyMap<ReportKey, string>> {
    return this.#database.read(() => this.#digests.of(reports));
  }

  /** Resolves once everything that was handed in is decided. */
  drain(): Promise<void> {
    if (this.#waiting.length === 0 && this.#unsettledCount === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained.push(resolve);
    });
  }

  /** Takes no more commits, and resolves once those it has taken are decided. The database stays open. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.drain();
  }

  #refusal(rowCount: number): AssayError | undefined {
    if (this.#isClosed) return unavailable('the journal is closed');
    const isFull = this.#rowsWaiting + rowCount > this.#limits.rowsWaitingMax;
    return isFull ? unavailable(`the journal has ${this.#rowsWaiting} rows waiting`) : undefined;
  }

  #schedule(): void {
    if (this.#isMaking || this.#waiting.length === 0 || this.#groupCount === GROUPS_MAX) return;
    this.#isMaking = true;
    setImmediate(() => void this.#writeNext());
  }

  async #writeNext(): Promise<void> {
    const group = this.#takeGroup();
    this.#groupCount += 1;
    this.#unsettledCount += 1;
    const { settle, report } = await this.#written(group);
    this.#groupCount -= 1;
    this.#schedule();
    await inBoundedSteps({ rows: group.length, rowsPerStep: SETTLED_PER_STEP }, settle);
    report();
    this.#unsettledCount -= 1;
    if (this.#waiting.length === 0 && this.#unsettledCount === 0) this.#tellDrained();
  }

  async #written(group: readonly Entry[]): Promise<WrittenGroup> {
    try {
      const result = await this.#writes.writeGroup(await this.#columnsOf(group));
      return {
        settle: (range) => settle(group, result, range),
        report: () => this.#report(group, result),
      };
    } catch (error) {
      this.#events.partFailed({ part: 'journal', error });
      return {
        settle: ({ from, to }) => {
          for (const entry of group.slice(from, to)) entry.reject(error);
        },
        report: () => undefined,
      };
    }
  }

  async #columnsOf(group: readonly Entry[]): Promise<CommitColumns> {
    try {
      const columns = new CommitColumnsBuilder();
      await inBoundedSteps({ rows: group.length, rowsPerStep: PUT_PER_STEP }, ({ from, to }) => {
        for (const { commit } of group.slice(from, to)) columns.add(commit);
      });
      return columns.build();
    } finally {
      this.#isMaking = false;
      this.#schedule();
    }
  }

  #takeGroup(): readonly Entry[] {
    let rowCount = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      if (count > 0 && rowCount + entry.rowCount > this.#limits.rowsPerTransactionMax) break;
      rowCount += entry.rowCount;
      count += 1;
    }
    this.#rowsWaiting -= rowCount;
    return this.#waiting.splice(0, count).sort((a, b) => a.commit.minerUid - b.commit.minerUid);
  }

  #tellDrained(): void {
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) resolve();
  }

  #report(group: readonly Entry[], result: GroupResult): void {
    const committed = group.filter((_, index) => resultAt(result, index).kind === 'committed');
    if (committed.length === 0) return;
    const links = new Set<TraceLink>();
    let reportCount = 0;
    let rowCount = 0;
    for (const entry of committed) {
      for (const link of entry.commit.links) links.add(link);
      reportCount += entry.commit.reports.length;
      rowCount += entry.rowCount;
    }
    const endMs = this.#clock.now();
    this.#events.batchCommitted({
      system: 'sqlite',
      startMs: endMs - result.durationMs,
      endMs,
      commitCount: committed.length,
      reportCount,
      rowCount,
      links: [...links],
    });
  }
}

const COMMITTED: CommitResult = { kind: 'committed' };

function settle(group: readonly Entry[], result: GroupResult, { from, to }: RowRange): void {
  for (const [index, entry] of group.slice(from, to).entries()) {
    const each = resultAt(result, from + index);
    if (each.kind === 'failed') entry.reject(errorOf(each.failure));
    else entry.resolve(each);
  }
}

function resultAt({ exceptions }: GroupResult, index: number): CommitResult | FailedCommit {
  return exceptions.get(index) ?? COMMITTED;
}

/** Rows that the commit writes or deletes by name. */
function rowCountOf({ next, reports, removedExecutorIds, upsertedExecutors }: MinerCommit): number {
  let count = upsertedExecutors.length + removedExecutorIds.length + (next === undefined ? 0 : 1);
  for (const { executors } of reports) count += 1 + resultCount(executors);
  return count;
}

function unavailable(message: string): AssayError {
  return new AssayError('store_unavailable', message, { retryAfterMs: RETRY_AFTER_MS });
}
