/**
 * What reads and clears the record: the ledger, the history of weights, what provers reported. Like `ports.ts` it names no
 * technology.
 */
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import type { Hotkey, MinerUid } from '../domain/ids.ts';
import type { LedgerPair, SealedEntry } from '../domain/ledger/ledger-entry.ts';
import type { MinerFacts } from '../domain/miner-facts.ts';
import type { Profile } from '../domain/profile.ts';
import type { WeightSetState } from '../domain/weight-set.ts';

/** Takes profiles away. An actor that holds one finds out by its revision at the next commit and begins anew. */
export interface ProfileRemover {
  /** Deletes the profile at a UID with its executors. @returns what was deleted, if there was one. */
  delete(uid: MinerUid): Promise<Profile | undefined>;
  /** Deletes profiles that did not change since a time, oldest first, at most so many. @returns how many; 0 when none is left. */
  deleteOlderThan(updatedBeforeMs: number, limit: number): Promise<number>;
}

/** One verification of one group of GPUs, as a prover reported it (the plan's `MinerProverResult`). */
export interface VerificationResult {
  readonly id: number;
  readonly proverId: string;
  readonly reportId: string;
  readonly outcome: 'APPLIED' | 'STALE';
  readonly minerUid: MinerUid;
  readonly hotkey: Hotkey;
  readonly executorId: string;
  /** As the driver named it; empty for a machine without GPUs. */
  readonly gpuName: string;
  /** Undefined for a machine without GPUs. */
  readonly category: CategoryKey | undefined;
  readonly gpuCount: number;
  readonly gpuMemoryMib: number;
  readonly isValid: boolean;
  readonly isAttestationValid: boolean;
  readonly hardwareScore: number;
  readonly networkBandwidthMbps?: number;
  readonly verifiedAtMs: number;
}

/** A page of results, newest first. */
export interface VerificationResultQuery {
  readonly minerUid?: MinerUid;
  /** Only together with `minerUid`: no index leads to the results of a category. */
  readonly category?: CategoryKey;
  /** From this time on, and before this one, milliseconds since the epoch. */
  readonly fromMs?: number;
  readonly beforeMs?: number;
  /** The last result of the page before. */
  readonly after?: Pick<VerificationResult, 'verifiedAtMs' | 'id'>;
  readonly limit: number;
}

/** Reads what provers reported. */
export interface VerificationResultReader {
  page(query: VerificationResultQuery): Promise<readonly VerificationResult[]>;
}

/** Takes old reports away with their results. */
export interface VerificationReportRemover {
  /** Deletes reports received before a time, oldest first, at most so many. @returns how many; 0 when none is left. */
  deleteReceivedBefore(receivedBeforeMs: number, limit: number): Promise<number>;
}

/** Reads single entries of the decision ledger. */
export interface LedgerReader {
  /** The entry of a block, the newest without one. */
  entryAt(block?: number): Promise<SealedEntry | undefined>;
  /** What the decision of a block knew of a UID. */
  minerAt(block: number, uid: MinerUid): Promise<MinerFacts | undefined>;
  /** The pairs of a UID in the decision of a block, in the order of the catalogue. */
  pairsAt(block: number, uid: MinerUid): Promise<readonly LedgerPair[]>;
  /**
   * The pairs of a category that the decision of a block left out only because they were too few
   * (`CATEGORY_BELOW_MIN_MINERS`), by rising UID; fewer than the policy's `minMinersPerCategory`.
   */
  shutPairsAt(block: number, category: CategoryKey): Promise<readonly LedgerPair[]>;
}

/** One pair of one weight set. */
export interface WeightHistoryRow extends LedgerPair {
  readonly id: number;
  readonly block: number;
  readonly hotkey: Hotkey;
  /** Sum of score × GPUs in the category; 0 for a pair without one. */
  readonly categoryTotalScore: number;
  /** Weight units of the category. */
  readonly categoryWeightPool: number;
  readonly decidedAtMs: number;
  /** What became of the set on chain: only with `verified` is this what the chain stored. */
  readonly state: WeightSetState;
}

/** A page of pairs: newest block first, in a block by category in the order of the catalogue, then UID. */
export interface WeightHistoryQuery {
  readonly minerUid?: MinerUid;
  /** Only together with `minerUid`: one holder of that UID. */
  readonly hotkey?: Hotkey;
  readonly category?: CategoryKey;
  /** Blocks from this one on, up to and with this one. */
  readonly fromBlock?: number;
  readonly toBlock?: number;
  readonly fromMs?: number;
  readonly beforeMs?: number;
  /** The last row of the page before. */
  readonly after?: Pick<WeightHistoryRow, 'block' | 'id'>;
  readonly limit: number;
}

/** What one weight set came to (the plan's `EmissionMetrics`). */
export interface EmissionMetrics {
  readonly block: number;
  readonly decidedAtMs: number;
  readonly burnWeight: number;
  readonly burnPercentage: number;
  readonly minersServed: number;
  readonly categories: readonly EmissionMetricsCategory[];
  /** What became of the set on chain: only with `verified` is this what the chain stored. */
  readonly state: WeightSetState;
}

/** One category of it (the plan's `CategoryAllocation`). */
export interface EmissionMetricsCategory {
  readonly category: CategoryKey;
  readonly minerCount: number;
  readonly totalScore: number;
  readonly weightPool: number;
  /** Percentage of the non-burned part. */
  readonly allocationPercentage: number;
}

/** A page of metrics, newest block first. */
export interface EmissionMetricsQuery {
  readonly fromBlock?: number;
  readonly toBlock?: number;
  readonly fromMs?: number;
  readonly beforeMs?: number;
  /** Only blocks below this one; absent for the first page. */
  readonly beforeBlock?: number;
  readonly limit: number;
}

/** Reads what weight sets gave. */
export interface WeightHistoryReader {
  /** Without the sets of which not all rows are written yet; see `WeightSetStore.record`. */
  pairs(query: WeightHistoryQuery): Promise<readonly WeightHistoryRow[]>;
  metrics(query: EmissionMetricsQuery): Promise<readonly EmissionMetrics[]>;
}

/** When a removal happens and how far it reaches, milliseconds since the epoch. */
export interface RemovalTimes {
  readonly decidedBeforeMs: number;
  readonly nowMs: number;
}

/** Takes old ledger entries away; the digest of the last one stays as the anchor of the chain. */
export interface LedgerRemover {
  /**
   * Deletes the oldest entry when it was decided before a time, is over, and is not the newest. Of the newest set that the
   * chain took only the weight set stays, without its entry and its pairs, until the chain has taken another. Where documents
   * of deleted entries are kept (docs/ledger.md), it is written first; when that fails, the entry stays.
   *
   * @returns the block of the deleted entry, or undefined when there is nothing to delete.
   */
  deleteOldest(times: RemovalTimes): Promise<number | undefined>;
  /**
   * Deletes at most so many rows of deleted entries.
   *
   * @returns how many; 0 when none is left.
   */
  sweep(limit: number): Promise<number>;
}

/** A ledger entry on its way to the archive. */
export interface ArchivedEntry {
  readonly netuid: number;
  readonly mecid: number;
  readonly block: number;
  readonly digest: string;
  /** The self-contained JSON document in parts of bounded size, made as they are read; they can be gone through again. */
  readonly parts: Iterable<string>;
}
