import type { BurnAllocation, CategoryAllocation, WeightVector } from './allocation.ts';
import type { Hotkey } from './ids.ts';
import type { ExclusionReason } from './population.ts';

/** How far a weight set has come; `verified` is the only success. */
export type WeightSetState =
  | 'computed'
  | 'submitted'
  | 'in_block'
  | 'finalized'
  | 'committed'
  | 'revealed'
  | 'verified'
  | 'failed';

/** What the setter does after a failure. */
export type RetryAction =
  | { readonly kind: 'retry_now' }
  | { readonly kind: 'retry_at_block'; readonly block: number }
  | { readonly kind: 'stop' };

/** Why a weight set failed. */
export interface WeightSetFailure {
  /** Stable code: the chain's own error name, or one of ours in UPPER_SNAKE. */
  readonly reason: string;
  readonly message: string;
  readonly action: RetryAction;
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
  readonly failure?: WeightSetFailure;
  /** Milliseconds by phase, for the phases that have ended. */
  readonly phasesMs: ReadonlyMap<WeightSetPhase, number>;
}
