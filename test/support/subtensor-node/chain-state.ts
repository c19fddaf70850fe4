/** What the node's chain has stored after a block: the dev chain's subnet, and what only the real chain keeps. */
import { encodeAddress } from '@polkadot/util-crypto';
import {
  DEV_CHAIN_DEFAULTS,
  type DevChainOptions,
  genesis,
  VALIDATOR_UID,
} from '../../../src/chain/dev/dev-genesis.ts';
import type { DevSubnet } from '../../../src/chain/dev/dev-subnet.ts';
import type { WeightVector } from '../../../src/domain/allocation.ts';
import type { Hotkey } from '../../../src/domain/ids.ts';
import { type Axon, axonOf } from './axon.ts';

/** A commitment as the chain keeps it until it can open it. */
interface SealedCommit {
  readonly block: number;
  readonly ciphertext: Uint8Array;
  readonly revealRound: number;
}

export interface ChainState {
  readonly subnet: DevSubnet;
  /** The coldkey that owns every hotkey of the simulation. */
  readonly coldkey: string;
  /** By validator UID. */
  readonly weights: ReadonlyMap<number, WeightVector>;
  /** By extrinsic hash: what belongs to `subnet.commits`. */
  readonly sealed: ReadonlyMap<string, SealedCommit>;
  readonly axons: ReadonlyMap<Hotkey, Axon>;
  readonly nonces: ReadonlyMap<string, number>;
  readonly commitRevealVersion: number;
  readonly pendingEpochAt: number;
  readonly blocksSinceLastStep: number;
  /** The newest drand round whose signature is stored. */
  readonly drandRound: number;
  /** Rounds whose signature never came. */
  readonly missingRounds: ReadonlySet<number>;
}

export interface GenesisOptions extends DevChainOptions {
  readonly validatorHotkey: Hotkey;
  readonly commitRevealVersion: number;
  readonly timeMs: number;
}

const DRAND_GENESIS_S = 1_692_803_367;
const DRAND_PERIOD_S = 3;
/** Between the storage indices of a subnet's mechanisms. */
export const MECHANISM_STRIDE = 4_096;

/** Mainnet's way of weights: commitments. The rest is the dev chain's. */
export const GENESIS_DEFAULTS: Omit<GenesisOptions, 'validatorHotkey' | 'timeMs'> = {
  ...DEV_CHAIN_DEFAULTS,
  miners: 8,
  commitRevealVersion: 4,
};

export function genesisState(options: GenesisOptions): ChainState {
  const subnet = withValidator(genesis(options, options.timeMs), options.validatorHotkey);
  const served = subnet.neurons.filter(({ isAxonActive }) => isAxonActive);
  return {
    subnet,
    coldkey: encodeAddress(new Uint8Array(32).fill(7)),
    weights: new Map(),
    sealed: new Map(),
    axons: new Map(served.map(({ hotkey, uid }) => [hotkey, axonOf(defaultAxon(uid), 0)])),
    nonces: new Map(),
    commitRevealVersion: options.commitRevealVersion,
    pendingEpochAt: 0,
    blocksSinceLastStep: 0,
    drandRound: drandRoundAt(options.timeMs),
    missingRounds: new Set(),
  };
}

/** The key under which weights, last updates and commitments of a mechanism are stored. */
export function netuidIndex({ netuid, mecid }: Pick<DevSubnet, 'netuid' | 'mecid'>): number {
  return mecid * MECHANISM_STRIDE + netuid;
}

/** The newest round that the beacon can have published, one being on its way. */
export function drandRoundAt(timeMs: number): number {
  return Math.floor((timeMs / 1_000 - DRAND_GENESIS_S) / DRAND_PERIOD_S);
}

/** Whether the chain has the signature of a round. */
export function hasPulse({ drandRound, missingRounds }: ChainState, round: number): boolean {
  return round >= 1 && round <= drandRound && !missingRounds.has(round);
}

/** Puts another subnet in place; a UID that changed hands has lost its weights. */
export function withSubnet(state: ChainState, subnet: DevSubnet): ChainState {
  if (subnet.neurons === state.subnet.neurons) return { ...state, subnet };
  const before = new Map<number, Hotkey>(
    state.subnet.neurons.map(({ uid, hotkey }) => [uid, hotkey]),
  );
  const after = new Map<number, Hotkey>(subnet.neurons.map(({ uid, hotkey }) => [uid, hotkey]));
  const weights = [...state.weights].filter(([uid]) => before.get(uid) === after.get(uid));
  return { ...state, subnet, weights: new Map(weights) };
}

/** Announces an axon at `address:port`, or takes the announcement back. */
export function withAxon(state: ChainState, uid: number, address: string | undefined): ChainState {
  const neuron = state.subnet.neurons.find((each) => each.uid === uid);
  if (neuron === undefined) throw new Error(`no neuron has UID ${uid}`);
  const axons = new Map(state.axons);
  axons.delete(neuron.hotkey);
  if (address !== undefined) axons.set(neuron.hotkey, axonOf(address, state.subnet.block));
  return { ...state, axons };
}

function withValidator(subnet: DevSubnet, validatorHotkey: Hotkey): DevSubnet {
  const validator = subnet.neurons.find(({ uid }) => uid === VALIDATOR_UID);
  const neurons = subnet.neurons.map((neuron) =>
    neuron === validator ? { ...neuron, hotkey: validatorHotkey } : neuron,
  );
  return { ...subnet, neurons, validatorHotkey };
}

function defaultAxon(uid: number): string {
  return `8.8.${uid >> 8}.${uid & 255}:8091`;
}
