/** What the chain's storage holds, item by item, taken from the state after a block. */

import { type DevNeuron, slotCount } from '../../../src/chain/dev/dev-subnet.ts';
import { decodeSs58, encodeSs58 } from '../../../src/lib/ss58.ts';
import type { TestBeacon } from '../timelock-decryption.ts';
import type { Block } from './block-tree.ts';
import { type ChainState, hasPulse, MECHANISM_STRIDE, netuidIndex } from './chain-state.ts';

/** A block with what is known besides its state. */
export interface StorageView {
  readonly block: Block;
  readonly beacon: TestBeacon;
  /** The hash of a block of the best line. */
  hashAt(number: number): string | undefined;
}

type Key = string | number;

interface StoredItem {
  /** `undefined` where nothing is stored; bytes that are SCALE already as `Encoded`. */
  value(view: StorageView, keys: readonly Key[]): unknown;
  /** Every key that holds something; absent for a single value, and for maps too large to list. */
  keys?(view: StorageView): readonly (readonly Key[])[];
}

/** SCALE, hexadecimal. */
export class Encoded {
  readonly scale: string;

  constructor(scale: string) {
    this.scale = scale;
  }
}

/** The account that stands for none. */
export const ZERO_ACCOUNT = encodeSs58(new Uint8Array(32));

/** 216,000 pulses are about a week. */
const PULSES_KEPT = 216_000;

const MAX_UIDS_DEFAULT = 256;

const ITEMS: Readonly<Record<string, StoredItem>> = {
  'System.Account': { value: ({ block: { state } }, [account]) => accountOf(state, account) },
  'System.Number': { value: ({ block }) => block.number },
  'System.ParentHash': { value: ({ block }) => block.header.parentHash },
  'System.BlockHash': {
    value: ({ hashAt, block }, [number]) =>
      Number(number) < block.number ? hashAt(Number(number)) : undefined,
  },
  'System.Events': { value: ({ block }) => new Encoded(block.events) },
  'Timestamp.Now': { value: ({ block: { state } }) => state.subnet.blockTimeMs },
  'Drand.LastStoredRound': { value: ({ block: { state } }) => state.drandRound },
  'Drand.OldestStoredRound': {
    value: ({ block: { state } }) => Math.max(1, state.drandRound - PULSES_KEPT),
  },
  'Drand.Pulses': { value: (view, [round]) => pulseOf(view, Number(round)) },
  'SubtensorModule.StakeThreshold': {
    value: ({ block: { state } }) => state.subnet.hyperparameters.stakeThreshold,
  },
  'SubtensorModule.CommitRevealWeightsVersion': {
    value: ({ block: { state } }) => state.commitRevealVersion,
  },
  'SubtensorModule.Owner': {
    value: ({ block: { state } }, [hotkey]) =>
      state.subnet.neurons.some((neuron) => neuron.hotkey === hotkey) ? state.coldkey : undefined,
    keys: ({ block: { state } }) => state.subnet.neurons.map(({ hotkey }) => [hotkey]),
  },
  'SubtensorModule.NetworksAdded': bySubnet(() => true),
  'SubtensorModule.SubnetOwner': bySubnet(({ coldkey }) => coldkey),
  'SubtensorModule.SubnetOwnerHotkey': bySubnet(({ subnet }) => subnet.ownerHotkey),
  'SubtensorModule.SubnetworkN': bySubnet(({ subnet }) => slotCount(subnet)),
  'SubtensorModule.MaxAllowedUids': bySubnet(({ subnet }) => maxUids(slotCount(subnet))),
  'SubtensorModule.Tempo': bySubnet(({ subnet }) => subnet.hyperparameters.tempoBlocks),
  'SubtensorModule.MinAllowedWeights': bySubnet(
    ({ subnet }) => subnet.hyperparameters.minAllowedWeights,
  ),
  'SubtensorModule.MaxWeightsLimit': bySubnet(
    ({ subnet }) => subnet.hyperparameters.maxWeightLimit,
  ),
  'SubtensorModule.WeightsVersionKey': bySubnet(
    ({ subnet }) => subnet.hyperparameters.weightsVersionKey,
  ),
  'SubtensorModule.WeightsSetRateLimit': bySubnet(
    ({ subnet }) => subnet.hyperparameters.weightsRateLimitBlocks,
  ),
  'SubtensorModule.CommitRevealWeightsEnabled': bySubnet(
    ({ subnet }) => subnet.hyperparameters.isCommitRevealEnabled,
  ),
  'SubtensorModule.RevealPeriodEpochs': bySubnet(
    ({ subnet }) => subnet.hyperparameters.revealPeriodEpochs,
  ),
  'SubtensorModule.MechanismCountCurrent': bySubnet(
    ({ subnet }) => subnet.hyperparameters.mechanismCount,
  ),
  'SubtensorModule.LastEpochBlock': bySubnet(({ subnet }) => subnet.lastEpochBlock),
  'SubtensorModule.PendingEpochAt': bySubnet(({ pendingEpochAt }) => pendingEpochAt),
  'SubtensorModule.SubnetEpochIndex': bySubnet(({ subnet }) => subnet.epochIndex),
  'SubtensorModule.BlocksSinceLastStep': bySubnet(({ blocksSinceLastStep }) => blocksSinceLastStep),
  'SubtensorModule.ValidatorPermit': bySubnet((state) =>
    slots(state, (neuron) => neuron?.hasValidatorPermit ?? false),
  ),
  'SubtensorModule.Active': bySubnet((state) => slots(state, (neuron) => neuron !== undefined)),
  'SubtensorModule.LastUpdate': {
    value: ({ block: { state } }, [index]) => lastUpdates(state, Number(index)),
    keys: ({ block: { state } }) =>
      Array.from({ length: state.subnet.hyperparameters.mechanismCount }, (_, mecid) => [
        netuidIndex({ netuid: state.subnet.netuid, mecid }),
      ]),
  },
  'SubtensorModule.Uids': byHotkey(({ uid }) => uid),
  'SubtensorModule.Axons': byHotkey(({ hotkey }, { axons }) => axons.get(hotkey)),
  'SubtensorModule.Keys': byUid(({ hotkey }) => hotkey),
  'SubtensorModule.BlockAtRegistration': byUid(({ registeredAtBlock }) => registeredAtBlock),
  'SubtensorModule.Weights': {
    value: ({ block: { state } }, [index, uid]) =>
      index === netuidIndex(state.subnet) ? weightsOf(state, Number(uid)) : undefined,
    keys: ({ block: { state } }) =>
      [...state.weights.keys()].map((uid) => [netuidIndex(state.subnet), uid]),
  },
  'SubtensorModule.TimelockedWeightCommits': {
    value: ({ block: { state } }, [index, epoch]) =>
      index === netuidIndex(state.subnet) ? commitsOf(state, Number(epoch)) : undefined,
    keys: ({ block: { state } }) =>
      [...new Set(state.subnet.commits.map(({ epoch }) => epoch))].map((epoch) => [
        netuidIndex(state.subnet),
        epoch,
      ]),
  },
};

/** The item `Pallet.Item`, or `undefined` where the node keeps nothing: clients then take the metadata's default. */
export function storedItem(name: string): StoredItem | undefined {
  return ITEMS[name];
}

/** A value for every UID, free ones included. */
export function slots<T>(
  { subnet }: ChainState,
  of: (neuron: DevNeuron | undefined, uid: number) => T,
): readonly T[] {
  const byUid: (DevNeuron | undefined)[] = [];
  for (const neuron of subnet.neurons) byUid[neuron.uid] = neuron;
  return Array.from({ length: slotCount(subnet) }, (_, uid) => of(byUid[uid], uid));
}

/** Last updates as one mechanism has them; in all others nobody has set weights since the registration. */
export function lastUpdates(state: ChainState, index: number): readonly number[] | undefined {
  const { subnet } = state;
  const mecid = (index - subnet.netuid) / MECHANISM_STRIDE;
  if (!Number.isInteger(mecid) || mecid >= subnet.hyperparameters.mechanismCount) return undefined;
  return slots(state, (neuron) =>
    mecid === subnet.mecid ? (neuron?.lastUpdateBlock ?? 0) : (neuron?.registeredAtBlock ?? 0),
  );
}

/** As many UIDs as a subnet may have. */
export function maxUids(count: number): number {
  return Math.max(MAX_UIDS_DEFAULT, count);
}

function bySubnet(of: (state: ChainState) => unknown): StoredItem {
  return {
    value: ({ block: { state } }, [netuid]) =>
      netuid === state.subnet.netuid ? of(state) : undefined,
    keys: ({ block: { state } }) => [[state.subnet.netuid]],
  };
}

function byHotkey(of: (neuron: DevNeuron, state: ChainState) => unknown): StoredItem {
  return {
    value: ({ block: { state } }, [netuid, hotkey]) => {
      const neuron = state.subnet.neurons.find((each) => each.hotkey === hotkey);
      return netuid !== state.subnet.netuid ? undefined : neuron && of(neuron, state);
    },
    keys: ({ block: { state } }) =>
      state.subnet.neurons
        .filter((neuron) => of(neuron, state) !== undefined)
        .map(({ hotkey }) => [state.subnet.netuid, hotkey]),
  };
}

function byUid(of: (neuron: DevNeuron) => unknown): StoredItem {
  return {
    value: ({ block: { state } }, [netuid, uid]) => {
      const neuron = state.subnet.neurons.find((each) => each.uid === uid);
      return netuid !== state.subnet.netuid ? undefined : neuron && of(neuron);
    },
    keys: ({ block: { state } }) =>
      state.subnet.neurons.map(({ uid }) => [state.subnet.netuid, uid]),
  };
}

function accountOf({ nonces }: ChainState, account: Key | undefined) {
  const nonce = nonces.get(String(account));
  if (nonce === undefined) return undefined;
  const data = { free: 0, reserved: 0, frozen: 0, flags: 0 };
  return { nonce, consumers: 0, providers: 0, sufficients: 1, data };
}

function pulseOf({ block: { state }, beacon }: StorageView, round: number) {
  if (!hasPulse(state, round) || round < state.drandRound - PULSES_KEPT) return undefined;
  const signature = `0x${Buffer.from(beacon.signature(round)).toString('hex')}`;
  return { round, randomness: `0x${'00'.repeat(32)}`, signature };
}

function weightsOf({ weights }: ChainState, uid: number) {
  const vector = weights.get(uid);
  return vector && Array.from(vector.uids, (target, index) => [target, vector.weights[index]]);
}

function commitsOf({ subnet, sealed }: ChainState, epoch: number) {
  const commits = subnet.commits.filter((commit) => commit.epoch === epoch);
  if (commits.length === 0) return undefined;
  return commits.map(({ signer, extrinsicHash }) => {
    const commit = sealed.get(extrinsicHash);
    if (commit === undefined) throw new Error(`no ciphertext of ${extrinsicHash}`);
    const ciphertext = `0x${Buffer.from(commit.ciphertext).toString('hex')}`;
    return [decodeSs58(signer), commit.block, ciphertext, commit.revealRound];
  });
}
