/**
 * What the actors need from the outside, and what they offer to it. Adapters in `store/`, `chain/` and `compute/`
 * implement the first half; `grpc/` and `cli/` use the second. Nothing here names a technology.
 */
import type { Allocation, AllocationPolicy, WeightVector } from '../domain/allocation.ts';
import type { ChainStanding } from '../domain/chain-standing.ts';
import type { EmissionConfig, EmissionConfigVersion } from '../domain/emission.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import type { Hotkey, MinerUid } from '../domain/ids.ts';
import type { Metagraph } from '../domain/metagraph.ts';
import type { PopulationRules } from '../domain/miner-facts.ts';
import type { Population } from '../domain/population.ts';
import type { ExecutorProfile, Profile, ProfileStatistics } from '../domain/profile.ts';
import type { Report, ReportKey, ReportResult } from '../domain/report.ts';
import type { SignedExtrinsic, WeightSet, WeightSetFailure } from '../domain/weight-set.ts';
import type { TraceLink } from '../events.ts';
import type { PackedLines } from '../lib/packed-lines.ts';

/** A report on its way to disk. */
export interface StoredReport {
  readonly report: Report;
  /** SHA-256 of the report's canonical text, hexadecimal: tells a duplicate from a reused identifier. */
  readonly digest: string;
  readonly outcome: 'APPLIED' | 'STALE';
  readonly receivedAtMs: number;
  /** The report's executors with their GPUs categorised, in the report's order: one result row per GPU group. */
  readonly executors: readonly ExecutorProfile[];
}

/** Everything that one miner's actor wants stored at once: all of it or nothing. */
export interface MinerCommit {
  readonly minerUid: MinerUid;
  /** Revision of the stored row that `next` was computed from; 0 when there is none. */
  readonly expectedRevision: number;
  /** The profile after the reports, with revision `expectedRevision + 1`; absent when no report was applied. */
  readonly next?: Profile;
  /** True when the stored row belongs to a miner that held this UID before: its executors are deleted. */
  readonly isNewMiner: boolean;
  /** Executors of `next` that the reports named. */
  readonly upsertedExecutors: readonly ExecutorProfile[];
  /** Executors that expired. */
  readonly removedExecutorIds: readonly string[];
  readonly reports: readonly StoredReport[];
  /** Spans of the streams that the reports came from. */
  readonly links: readonly TraceLink[];
}

/**
 * What became of a commit. `committed`: all of it is durable; `revision` is there when the profile was stored with
 * another than that of `next`: where a profile was deleted, the next one goes on counting, so that a revision never means
 * two profiles. `known_reports`: some reports are stored already, under these digests; nothing was written and
 * the actor decides again without them. `revision_conflict`: another writer changed the profile; nothing was written and
 * the actor loads again.
 */
export type CommitResult =
  | { readonly kind: 'committed'; readonly revision?: number }
  | { readonly kind: 'known_reports'; readonly digests: ReadonlyMap<ReportKey, string> }
  | { readonly kind: 'revision_conflict' };

/**
 * Writes the actors' commits, grouping what all of them hand it into shared transactions.
 *
 * @throws AssayError `store_unavailable` when the database cannot be written (locked, full, closed).
 */
export interface Journal {
  /** Resolves once the commit is durable, or was decided not to be applied. */
  commit(commit: MinerCommit): Promise<CommitResult>;
  /** The digests of those reports that are stored already. */
  digestsOf(reports: readonly Report[]): Promise<ReadonlyMap<ReportKey, string>>;
}

/** A page of profiles by rising UID. */
export interface ProfilePageQuery {
  /** Only UIDs above this one; -1 for the first page. */
  readonly afterUid: number;
  readonly limit: number;
  readonly primaryCategory?: CategoryKey;
  /** Only profiles that changed at this time or later, milliseconds since the epoch. */
  readonly updatedSinceMs?: number;
}

/** Reads profiles; the type shows that it cannot write. */
export interface ProfileReader {
  /** The stored profile at a UID with its executors, whoever it belongs to. */
  get(uid: MinerUid): Promise<Profile | undefined>;
  /** A page of profiles without their executors. */
  page(query: ProfilePageQuery): Promise<readonly Profile[]>;
  /** Every profile with its executors, by rising UID, in batches. */
  all(): AsyncIterable<readonly Profile[]>;
  count(): Promise<number>;
  /** What all profiles together come to. */
  statistics(): Promise<ProfileStatistics>;
}

/** What a population is taken from besides the stored profiles. */
export interface PopulationRequest {
  readonly metagraph: Metagraph;
  readonly rules: PopulationRules;
  /** Nothing depends on it: it may be refused where a weight set is not. */
  readonly isPreview?: boolean;
}

/** The input of one calculation: as columns, and as the lines that the ledger keeps (`minerLine`, keyed by UID). */
export interface TakenPopulation {
  readonly population: Population;
  readonly input: PackedLines;
  /** The hotkey of each miner, which its pairs are stored with: a line for each UID from 0 on, empty where there is none. */
  readonly holders: readonly Uint8Array[];
}

/**
 * Takes the stored profiles as the input of one calculation.
 *
 * @throws AssayError `store_unavailable`, `store_unusable`; for a preview also `compute_unavailable`.
 */
export interface PopulationSource {
  take(request: PopulationRequest): Promise<TakenPopulation>;
}

/** A page of versions, newest first. */
export interface EmissionConfigPageQuery {
  /** Only versions below this one; absent for the first page. */
  readonly beforeVersion?: number;
  readonly limit: number;
}

/** Stores every accepted emission configuration. */
export interface EmissionConfigStore {
  latest(): Promise<EmissionConfigVersion | undefined>;
  /** The newest version whose source is `file` or `default`, to tell whether the file changed since. */
  latestFromFile(): Promise<EmissionConfigVersion | undefined>;
  /** Appends a version. False when its number exists already: another writer was first. */
  append(version: EmissionConfigVersion): Promise<boolean>;
  at(version: number): Promise<EmissionConfigVersion | undefined>;
  page(query: EmissionConfigPageQuery): Promise<readonly EmissionConfigVersion[]>;
}

/** What a decision was made from, as the ledger keeps it. */
export interface DecisionBasis {
  readonly rules: PopulationRules;
  readonly policy: AllocationPolicy;
  readonly metagraph: Pick<Metagraph, 'block' | 'blockHash'> & { readonly neuronCount: number };
  readonly emissionConfigDigest: string;
  readonly input: PackedLines;
  /** As taken with the input. */
  readonly holders: readonly Uint8Array[];
}

/** A decided set with everything that led to it. */
export interface WeightDecision {
  readonly set: WeightSet;
  readonly allocation: Allocation;
  readonly basis: DecisionBasis;
}

/** What is stored of a set with one UID in mind. */
export interface StoredOutcome extends Pick<WeightSet, 'state' | 'failure'> {
  /** Units that the vector has for the UID; 0 when it is not in it. */
  readonly weight: number;
}

/** Stores weight sets: the decision whole or not at all, then every change of state. */
export interface WeightSetStore {
  /**
   * Writes the decision: submission, emission metrics, every pair, the input and the ledger entry. Of many pairs the rows
   * of the history follow by themselves; until then lists of it lack the set.
   */
  record(decision: WeightDecision): Promise<void>;
  /** Writes state, extrinsic, failure and phases of a recorded set. */
  update(set: WeightSet): Promise<void>;
  /**
   * The newest block that the ledger has an entry of, or had before retention deleted it: nothing at or below it can be
   * recorded.
   */
  newestBlock(): Promise<number | undefined>;
  /** The set with the highest block, whatever its state. */
  latest(): Promise<WeightSet | undefined>;
  /** The newest set that the chain took (`finalized` or later, not failed). */
  latestTaken(): Promise<WeightSet | undefined>;
  at(block: number): Promise<WeightSet | undefined>;
  /** What became of the set of a block, and what it gave to one UID: of a large set far less to read than all of it. */
  outcomeAt(block: number, uid: MinerUid): Promise<StoredOutcome | undefined>;
  /** Every set that is neither verified nor failed, by rising block. */
  unfinished(): Promise<readonly WeightSet[]>;
}

/** A block at the end of the chain. */
export interface Head {
  readonly block: number;
  readonly hash: string;
  readonly timeMs: number;
}

/** What a validator wants on chain. */
export interface WeightIntent {
  readonly vector: WeightVector;
  readonly versionKey: number;
}

/** What the chain adds to an intent when it signs it. */
export type SignedFacts = Omit<SignedExtrinsic, 'vector' | 'isClipped'>;

/**
 * A step of a submission; `failed` and `lost` are always the last one. `prepared` comes first: what it names is signed and
 * goes to the chain when, and only when, the next step is asked for, so that it can be stored before. `in_block` may be
 * taken back and come again; the blocks of `finalized`, `committed` and `revealed` stay.
 */
export type SubmissionStep =
  | { readonly state: 'prepared'; readonly extrinsicHash: string; readonly extrinsic: SignedFacts }
  | { readonly state: 'submitted' }
  | { readonly state: 'in_block' | 'finalized' | 'committed' | 'revealed'; readonly block: number }
  | { readonly state: 'failed' | 'lost'; readonly failure: WeightSetFailure };

/** What the chain has stored for our validator, read at one block. */
export interface StoredWeights {
  /** The block at which it was read; final on a chain that has finality. */
  readonly block: number;
  /** As stored, by rising UID: the chain scales the largest entry to 65535. Empty when none were ever set. */
  readonly vector: WeightVector;
  readonly lastUpdateBlock: number;
  /** Digests of our commitments that wait for their reveal. */
  readonly pendingCommitments: readonly string[];
}

/**
 * The chain, for one subnet and mechanism and one validator.
 *
 * @throws AssayError `chain_unreachable` from every method when the chain does not answer.
 */
export interface Chain {
  readonly kind: 'dev' | 'subtensor';
  /** The hotkey that signs. */
  readonly validatorHotkey: Hotkey;
  /** New heads until the signal aborts; a slow reader sees the newest, not every one. */
  heads(signal: AbortSignal): AsyncIterable<Head>;
  /** The subnet at the newest head. */
  metagraph(): Promise<Metagraph>;
  /** What the chain asks of our validator besides what the metagraph says. */
  standing(): Promise<ChainStanding>;
  /** Submits and reports every step until the outcome is known. */
  submit(intent: WeightIntent, signal: AbortSignal): AsyncIterable<SubmissionStep>;
  storedWeights(): Promise<StoredWeights>;
}

/** A chain with its life: whoever holds it runs it and closes it. */
export interface LiveChain extends Chain {
  /** Does the chain's own work, such as following the blocks or making them, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Ends every reader and lets go of what the chain holds; a second call changes nothing. */
  close(): Promise<void> | void;
}

/** When a part of a calculation ran, in milliseconds since the epoch, comparable across threads. */
export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** An allocation with when and where it was computed. */
export interface ComputedAllocation {
  readonly allocation: Allocation;
  readonly score: TimeSpan;
  readonly apportion: TimeSpan;
  readonly place: 'inline' | 'worker';
}

/**
 * Calculates allocations, in worker threads when the population is large.
 *
 * @throws AssayError `compute_unavailable` when no worker could finish it.
 */
export interface Compute {
  allocate(population: Population, policy: AllocationPolicy): Promise<ComputedAllocation>;
}

/** How `ReportIntake.deliver` behaves when a miner's mailbox is full. */
export interface DeliveryOptions {
  /** `wait` slows the caller down; `refuse` throws `mailbox_full`. */
  readonly whenFull: 'wait' | 'refuse';
  /** Span of the stream or call that the reports came from. */
  readonly link?: TraceLink;
  /** Ends the waiting for room; what was already taken is finished all the same. */
  readonly signal?: AbortSignal;
  /**
   * Shared by the calls of one caller that depend on each other's order. It is aborted with the error the moment a report
   * of one of them fails, and the calls that have not taken their reports yet end with it: a later report of the same
   * miner must not be applied before the failed one is delivered again.
   */
  readonly failed?: AbortController;
}

/** Takes well-formed reports and answers when their outcomes are durable. */
export interface ReportIntake {
  /**
   * @returns one result per report, in order.
   * @throws AssayError `mailbox_full`, `too_many_miners`, `metagraph_unavailable`, `store_unavailable`, `shutting_down`.
   * Reports of the same call may have been stored nevertheless; delivering them again is safe.
   */
  deliver(reports: readonly Report[], options: DeliveryOptions): Promise<readonly ReportResult[]>;
}

/** The newest metagraph that was read. */
export interface MetagraphReader {
  /** @throws AssayError `metagraph_unavailable` before the first was read. */
  current(): Metagraph;
}

/** One difference between two emission configurations. */
export interface EmissionConfigChange {
  readonly field: string;
  readonly oldValue: string;
  readonly newValue: string;
}

/** What an update did, or would do. */
export interface EmissionConfigUpdate {
  readonly version: EmissionConfigVersion;
  readonly changes: readonly EmissionConfigChange[];
}

/** Keeps the current emission configuration. */
export interface EmissionConfigs {
  current(): EmissionConfigVersion;
  /** @throws AssayError `invalid_argument`, `etag_mismatch`, `store_unavailable`. */
  update(request: {
    readonly config: EmissionConfig;
    readonly etag: string;
    readonly validateOnly: boolean;
    /** The version whose configuration this is again. */
    readonly restoredFrom?: number;
  }): Promise<EmissionConfigUpdate>;
}

/** Where the weight setter stands. */
export interface WeightSettingStatus {
  readonly head: Head | undefined;
  /** Block of the newest set that the chain took, 0 before the first. */
  readonly lastSetBlock: number;
  readonly nextSetBlock: number;
  readonly isSetting: boolean;
  /** Why weights are withheld or stopped. A withheld set is decided again by itself; a stopped one waits for an operator. */
  readonly alarm: string | undefined;
}

/** Decides and sets weights. */
export interface WeightSetting {
  status(): WeightSettingStatus;
  /**
   * Sets weights now and answers when the set has ended, verified or failed; with commit-reveal already when its
   * commitment is on chain. When the outcome is not known it answers with the state reached. `watch` tells of the rest.
   *
   * @throws AssayError `weight_set_too_early` with `next_block` in its metadata, `weight_set_in_progress`,
   * `weight_set_withheld`, `metagraph_unavailable`, `chain_unreachable`, `store_unavailable`, `compute_unavailable`,
   * `shutting_down`.
   */
  setNow(): Promise<WeightSet>;
  /** Calculates what a set would give now; stores and submits nothing. */
  preview(candidate?: EmissionConfig): Promise<WeightSet>;
  /**
   * The newest set, then every change of state. A reader that falls 256 changes behind ends with `watcher_too_slow`.
   */
  watch(signal: AbortSignal): AsyncIterable<WeightSet>;
}
