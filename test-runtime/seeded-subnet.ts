import { Keyring } from '@polkadot/keyring';
import type { KeyringPair } from '@polkadot/keyring/types';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { RuntimeChain, type StorageEntry } from './runtime-chain.ts';

export const NETUID = 2;
/** The subnet's keys by UID: its owner, our validator, a validator beside it, and miners. */
export const OWNER_UID = 0;
export const VALIDATOR_UID = 1;
/** A miner that can be reached at 8.8.4.4:8091. */
export const AXON_UID = 3;
export const NEURON_COUNT = 7;
export const TEMPO_BLOCKS = 12;
export const VERSION_KEY = 3;
/** In rao, as stake is counted; what the validators have is twice what the chain asks for. */
export const STAKE_THRESHOLD = 1_000_000_000_000n;
/** Of every neuron, and until weights are set also the block of its last update: block 0 would count as never. */
export const REGISTERED_AT_BLOCK = 1;

/** Rules that a test may change, with those that everything else runs under. */
export interface SubnetRules {
  readonly tempo: number;
  readonly minAllowedWeights: number;
  readonly maxWeightsLimit: number;
  readonly weightsVersionKey: number;
  readonly weightsSetRateLimit: number;
  readonly commitRevealWeightsEnabled: boolean;
  readonly revealPeriodEpochs: number;
  readonly validatorPermit: readonly boolean[];
  readonly stakeThreshold: bigint;
  readonly commitRevealWeightsVersion: number;
}

const CHAIN_WIDE: readonly string[] = ['stakeThreshold', 'commitRevealWeightsVersion'];

const RULES: SubnetRules = {
  tempo: TEMPO_BLOCKS,
  minAllowedWeights: 1,
  maxWeightsLimit: 65_535,
  weightsVersionKey: VERSION_KEY,
  weightsSetRateLimit: 0,
  commitRevealWeightsEnabled: false,
  revealPeriodEpochs: 1,
  validatorPermit: Array.from({ length: NEURON_COUNT }, (_, uid) => isValidator(uid)),
  stakeThreshold: STAKE_THRESHOLD,
  commitRevealWeightsVersion: 4,
};

const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });

/** The key pair of a UID, and of the coldkey that owns all of them. */
export function hotkeyPair(uid: number): KeyringPair {
  return keyring.addFromUri(`//subnet//hotkey//${uid}`);
}

export function strangerPair(): KeyringPair {
  return keyring.addFromUri('//stranger');
}

/** A chain of the runtime that the tests are run with, and the subnet on it. */
export async function seededChain(): Promise<RuntimeChain> {
  const path = process.env.SUBTENSOR_RUNTIME;
  if (path === undefined) throw new Error('SUBTENSOR_RUNTIME names no runtime');
  await cryptoWaitReady();
  const chain = await RuntimeChain.boot(path);
  await seedSubnet(chain);
  await chain.makeBlock();
  console.log(`the runtime is ${chain.runtimeText}`);
  return chain;
}

/** A subnet of seven neurons, two of which are validators with stake and a permit. */
async function seedSubnet(chain: RuntimeChain): Promise<void> {
  const coldkey = keyring.addFromUri('//subnet//coldkey').address;
  const uids = Array.from({ length: NEURON_COUNT }, (_, uid) => uid);
  await chain.write([
    ...subnet(coldkey),
    ...columns(uids),
    ...rules(RULES),
    ...uids.flatMap((uid) => neuron(uid, coldkey)),
    axon(),
    ...uids.filter(isValidator).flatMap((uid) => stake(uid, coldkey)),
    ...epochs(),
  ]);
}

/** Puts the subnet's rules back to what they were, but for the changes. */
export async function resetSubnet(
  chain: RuntimeChain,
  changes: Partial<SubnetRules> = {},
): Promise<void> {
  await chain.write(rules({ ...RULES, ...changes }));
}

/** One storage item of the chain's own pallet. */
function subtensor(item: string, keys: readonly unknown[], value: unknown): StorageEntry {
  return { pallet: 'subtensorModule', item, keys, value };
}

function isValidator(uid: number): boolean {
  return uid === VALIDATOR_UID || uid === VALIDATOR_UID + 1;
}

function rules(changes: SubnetRules): StorageEntry[] {
  return Object.entries(changes).map(([item, value]) =>
    subtensor(item, CHAIN_WIDE.includes(item) ? [] : [NETUID], value),
  );
}

function subnet(coldkey: string): StorageEntry[] {
  return [
    subtensor('networksAdded', [NETUID], true),
    subtensor('totalNetworks', [], 3),
    subtensor('subnetworkN', [NETUID], NEURON_COUNT),
    subtensor('maxAllowedUids', [NETUID], 256),
    subtensor('maxAllowedValidators', [NETUID], 64),
    subtensor('subnetMechanism', [NETUID], 1),
    subtensor('subnetOwner', [NETUID], coldkey),
    subtensor('subnetOwnerHotkey', [NETUID], hotkeyPair(OWNER_UID).address),
    subtensor('subnetTAO', [NETUID], 10_000_000_000_000n),
    subtensor('subnetAlphaIn', [NETUID], 10_000_000_000_000n),
    subtensor('subnetAlphaOut', [NETUID], 10_000_000_000_000n),
  ];
}

function columns(uids: readonly number[]): StorageEntry[] {
  const zeros = uids.map(() => 0);
  return [
    ...['rank', 'trust', 'emission', 'consensus', 'incentive', 'dividends'].map((item) =>
      subtensor(item, [NETUID], zeros),
    ),
    ...['pruningScores', 'validatorTrust'].map((item) => subtensor(item, [NETUID], zeros)),
    subtensor(
      'active',
      [NETUID],
      uids.map(() => true),
    ),
    subtensor(
      'lastUpdate',
      [NETUID],
      uids.map(() => REGISTERED_AT_BLOCK),
    ),
  ];
}

function neuron(uid: number, coldkey: string): StorageEntry[] {
  const { address } = hotkeyPair(uid);
  return [
    subtensor('keys', [NETUID, uid], address),
    subtensor('uids', [NETUID, address], uid),
    subtensor('isNetworkMember', [address, NETUID], true),
    subtensor('blockAtRegistration', [NETUID, uid], REGISTERED_AT_BLOCK),
    subtensor('owner', [address], coldkey),
  ];
}

/** One miner announces where it can be reached. */
function axon(): StorageEntry {
  const [ip, port] = [0x08_08_04_04, 8_091];
  const value = { block: 1, version: 1, ip, port, ipType: 4, protocol: 4 };
  return subtensor('axons', [NETUID, hotkeyPair(AXON_UID).address], value);
}

/** Without stake the next epoch would take the permit away. */
function stake(uid: number, coldkey: string): StorageEntry[] {
  const { address } = hotkeyPair(uid);
  const alpha = 2n * STAKE_THRESHOLD;
  return [
    subtensor('totalHotkeyAlpha', [address, NETUID], alpha),
    subtensor('totalHotkeyShares', [address, NETUID], { bits: alpha << 64n }),
    subtensor('totalHotkeySharesV2', [address, NETUID], { mantissa: alpha, exponent: 0 }),
    subtensor('alpha', [address, coldkey, NETUID], { bits: alpha << 64n }),
    subtensor('alphaV2', [address, coldkey, NETUID], { mantissa: alpha, exponent: 0 }),
  ];
}

/** A runtime that counts its epochs instead of computing them has counted some: nothing is revealed in the first two. */
function epochs(): StorageEntry[] {
  return [
    subtensor('lastEpochBlock', [NETUID], REGISTERED_AT_BLOCK),
    subtensor('subnetEpochIndex', [NETUID], 5),
  ];
}
