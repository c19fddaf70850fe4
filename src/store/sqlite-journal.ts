/**
 * Group commit. Whatever is handed in during one turn of the event loop, or while a transaction runs, waits for the next
 * immediate and shares its transaction, so that one fsync serves many miners; under load the groups grow by themselves.
 * Within a transaction miners come by rising UID. A transaction is bounded in rows because the event loop stands still
 * while it runs; what does not fit goes into the next one, after everything else that is due has had its turn.
 *
 * A commit that breaks a constraint is a bug of its sender and must not take its neighbours with it: the transaction is
 * rolled back and its commits run again one by one, so that only the broken one fails.
 */
import type { CommitResult, Journal, MinerCommit } from '../actors/ports.ts';
import { AssayError } from '../domain/errors.ts';
import type { Report, ReportKey } from '../domain/report.ts';
import type { Events, TraceLink } from '../events.ts';
import { AssertionError } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { resultCount } from './report-rows.ts';
import { SqliteCommitWriter } from './sqlite-commit-writer.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export interface SqliteJournalLimits {
  /** A group is closed before it exceeds this, unless a single commit does. */
  readonly rowsPerTransactionMax: number;
  /** A commit that would make more rows wait is refused with `store_unavailable`. */
  readonly rowsWaitingMax: number;
}

interface SqliteJournalOptions {
  readonly database: SqliteDatabase;
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

const LIMITS: SqliteJournalLimits = { rowsPerTransactionMax: 2_000, rowsWaitingMax: 1_000_000 };
const RETRY_AFTER_MS = 1_000;

/** See the top of this file. */
export class SqliteJournal implements Journal {
  readonly #database: SqliteDatabase;
  readonly #writer: SqliteCommitWriter;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #limits: SqliteJournalLimits;
  #waiting: Entry[] = [];
  #rowsWaiting = 0;
  #isScheduled = false;
  #isClosed = false;
  #drained: (() => void)[] = [];

  constructor({ database, events, clock, limits }: SqliteJournalOptions) {
    this.#database = database;
    this.#writer = new SqliteCommitWriter(database);
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
    return this.#database.read(() => this.#writer.digestsOf(reports));
  }

  /** Resolves once nothing waits. */
  drain(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
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
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    const startMs = this.#clock.now();
    const group = this.#takeGroup();
    this.#report(this.#write(group), startMs);
    if (this.#waiting.length > 0) {
      this.#schedule();
      return;
    }
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) resolve();
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

  /** Settles every entry and gives back those that were committed. */
  #write(group: readonly Entry[]): readonly Entry[] {
    try {
      const results = this.#database.transaction(() =>
        group.map(({ commit }) => this.#writer.write(commit)),
      );
      return group.filter((entry, index) => settle(entry, results[index] as CommitResult));
    } catch (error) {
      if (!(error instanceof AssayError)) return this.#writeApart(group);
      this.#events.partFailed({ part: 'journal', error });
      for (const entry of group) entry.reject(error);
      return [];
    }
  }

  #writeApart(group: readonly Entry[]): readonly Entry[] {
    return group.filter((entry) => {
      try {
        return settle(
          entry,
          this.#database.transaction(() => this.#writer.write(entry.commit)),
        );
      } catch (error) {
        entry.reject(asBug(error));
        return false;
      }
    });
  }

  #report(committed: readonly Entry[], startMs: number): void {
    if (committed.length === 0) return;
    const links = new Set<TraceLink>();
    let reportCount = 0;
    let rowCount = 0;
    for (const entry of committed) {
      for (const link of entry.commit.links) links.add(link);
      reportCount += entry.commit.reports.length;
      rowCount += entry.rowCount;
    }
    this.#events.batchCommitted({
      system: 'sqlite',
      startMs,
      endMs: this.#clock.now(),
      commitCount: committed.length,
      reportCount,
      rowCount,
      links: [...links],
    });
  }
}

/** The schema refuses only what the domain must never hand over. */
function asBug(error: unknown): unknown {
  const code = (error as { readonly code?: unknown }).code;
  if (!String(code).startsWith('SQLITE_CONSTRAINT')) return error;
  return new AssertionError('a commit breaks a rule of the schema', { cause: error });
}

function settle({ resolve }: Entry, result: CommitResult): boolean {
  resolve(result);
  return result.kind === 'committed';
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
