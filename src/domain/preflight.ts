/** What would make a submission fail, asked before anything is submitted. */
import { assert } from '../lib/assert.ts';
import type { WeightVector } from './allocation.ts';
import { type ChainCheck, type ChainCheckFacts, chainChecks } from './chain-checks.ts';
import { hotkeysByUid } from './metagraph.ts';
import { DECISION_BLOCKS_MAX } from './schedule.ts';
import type { OwnFailureReason, WeightSet, WeightSetFailure } from './weight-set.ts';

/** What is about to be submitted, and the chain as it is now. */
export interface PreflightFacts
  extends Pick<ChainCheckFacts, 'metagraph' | 'standing' | 'validatorHotkey' | 'nowMs'> {
  readonly set: Pick<WeightSet, 'mecid' | 'block' | 'vector' | 'hotkeys' | 'versionKey' | 'burn'>;
  /** What goes to the chain: the set's vector as `submittedVector` makes it. */
  readonly submitted: WeightVector;
}

/** Every check of the chain, and why nothing may be submitted, if so. */
export interface Preflight {
  readonly checks: readonly ChainCheck[];
  readonly failure: WeightSetFailure | undefined;
}

/** The failure is that of the first check that has one, then that of the set's own rules. */
export function preflight(facts: PreflightFacts): Preflight {
  const { set, submitted, metagraph, standing, validatorHotkey, nowMs } = facts;
  const { versionKey, mecid } = set;
  const checks = chainChecks({
    metagraph,
    standing,
    validatorHotkey,
    versionKey,
    nowMs,
    mecid,
    submitted,
  });
  const refusal = checks.find(({ failure }) => failure !== undefined)?.failure;
  const failure = refusal ?? outdated(facts) ?? changedHands(facts) ?? burnedToStranger(facts);
  return { checks, failure };
}

/** An old decision is not sent: the time until its inclusion is limited, see `INCLUSION_BLOCKS_MAX`. */
function outdated({ set, metagraph }: PreflightFacts): WeightSetFailure | undefined {
  const age = metagraph.block - set.block;
  if (age <= DECISION_BLOCKS_MAX) return undefined;
  return {
    reason: 'DECISION_OUTDATED' satisfies OwnFailureReason,
    action: { kind: 'retry_now' },
    message: `the decision is ${age} blocks old, at most ${DECISION_BLOCKS_MAX} may pass until it is submitted`,
  };
}

function changedHands({ set, metagraph }: PreflightFacts): WeightSetFailure | undefined {
  assert(set.hotkeys.length === set.vector.uids.length, 'a vector has one hotkey per entry');
  const hotkeyAt = hotkeysByUid(metagraph);
  const index = set.vector.uids.findIndex((uid, i) => hotkeyAt[uid] !== set.hotkeys[i]);
  if (index === -1) return undefined;
  return {
    reason: 'UID_CHANGED_HANDS' satisfies OwnFailureReason,
    action: { kind: 'retry_now' },
    message: `UID ${set.vector.uids[index]} no longer belongs to ${set.hotkeys[index]}, for whom its weight was decided`,
  };
}

/** The owner may have changed since the decision; the burn never goes to anybody else. */
function burnedToStranger({ set, metagraph }: PreflightFacts): WeightSetFailure | undefined {
  const { uid, weight } = set.burn;
  if (weight === 0) return undefined;
  const target = metagraph.neurons.find((neuron) => neuron.uid === uid);
  if (target?.hotkey === metagraph.ownerHotkey) return undefined;
  return {
    reason: 'BURN_TARGET_NOT_OWNER' satisfies OwnFailureReason,
    action: { kind: 'retry_now' },
    message: `UID ${uid} of the burn no longer belongs to the subnet's owner ${metagraph.ownerHotkey}`,
  };
}
