/** The simulated subnet as a value, and what can happen to its neurons. Every function gives a new value. */
import type { WeightVector } from '../../domain/allocation.ts';
import { AssayError } from '../../domain/errors.ts';
import { type Hotkey, MINER_UID_MAX, type MinerUid, minerUid } from '../../domain/ids.ts';
import type { Hyperparameters, Neuron } from '../../domain/metagraph.ts';
import { assert } from '../../lib/assert.ts';

export interface DevNeuron extends Neuron {
  /** In no particular unit; compared with `stakeThreshold`. */
  readonly stake: number;
}

export interface DevHyperparameters extends Hyperparameters {
  readonly stakeThreshold: number;
  /** Mechanisms 0 to this minus one exist. */
  readonly mechanismCount: number;
  /** Epochs from a commitment to its reveal. */
  readonly revealPeriodEpochs: number;
}

/** Weights in the order in which they were set. */
interface DevWeights extends WeightVector {
  readonly validatorUid: MinerUid;
}

/** A commitment that waits for its epoch. The simulation keeps the weights in clear text. */
export interface DevCommit {
  readonly extrinsicHash: string;
  readonly signer: Hotkey;
  readonly epoch: number;
  readonly vector: WeightVector;
  readonly versionKey: number;
}

export interface DevSubnet {
  readonly seed: number;
  readonly netuid: number;
  readonly mecid: number;
  readonly block: number;
  readonly blockTimeMs: number;
  /** By rising UID. A UID without a neuron is free. */
  readonly neurons: readonly DevNeuron[];
  readonly ownerHotkey: Hotkey;
  readonly validatorHotkey: Hotkey;
  readonly hyperparameters: DevHyperparameters;
  readonly epochIndex: number;
  readonly lastEpochBlock: number;
  readonly weights: DevWeights | undefined;
  readonly commits: readonly DevCommit[];
  /** Neurons registered since genesis; numbers the hotkeys that the simulation makes up. */
  readonly registrationCount: number;
}

interface NewNeuron extends Pick<DevNeuron, 'uid' | 'hotkey' | 'isAxonActive'> {
  readonly block: number;
}

/** What can be changed of a neuron without registering it anew. */
export type NeuronChange = Partial<
  Pick<DevNeuron, 'isAxonActive' | 'hasValidatorPermit' | 'stake' | 'lastUpdateBlock'>
>;

/** UIDs that the subnet has, free ones below the highest included. */
export function slotCount({ neurons }: DevSubnet): number {
  return (neurons.at(-1)?.uid ?? -1) + 1;
}

export function neuronOf(subnet: DevSubnet, hotkey: Hotkey): DevNeuron | undefined {
  return subnet.neurons.find((neuron) => neuron.hotkey === hotkey);
}

/** Registers at the lowest free UID. @throws AssayError `invalid_argument` for a hotkey that has a UID or a full subnet. */
export function register(subnet: DevSubnet, hotkey: Hotkey): DevSubnet {
  refuseTaken(subnet, hotkey);
  const free = subnet.neurons.findIndex((neuron, index) => neuron.uid !== index);
  const uid = free === -1 ? subnet.neurons.length : free;
  if (uid > MINER_UID_MAX) throw invalid('hotkey', hotkey, 'finds a free UID');
  const neurons = subnet.neurons.toSpliced(uid, 0, newcomer(subnet, minerUid(uid), hotkey));
  return { ...subnet, neurons, registrationCount: subnet.registrationCount + 1 };
}

/** Frees a UID. @throws AssayError `invalid_argument` when nobody has it. */
export function deregister(subnet: DevSubnet, uid: number): DevSubnet {
  const neurons = subnet.neurons.toSpliced(indexOf(subnet, uid), 1);
  return { ...subnet, neurons, weights: weightsWithout(subnet, uid) };
}

/**
 * Gives a UID to another hotkey, as the chain does when a subnet is full: the newcomer has no axon, no permit and no weights.
 *
 * @throws AssayError `invalid_argument` when nobody has the UID or the hotkey has one.
 */
export function replace(subnet: DevSubnet, uid: number, hotkey: Hotkey): DevSubnet {
  const index = indexOf(subnet, uid);
  refuseTaken(subnet, hotkey);
  const neurons = subnet.neurons.with(index, newcomer(subnet, minerUid(uid), hotkey));
  const weights = weightsWithout(subnet, uid);
  return { ...subnet, neurons, weights, registrationCount: subnet.registrationCount + 1 };
}

/** @throws AssayError `invalid_argument` when nobody has the UID. */
export function changeNeuron(subnet: DevSubnet, uid: number, change: NeuronChange): DevSubnet {
  const index = indexOf(subnet, uid);
  const neuron = subnet.neurons[index];
  assert(neuron !== undefined, `neuron ${uid} is at index ${index}`);
  return { ...subnet, neurons: subnet.neurons.with(index, { ...neuron, ...change }) };
}

/**
 * A neuron as it is registered. A fresh UID waits for the rate limit too: its registration counts as an update. Without a
 * spread: objects that are made by one, as many as a subnet has neurons, take three times the memory in V8.
 */
export function newNeuron({ uid, hotkey, block, isAxonActive }: NewNeuron): DevNeuron {
  return {
    uid,
    hotkey,
    registeredAtBlock: block,
    lastUpdateBlock: block,
    isAxonActive,
    hasValidatorPermit: false,
    stake: 0,
  };
}

function newcomer({ block }: DevSubnet, uid: MinerUid, hotkey: Hotkey): DevNeuron {
  return newNeuron({ uid, hotkey, block, isAxonActive: false });
}

function weightsWithout({ weights }: DevSubnet, uid: number): DevWeights | undefined {
  return weights?.validatorUid === uid ? undefined : weights;
}

function indexOf({ neurons }: DevSubnet, uid: number): number {
  const index = neurons.findIndex((neuron) => neuron.uid === uid);
  if (index === -1) throw invalid('uid', uid, 'is the UID of a neuron');
  return index;
}

function refuseTaken(subnet: DevSubnet, hotkey: Hotkey): void {
  const taken = neuronOf(subnet, hotkey);
  if (taken !== undefined) {
    throw invalid('hotkey', hotkey, `is not registered yet; it has UID ${taken.uid}`);
  }
}

function invalid(field: string, value: unknown, rule: string): AssayError {
  return AssayError.invalid({ field, value, rule });
}
