/** Why a miner got its weight, as values; `explanationText` says the same in sentences. */
import type { AllocationPolicy } from '../allocation.ts';
import type { CategoryKey } from '../gpu/catalogue.ts';
import type { Hotkey, MinerUid } from '../ids.ts';
import type { ExclusionReason } from '../population.ts';
import type { WeightSetState } from '../weight-set.ts';
import type { LedgerPair } from './ledger-entry.ts';

/** One rule that was asked. */
export interface RuleCheck {
  /** The reason that a failure gives. */
  readonly rule: ExclusionReason;
  readonly passed: boolean;
  /** What the miner had, in words: `0.412`. */
  readonly value: string;
  /** What it needed, in words: `0.500`. */
  readonly threshold: string;
}

/** One category of a miner in one weight set. */
export interface PairExplanation extends Omit<LedgerPair, 'uid'> {
  /** Valid GPUs of the category, with those that did not qualify. */
  readonly ownedGpuCount: number;
  /** Miners that the category's pool was divided between. */
  readonly minerCount: number;
  /** Sum of their basis. */
  readonly categoryTotalBasis: bigint;
  /** Part of the pool that the basis is worth, in percent; equal parts where nobody has a basis. */
  readonly sharePercentage: number;
  /** Weight units of the category. */
  readonly weightPool: number;
  /** That part of the pool in weight units, before rounding. */
  readonly exactWeight: number;
  /** `weight` minus `exactWeight`: what rounding and the positive floor gave or took. */
  readonly rounding: number;
  /** The pair's own rules in the order in which they were asked, up to the first that failed; none when the miner failed. */
  readonly checks: readonly RuleCheck[];
}

/** What would have changed the weight, everything else being equal. */
export interface Counterfactual {
  /** In words, without a verb: `one more machine with 8 H100`. */
  readonly change: string;
  readonly category: CategoryKey;
  /** About what percentage of the total the miner would have received, burn included. */
  readonly percentage: number;
  /** Why the weight would certainly have been the same, as a sentence without its end; undefined when it might not. */
  readonly withoutEffect: string | undefined;
  /** Where even with the change less than one unit of the pool is due, so that rounding decides; undefined elsewhere. */
  readonly due: DueUnits | undefined;
}

/** Weight units of one pool before rounding. */
export interface DueUnits {
  /** What the miner was due. */
  readonly before: number;
  /** What it would have been due with the change. */
  readonly after: number;
}

/** GPUs of one category. */
export interface CategoryGpus {
  readonly category: CategoryKey;
  readonly count: number;
}

/** Why a miner got its weight in one weight set, made from the ledger alone. */
export interface WeightExplanation {
  readonly block: number;
  readonly blockHash: string;
  readonly decidedAtMs: number;
  readonly emissionConfigVersion: number;
  /** Digest of the ledger entry that says all this. */
  readonly entryDigest: string;
  readonly uid: MinerUid;
  /** What became of the weight set on chain: only with `verified` is this what the chain stored. */
  readonly state: WeightSetState;
  /** Why the set failed, see `WeightSetFailure`; undefined unless it did. */
  readonly failureReason: string | undefined;
  /**
   * Whose profile was stored at the UID and since when it held it; undefined when there was none, because no report had
   * been applied or the profile was deleted since.
   */
  readonly miner: { readonly hotkey: Hotkey; readonly registeredAtBlock: number } | undefined;
  /** What was decided for the UID, burn included. */
  readonly weight: number;
  readonly totalWeight: number;
  /** `weight` as a percentage of the total. */
  readonly percentage: number;
  /** The part of `weight` that is the burn; not 0 only for the burn target. */
  readonly burnWeight: number;
  /** The rules of the division. */
  readonly policy: AllocationPolicy;
  /** The miner's own rules in the order in which they were asked, up to the first that failed; none without a profile, of which there is nothing to ask. */
  readonly checks: readonly RuleCheck[];
  /** In the order of the catalogue. */
  readonly pairs: readonly PairExplanation[];
  /** With primary attribution: valid GPUs outside of the primary category, which nobody asks for. */
  readonly uncountedGpus: readonly CategoryGpus[];
  readonly counterfactuals: readonly Counterfactual[];
}
