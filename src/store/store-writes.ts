/**
 * Everything that is written while the service runs. One `SqliteWrites` does it, on the only handle that writes; the others
 * hand it over to the thread that has it (`WriterThread`). What crosses is plain: numbers, texts, typed arrays, maps.
 */
import type { CommitResult } from '../actors/ports.ts';
import type { RemovalTimes } from '../actors/record-ports.ts';
import type { EmissionConfigVersion } from '../domain/emission.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { Profile } from '../domain/profile.ts';
import type { CommitColumns } from './commit-columns.ts';
import type { DecisionLines } from './decision-lines.ts';
import type { TransferredDecision, WeightSetChange } from './decision-transfer.ts';
import type { ThreadFailure } from './thread-answer.ts';

/** A commit that could not be written and took no other with it. */
export interface FailedCommit {
  readonly kind: 'failed';
  readonly failure: ThreadFailure;
}

/** What became of a group of commits. */
export interface GroupResult {
  /** By its place in the group, each commit of which there is more to say than that it is stored as it was given. */
  readonly exceptions: ReadonlyMap<number, CommitResult | FailedCommit>;
  /** Time of the transaction. */
  readonly durationMs: number;
}

/** @throws AssayError `store_unavailable` when the database cannot be written, and what the port of each method says. */
export interface StoreWrites {
  /** Writes commits in one transaction. When one of them fails by itself, each is written in one of its own. */
  writeGroup(columns: CommitColumns): Promise<GroupResult>;
  /** Works the lines of the decision out where they are not given. */
  recordWeightSet(decision: TransferredDecision, lines?: DecisionLines): Promise<void>;
  updateWeightSet(change: WeightSetChange): Promise<void>;
  /** Writes the next rows of the history that decisions have left pending, and says how many; 0 when none is. */
  writePendingHistory(): Promise<number>;
  appendEmissionConfig(version: EmissionConfigVersion): Promise<boolean>;
  deleteProfile(uid: MinerUid): Promise<Profile | undefined>;
  deleteProfilesOlderThan(updatedBeforeMs: number, limit: number): Promise<number>;
  deleteReportsReceivedBefore(receivedBeforeMs: number, limit: number): Promise<number>;
  deleteOldestEntry(times: RemovalTimes): Promise<number | undefined>;
  sweepLedger(limit: number): Promise<number>;
  /** Writes the log into the file and lets go of it. */
  close(): Promise<void>;
}

/** What the thread that writes is told at its start. */
export interface WriterSettings {
  readonly file: string;
  readonly synchronous: 'full' | 'normal';
  readonly netuid: number;
  readonly mecid: number;
  readonly archiveDir?: string | undefined;
}

/** What it is asked: one of the functions above. */
export interface WriteTask {
  readonly name: keyof StoreWrites;
  readonly args: readonly unknown[];
}
