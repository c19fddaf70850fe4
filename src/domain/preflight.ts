/**
 * What the chain would refuse, asked before anything is submitted: an extrinsic that fails costs an interval, and the
 * pool answers several of these with one and the same code. The rules and their names are Subtensor's
 * (`internal_set_weights` in pallets/subtensor/src/subnets/weights.rs), in the chain's own order.
 */
import { assert } from '../lib/assert.ts';
import type { WeightVector } from './allocation.ts';
import type { Hotkey } from './ids.ts';
import { hotkeysByUid, type Metagraph, type Neuron } from './metagraph.ts';
import { upscaledWeights } from './read-back.ts';
import { DECISION_BLOCKS_MAX } from './schedule.ts';
import type { OwnFailureReason, RetryAction, WeightSet, WeightSetFailure } from './weight-set.ts';

/** What is about to be submitted, and the subnet as it is now. */
export interface PreflightCheck {
  readonly set: Pick<WeightSet, 'block' | 'vector' | 'hotkeys' | 'versionKey' | 'burn'>;
  /** What goes to the chain: the set's vector, completed by `paddedVector`. */
  readonly submitted: WeightVector;
  readonly metagraph: Metagraph;
  /** The hotkey that signs. */
  readonly validatorHotkey: Hotkey;
}

const U16_MAX = 65_535;
const STOP: RetryAction = { kind: 'stop' };

/** The first rule that the submission breaks, or `undefined` when the chain should take it. */
export function preflight(check: PreflightCheck): WeightSetFailure | undefined {
  const { metagraph, validatorHotkey } = check;
  const validator = metagraph.neurons.find(({ hotkey }) => hotkey === validatorHotkey);
  if (validator === undefined) {
    return {
      reason: 'HotKeyNotRegisteredInSubNet',
      action: STOP,
      message: `the validator's hotkey ${validatorHotkey} has no UID on subnet ${metagraph.netuid}`,
    };
  }
  return (
    wrongVersionKey(check) ??
    tooEarly(check, validator) ??
    withoutPermit(check, validator) ??
    outdated(check) ??
    changedHands(check) ??
    burnedToStranger(check) ??
    tooShort(check, validator) ??
    tooConcentrated(check, validator)
  );
}

/**
 * Completes a vector to the number of entries that the chain wants, with zero weights for the lowest registered UIDs that
 * are not in it: subnets whose `MinAllowedWeights` is not below their size want every UID listed.
 */
export function paddedVector(vector: WeightVector, metagraph: Metagraph): WeightVector {
  const missing = requiredEntries(metagraph) - vector.uids.length;
  if (missing <= 0) return vector;
  const weightOf = new Map<number, number>();
  for (const [index, uid] of vector.uids.entries()) {
    weightOf.set(uid, vector.weights[index] as number);
  }
  const added = metagraph.neurons.filter(({ uid }) => !weightOf.has(uid)).slice(0, missing);
  for (const { uid } of added) weightOf.set(uid, 0);
  const entries = [...weightOf].sort(([a], [b]) => a - b);
  return {
    uids: Uint16Array.from(entries, ([uid]) => uid),
    weights: Uint16Array.from(entries, ([, weight]) => weight),
  };
}

/** `min(SubnetworkN, MinAllowedWeights)`. */
function requiredEntries({ neurons, hyperparameters }: Metagraph): number {
  return Math.min(neurons.length, hyperparameters.minAllowedWeights);
}

function wrongVersionKey({ set, metagraph }: PreflightCheck): WeightSetFailure | undefined {
  const { weightsVersionKey } = metagraph.hyperparameters;
  if (weightsVersionKey === 0 || set.versionKey >= weightsVersionKey) return undefined;
  return {
    reason: 'IncorrectWeightVersionKey',
    action: STOP,
    message: `the configured version key ${set.versionKey} is below the subnet's ${weightsVersionKey}: the subnet wants newer validator software`,
  };
}

function tooEarly({ metagraph }: PreflightCheck, validator: Neuron): WeightSetFailure | undefined {
  const { weightsRateLimitBlocks } = metagraph.hyperparameters;
  const allowedBlock = validator.lastUpdateBlock + weightsRateLimitBlocks;
  if (validator.lastUpdateBlock === 0 || metagraph.block >= allowedBlock) return undefined;
  const action: RetryAction = { kind: 'retry_at_block', block: allowedBlock };
  return {
    reason: 'SettingWeightsTooFast',
    action: action,
    message: `the chain takes weights every ${weightsRateLimitBlocks} blocks, the next at block ${allowedBlock}`,
  };
}

function withoutPermit(
  { metagraph, submitted }: PreflightCheck,
  validator: Neuron,
): WeightSetFailure | undefined {
  const isExempt =
    validator.hotkey === metagraph.ownerHotkey || isSelfWeight(submitted, validator.uid);
  if (validator.hasValidatorPermit || isExempt) return undefined;
  const nextEpochBlock = metagraph.block + Math.max(1, metagraph.hyperparameters.tempoBlocks);
  return {
    reason: 'NeuronNoValidatorPermit',
    action: { kind: 'retry_at_block', block: nextEpochBlock },
    message: `UID ${validator.uid} has no validator permit in this epoch: its stake is too low`,
  };
}

function changedHands({ set, metagraph }: PreflightCheck): WeightSetFailure | undefined {
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

/** An old decision is not sent: the time until its inclusion is limited, see `INCLUSION_BLOCKS_MAX`. */
function outdated({ set, metagraph }: PreflightCheck): WeightSetFailure | undefined {
  const age = metagraph.block - set.block;
  if (age <= DECISION_BLOCKS_MAX) return undefined;
  return {
    reason: 'DECISION_OUTDATED' satisfies OwnFailureReason,
    action: { kind: 'retry_now' },
    message: `the decision is ${age} blocks old, at most ${DECISION_BLOCKS_MAX} may pass until it is submitted`,
  };
}

/** The owner may have changed since the decision; the burn never goes to anybody else. */
function burnedToStranger({ set, metagraph }: PreflightCheck): WeightSetFailure | undefined {
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

function tooShort(
  { submitted, metagraph }: PreflightCheck,
  validator: Neuron,
): WeightSetFailure | undefined {
  const required = requiredEntries(metagraph);
  if (submitted.uids.length >= required || isSelfWeight(submitted, validator.uid)) return undefined;
  return {
    reason: 'WeightVecLengthIsLow',
    action: STOP,
    message: `the chain wants at least ${required} weights, there are ${submitted.uids.length}`,
  };
}

/**
 * `check_vec_max_limited`: both fractions in fixed point with 32 fraction bits, cut off, as the chain compares them.
 * Subtensor applies it to the weights after scaling.
 */
function tooConcentrated(
  { submitted, metagraph }: PreflightCheck,
  validator: Neuron,
): WeightSetFailure | undefined {
  const { maxWeightLimit } = metagraph.hyperparameters;
  if (maxWeightLimit >= U16_MAX || isSelfWeight(submitted, validator.uid)) return undefined;
  const scaled = upscaledWeights(submitted.weights);
  const sum = scaled.reduce((total, weight) => total + weight, 0);
  const largest = scaled.reduce((max, weight) => Math.max(max, weight), 0);
  const share = (BigInt(largest) << 32n) / BigInt(Math.max(sum, 1));
  const limit = (BigInt(maxWeightLimit) << 32n) / BigInt(U16_MAX);
  if (share <= limit) return undefined;
  return {
    reason: 'MaxWeightExceeded',
    action: STOP,
    message: `one weight is ${percent(largest / sum)} of the sum, the subnet allows ${percent(maxWeightLimit / U16_MAX)}`,
  };
}

/** A validator that weights nobody but itself is exempt from several rules. */
function isSelfWeight({ uids }: WeightVector, validatorUid: number): boolean {
  return uids.length === 1 && uids[0] === validatorUid;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}
