import type { BurnAllocation, CategoryAllocation, WeightVector } from './allocation.ts';
import type { Hotkey } from './ids.ts';
import type { ExclusionReason } from './population.ts';

/**
 * How far a weight set has come; `verified` is the only success. `failed`: the chain did not take it, or has stored other
 * weights. `lost`: the chain took its commitment and dropped it without storing its weights.
 */
export type WeightSetState =
  | 'computed'
  | 'submitted'
  | 'in_block'
  | 'finalized'
  | 'committed'
  | 'revealed'
  | 'verified'
  | 'failed'
  | 'lost';

/** What the setter does after a failure. Several of `retry_now` in a row end as `stop` does: an operator must act. */
export type RetryAction =
  | { readonly kind: 'retry_now' }
  | { readonly kind: 'retry_at_block'; readonly block: number }
  | { readonly kind: 'stop' };

/**
 * Every reason of Assay's own for which a weight set fails. All others are the chain's error names, which the preflight
 * foretells or a submission brings back; `docs/errors.md` explains both and a test compares.
 */
export const OWN_FAILURE_REASONS = [
  'DECISION_OUTDATED',
  'UID_CHANGED_HANDS',
  'BURN_TARGET_NOT_OWNER',
  'CHAIN_UNREACHABLE',
  'INTERRUPTED',
  'SUBMISSION_IN_FLIGHT',
  'NOT_SIGNED',
  'NOT_RECORDED',
  'READ_BACK_MISMATCH',
  'SUPERSEDED',
  'NOT_REVEALED',
  'OUTCOME_UNKNOWN_NOT_ON_CHAIN',
] as const;

/** One of Assay's own reasons. */
export type OwnFailureReason = (typeof OWN_FAILURE_REASONS)[number];

/** Every reason for which weights are withheld: nothing is decided, stored or submitted. */
export const WITHHELD_REASONS = [
  'OWNER_NOT_REGISTERED',
  'BURN_TARGET_NOT_REGISTERED',
  'BURN_TARGET_NOT_OWNER',
  'NOTHING_TO_PAY',
  'LEDGER_AHEAD',
  'COMMITMENTS_WAITING',
] as const;

/** One of the reasons for which weights are withheld. */
export type WithheldReason = (typeof WITHHELD_REASONS)[number];

/** Why a weight set failed. */
export interface WeightSetFailure {
  /** Stable code: the chain's own error name, or an `OwnFailureReason`. */
  readonly reason: string;
  readonly message: string;
  readonly action: RetryAction;
}

/** Weights that the chain is given under encryption and opens by itself in a later epoch. */
export interface Commitment {
  /** The bytes that go to the chain. */
  readonly ciphertext: Uint8Array;
  /** BLAKE2b-256 of the ciphertext, 0x and 64 hexadecimal digits, as the chain's event names it. */
  readonly digest: string;
  /** The drand round whose signature opens it. */
  readonly revealRound: number;
  /** The block at which the chain is expected to open it. */
  readonly revealBlock: number;
  /** The chain's commit-reveal version that it follows. */
  readonly version: number;
}

/** What was signed for the chain, and stored before it was sent. */
export interface SignedExtrinsic {
  /** The chain's name of the call, for example `commit_timelocked_mechanism_weights`. */
  readonly call: string;
  /** What the chain is asked to store: the set's vector, completed with zeros and clipped to the subnet's limit. */
  readonly vector: WeightVector;
  /** Whether the subnet's largest share of one weight changed the vector. */
  readonly isClipped: boolean;
  /** The last block that may take it. */
  readonly lastBlock: number;
  /** With commit-reveal only. */
  readonly commitment?: Commitment;
}

/** The phases of a weight set, in order. */
export const WEIGHT_SET_PHASES = [
  'snapshot',
  'score',
  'apportion',
  'ledger',
  'preflight',
  'submit',
  'read_back',
] as const;

/** One phase of a weight set. */
export type WeightSetPhase = (typeof WEIGHT_SET_PHASES)[number];

/** One decision about weights, what went to the chain, and what came of it. */
export interface WeightSet {
  readonly netuid: number;
  readonly mecid: number;
  /** The block at which it was decided. */
  readonly block: number;
  readonly blockHash: string;
  readonly state: WeightSetState;
  readonly totalWeight: number;
  readonly vector: WeightVector;
  /** The hotkey at each entry of the vector when it was decided. */
  readonly hotkeys: readonly Hotkey[];
  readonly burn: BurnAllocation;
  readonly configuredBurnPercentage: number;
  readonly categories: readonly CategoryAllocation[];
  readonly exclusions: ReadonlyMap<ExclusionReason, number>;
  readonly minersServed: number;
  readonly emissionConfigVersion: number;
  readonly versionKey: number;
  readonly decidedAtMs: number;
  readonly updatedAtMs: number;
  readonly extrinsicHash?: string;
  /** Absent before the set was signed, and of sets from before such things were kept. */
  readonly extrinsic?: SignedExtrinsic;
  /** Set exactly when the state is `failed` or `lost`. */
  readonly failure?: WeightSetFailure;
  /** Milliseconds by phase, for the phases that have ended. */
  readonly phasesMs: ReadonlyMap<WeightSetPhase, number>;
}

/** A set but for the hotkeys that its weights go to. */
export type WeightSetOutline = Omit<WeightSet, 'hotkeys'>;
