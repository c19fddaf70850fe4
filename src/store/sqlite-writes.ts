import { setImmediate } from 'node:timers/promises';
import type { CommitResult } from '../actors/ports.ts';
import type { RemovalTimes } from '../actors/record-ports.ts';
import type { EmissionConfigVersion } from '../domain/emission.ts';
import { AssayError } from '../domain/errors.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { Profile } from '../domain/profile.ts';
import { AssertionError } from '../lib/assert.ts';
import { errorText } from '../lib/error-text.ts';
import { type CommitColumns, commitPlaces } from './commit-columns.ts';
import type { DecisionLines } from './decision-lines.ts';
import {
  fromTransferred,
  type TransferredDecision,
  type WeightSetChange,
} from './decision-transfer.ts';
import { EntryArchive } from './entry-archive.ts';
import { HistoryWriter } from './history-writer.ts';
import { SqliteCommitWriter } from './sqlite-commit-writer.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { SqliteEmissionConfigStore } from './sqlite-emission-config-store.ts';
import { SqliteLedgerRemover } from './sqlite-ledger-remover.ts';
import { SqliteProfileRemover } from './sqlite-profile-remover.ts';
import { SqliteReportRemover } from './sqlite-report-remover.ts';
import { SqliteWeightSetStore } from './sqlite-weight-set-store.ts';
import type { FailedCommit, GroupResult, StoreWrites } from './store-writes.ts';
import type { SubnetOptions } from './subnet-key.ts';
import { failureOf } from './thread-answer.ts';

interface SqliteWritesOptions extends SubnetOptions {
  /** Where the documents of deleted ledger entries go; absent where none are kept. */
  readonly archiveDir?: string | undefined;
}

/** Writes on a handle of this thread's own. */
export class SqliteWrites implements StoreWrites {
  readonly #database: SqliteDatabase;
  readonly #commits: SqliteCommitWriter;
  readonly #weightSets: SqliteWeightSetStore;
  readonly #history: HistoryWriter;
  readonly #emissionConfigs: SqliteEmissionConfigStore;
  readonly #profiles: SqliteProfileRemover;
  readonly #reports: SqliteReportRemover;
  readonly #ledger: SqliteLedgerRemover;

  constructor({ archiveDir, ...options }: SqliteWritesOptions) {
    const { database } = options;
    const archive = archiveDir === undefined ? undefined : new EntryArchive(archiveDir);
    this.#database = database;
    this.#commits = new SqliteCommitWriter(database);
    this.#weightSets = new SqliteWeightSetStore(options);
    this.#history = new HistoryWriter(database);
    this.#emissionConfigs = new SqliteEmissionConfigStore(database);
    this.#profiles = new SqliteProfileRemover(database);
    this.#reports = new SqliteReportRemover(database);
    this.#ledger = new SqliteLedgerRemover({ ...options, archive });
  }

  async writeGroup(columns: CommitColumns): Promise<GroupResult> {
    const startedMs = performance.now();
    const places = commitPlaces(columns);
    const exceptions = new Map<number, CommitResult | FailedCommit>();
    const results = this.#together(columns, places) ?? this.#apart(columns, places);
    for (const [index, result] of results.entries()) {
      const isPlain = result.kind === 'committed' && result.revision === undefined;
      if (!isPlain) exceptions.set(index, result);
    }
    return { exceptions, durationMs: performance.now() - startedMs };
  }

  async recordWeightSet(decision: TransferredDecision, lines?: DecisionLines): Promise<void> {
    if (lines === undefined) await this.#weightSets.record(fromTransferred(decision));
    else this.#weightSets.write(decision, lines);
  }

  updateWeightSet(change: WeightSetChange): Promise<void> {
    return this.#weightSets.update(change);
  }

  async writePendingHistory(): Promise<number> {
    // A database in memory is written on the thread that serves: what waits there has its turn before each chunk.
    await setImmediate();
    return this.#history.writeNext();
  }

  appendEmissionConfig(version: EmissionConfigVersion): Promise<boolean> {
    return this.#emissionConfigs.append(version);
  }

  deleteProfile(uid: MinerUid): Promise<Profile | undefined> {
    return this.#profiles.delete(uid);
  }

  deleteProfilesOlderThan(updatedBeforeMs: number, limit: number): Promise<number> {
    return this.#profiles.deleteOlderThan(updatedBeforeMs, limit);
  }

  deleteReportsReceivedBefore(receivedBeforeMs: number, limit: number): Promise<number> {
    return this.#reports.deleteReceivedBefore(receivedBeforeMs, limit);
  }

  deleteOldestEntry(times: RemovalTimes): Promise<number | undefined> {
    return this.#ledger.deleteOldest(times);
  }

  sweepLedger(limit: number): Promise<number> {
    return this.#ledger.sweep(limit);
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** Undefined when one of the commits fails by itself and nothing was written. */
  #together(
    columns: CommitColumns,
    places: readonly number[],
  ): readonly CommitResult[] | undefined {
    try {
      return this.#database.transaction(() => {
        const results = places.map((at) => this.#commits.write(columns, at));
        this.#commits.flush();
        return results;
      });
    } catch (error) {
      this.#commits.discard();
      if (error instanceof AssayError) throw error;
      return undefined;
    }
  }

  #apart(
    columns: CommitColumns,
    places: readonly number[],
  ): readonly (CommitResult | FailedCommit)[] {
    return places.map((at) => {
      try {
        return this.#database.transaction(() => {
          const result = this.#commits.write(columns, at);
          this.#commits.flush();
          return result;
        });
      } catch (error) {
        this.#commits.discard();
        return { kind: 'failed', failure: failureOf(brokenRule(error)) };
      }
    });
  }
}

/** The schema refuses only what the domain must never hand over, and whatever else goes wrong with one commit alone is a bug too. */
function brokenRule(error: unknown): unknown {
  if (error instanceof AssayError || error instanceof AssertionError) return error;
  return new AssertionError(`a commit breaks a rule of the schema: ${errorText(error)}`, {
    cause: error,
  });
}
