/**
 * The part of Subtensor that validators meet, by the names, indices, hashers and defaults that mainnet has under
 * specification version 424.
 */
import type { Variant } from './portable-types.ts';

export interface StorageItem {
  readonly name: string;
  /** `Hasher type` for each key of a map; absent for a single value. */
  readonly keys?: string;
  readonly value: string;
  /** SCALE of the value that stands for absence; without it the value is optional. */
  readonly fallback?: string;
}

export interface Pallet {
  readonly name: string;
  readonly index: number;
  readonly calls?: readonly Variant[];
  readonly events?: readonly Variant[];
  readonly errors?: readonly Variant[];
  readonly constants?: readonly {
    readonly name: string;
    readonly type: string;
    readonly value: string;
  }[];
  readonly storage: readonly StorageItem[];
}

const ZERO_ACCOUNT = `0x${'00'.repeat(32)}`;
const EMPTY = '0x00';

const SYSTEM_EVENTS: readonly Variant[] = [
  { name: 'ExtrinsicSuccess', index: 0, fields: 'dispatch_info: DispatchEventInfo' },
  {
    name: 'ExtrinsicFailed',
    index: 1,
    fields: 'dispatch_error: DispatchError, dispatch_info: DispatchEventInfo',
  },
  { name: 'CodeUpdated', index: 2 },
];

/** @param version SCALE of the runtime's version. */
export function systemPallet(version: string): Pallet {
  return {
    name: 'System',
    index: 0,
    calls: [{ name: 'remark', index: 0, fields: 'remark: Vec<u8>' }],
    events: SYSTEM_EVENTS,
    errors: [
      { name: 'InvalidSpecName', index: 0 },
      { name: 'CallFiltered', index: 5 },
    ],
    constants: [
      { name: 'BlockHashCount', type: 'u32', value: unsigned(2_400, 4) },
      { name: 'Version', type: 'RuntimeVersion', value: version },
      { name: 'SS58Prefix', type: 'u16', value: unsigned(42, 2) },
    ],
    storage: [
      {
        name: 'Account',
        keys: 'Blake2_128Concat AccountId32',
        value: 'AccountInfo',
        fallback: `0x${'00'.repeat(56)}`,
      },
      { name: 'BlockHash', keys: 'Twox64Concat u32', value: 'H256', fallback: ZERO_ACCOUNT },
      { name: 'Number', value: 'u32', fallback: unsigned(0, 4) },
      { name: 'ParentHash', value: 'H256', fallback: ZERO_ACCOUNT },
      { name: 'Events', value: 'Vec<EventRecord>', fallback: EMPTY },
    ],
  };
}

export const TIMESTAMP_PALLET: Pallet = {
  name: 'Timestamp',
  index: 2,
  calls: [{ name: 'set', index: 0, fields: 'now: Compact<u64>' }],
  constants: [{ name: 'MinimumPeriod', type: 'u64', value: unsigned(6_000, 8) }],
  storage: [{ name: 'Now', value: 'u64', fallback: unsigned(0, 8) }],
};

export const DRAND_PALLET: Pallet = {
  name: 'Drand',
  index: 26,
  storage: [
    { name: 'Pulses', keys: 'Blake2_128Concat u64', value: 'Pulse' },
    { name: 'LastStoredRound', value: 'u64', fallback: unsigned(0, 8) },
    { name: 'OldestStoredRound', value: 'u64', fallback: unsigned(0, 8) },
  ],
};

/** @param indexShift moves every call, event and error, as a runtime that adds one in front does. */
export function subtensorPallet(indexShift: number): Pallet {
  const shifted = (variants: readonly Variant[]) =>
    variants.map((variant) => ({ ...variant, index: variant.index + indexShift }));
  return {
    name: 'SubtensorModule',
    index: 7,
    calls: shifted(SUBTENSOR_CALLS),
    events: shifted(SUBTENSOR_EVENTS),
    errors: shifted(SUBTENSOR_ERRORS),
    storage: SUBTENSOR_STORAGE,
  };
}

const SUBTENSOR_CALLS: readonly Variant[] = [
  {
    name: 'set_weights',
    index: 0,
    fields: 'netuid: u16, dests: Vec<u16>, weights: Vec<u16>, version_key: u64',
  },
  { name: 'commit_weights', index: 96, fields: 'netuid: u16, commit_hash: H256' },
  {
    name: 'commit_timelocked_weights',
    index: 113,
    fields: 'netuid: u16, commit: Vec<u8>, reveal_round: u64, commit_reveal_version: u16',
  },
  {
    name: 'commit_timelocked_mechanism_weights',
    index: 118,
    fields:
      'netuid: u16, mecid: u8, commit: Vec<u8>, reveal_round: u64, commit_reveal_version: u16',
  },
  {
    name: 'set_mechanism_weights',
    index: 119,
    fields: 'netuid: u16, mecid: u8, dests: Vec<u16>, weights: Vec<u16>, version_key: u64',
  },
];

const SUBTENSOR_EVENTS: readonly Variant[] = [
  { name: 'WeightsSet', index: 5, fields: 'u16, u16' },
  { name: 'WeightsSetRateLimitSet', index: 22, fields: 'u16, u64' },
  { name: 'CommitRevealEnabled', index: 101, fields: 'u16, bool' },
  { name: 'CommitRevealVersionSet', index: 106, fields: 'u16' },
  { name: 'TimelockedWeightsCommitted', index: 107, fields: 'AccountId32, u16, H256, u64' },
  { name: 'TimelockedWeightsRevealed', index: 108, fields: 'u16, AccountId32' },
];

const SUBTENSOR_ERRORS: readonly Variant[] = [
  { name: 'HotKeyNotRegisteredInSubNet', index: 4 },
  { name: 'NotEnoughStakeToSetWeights', index: 10 },
  { name: 'NeuronNoValidatorPermit', index: 15 },
  { name: 'WeightVecNotEqualSize', index: 16 },
  { name: 'DuplicateUids', index: 17 },
  { name: 'UidVecContainInvalidOne', index: 18 },
  { name: 'WeightVecLengthIsLow', index: 19 },
  { name: 'MaxWeightExceeded', index: 27 },
  { name: 'SettingWeightsTooFast', index: 29 },
  { name: 'IncorrectWeightVersionKey', index: 30 },
  { name: 'UidsLengthExceedUidsInSubNet', index: 32 },
  { name: 'CanNotSetRootNetworkWeights', index: 47 },
  { name: 'CommitRevealEnabled', index: 53 },
  { name: 'CommitRevealDisabled', index: 54 },
  { name: 'MechanismDoesNotExist', index: 74 },
  { name: 'TooManyUnrevealedCommits', index: 77 },
  { name: 'CommittingWeightsTooFast', index: 81 },
  { name: 'IncorrectCommitRevealVersion', index: 110 },
  { name: 'InvalidRevealRound', index: 111 },
];

function bySubnet(name: string, value: string, fallback: string): StorageItem {
  return { name, keys: 'Identity u16', value, fallback };
}

const SUBTENSOR_STORAGE: readonly StorageItem[] = [
  { name: 'TaoWeight', value: 'u64', fallback: '0xfc62e03efa3c7c0d' },
  { name: 'StakeThreshold', value: 'u64', fallback: unsigned(0, 8) },
  { name: 'CommitRevealWeightsVersion', value: 'u16', fallback: unsigned(4, 2) },
  {
    name: 'Owner',
    keys: 'Blake2_128Concat AccountId32',
    value: 'AccountId32',
    fallback: ZERO_ACCOUNT,
  },
  bySubnet('NetworksAdded', 'bool', EMPTY),
  bySubnet('SubnetOwner', 'AccountId32', ZERO_ACCOUNT),
  bySubnet('SubnetOwnerHotkey', 'AccountId32', ZERO_ACCOUNT),
  bySubnet('SubnetworkN', 'u16', unsigned(0, 2)),
  bySubnet('MaxAllowedUids', 'u16', unsigned(256, 2)),
  bySubnet('Tempo', 'u16', unsigned(360, 2)),
  bySubnet('MinAllowedWeights', 'u16', unsigned(1_024, 2)),
  bySubnet('MaxWeightsLimit', 'u16', unsigned(65_535, 2)),
  bySubnet('WeightsVersionKey', 'u64', unsigned(0, 8)),
  bySubnet('WeightsSetRateLimit', 'u64', unsigned(100, 8)),
  bySubnet('CommitRevealWeightsEnabled', 'bool', '0x01'),
  bySubnet('LastEpochBlock', 'u64', unsigned(0, 8)),
  bySubnet('PendingEpochAt', 'u64', unsigned(0, 8)),
  bySubnet('SubnetEpochIndex', 'u64', unsigned(0, 8)),
  bySubnet('BlocksSinceLastStep', 'u64', unsigned(0, 8)),
  bySubnet('ValidatorPermit', 'Vec<bool>', EMPTY),
  bySubnet('Active', 'Vec<bool>', EMPTY),
  bySubnet('LastUpdate', 'Vec<u64>', EMPTY),
  {
    name: 'RevealPeriodEpochs',
    keys: 'Twox64Concat u16',
    value: 'u64',
    fallback: unsigned(1, 8),
  },
  {
    name: 'MechanismCountCurrent',
    keys: 'Twox64Concat u16',
    value: 'u8',
    fallback: unsigned(1, 1),
  },
  { name: 'Uids', keys: 'Identity u16, Blake2_128Concat AccountId32', value: 'u16' },
  { name: 'Axons', keys: 'Identity u16, Blake2_128Concat AccountId32', value: 'AxonInfo' },
  {
    name: 'Keys',
    keys: 'Identity u16, Identity u16',
    value: 'AccountId32',
    fallback: ZERO_ACCOUNT,
  },
  {
    name: 'BlockAtRegistration',
    keys: 'Identity u16, Identity u16',
    value: 'u64',
    fallback: unsigned(0, 8),
  },
  {
    name: 'Weights',
    keys: 'Identity u16, Identity u16',
    value: 'Vec<(u16,u16)>',
    fallback: EMPTY,
  },
  {
    name: 'TimelockedWeightCommits',
    keys: 'Twox64Concat u16, Twox64Concat u64',
    value: 'Vec<(AccountId32,u64,Vec<u8>,u64)>',
    fallback: EMPTY,
  },
];

/** Little-endian, hexadecimal. */
function unsigned(value: number, bytes: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return `0x${buffer.subarray(0, bytes).toString('hex')}`;
}
