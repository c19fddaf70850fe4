import { PortableTypes, type Variant } from './portable-types.ts';

/** The fields of `SelectiveMetagraph` that the small metadata has, in mainnet's order. */
const SELECTIVE_METAGRAPH = [
  'netuid: Compact<u16>',
  'owner_hotkey: Option<AccountId32>',
  'owner_coldkey: Option<AccountId32>',
  'block: Option<Compact<u64>>',
  'tempo: Option<Compact<u16>>',
  'last_step: Option<Compact<u64>>',
  'blocks_since_last_step: Option<Compact<u64>>',
  'min_allowed_weights: Option<Compact<u16>>',
  'max_weights_limit: Option<Compact<u16>>',
  'weights_version: Option<Compact<u64>>',
  'weights_rate_limit: Option<Compact<u64>>',
  'activity_cutoff: Option<Compact<u64>>',
  'num_uids: Option<Compact<u16>>',
  'max_uids: Option<Compact<u16>>',
  'commit_reveal_weights_enabled: Option<bool>',
  'commit_reveal_period: Option<Compact<u64>>',
  'hotkeys: Option<Vec<AccountId32>>',
  'coldkeys: Option<Vec<AccountId32>>',
  'axons: Option<Vec<AxonInfo>>',
  'active: Option<Vec<bool>>',
  'validator_permit: Option<Vec<bool>>',
  'last_update: Option<Vec<Compact<u64>>>',
  'block_at_registration: Option<Vec<Compact<u64>>>',
  'alpha_stake: Option<Vec<Compact<u64>>>',
  'tao_stake: Option<Vec<Compact<u64>>>',
  'total_stake: Option<Vec<Compact<u64>>>',
].join(', ');

/** The types that calls, events and storage name, without the enumerations over all pallets. */
export function runtimeTypes(): PortableTypes {
  const types = new PortableTypes();
  types.composite('sp_core::crypto::AccountId32', '[u8;32]');
  types.composite('primitive_types::H256', '[u8;32]');
  declareDispatch(types);
  declareAccounts(types);
  types.composite(
    'sp_version::RuntimeVersion',
    'spec_name: str, impl_name: str, authoring_version: u32, spec_version: u32, impl_version: u32, apis: Vec<([u8;8],u32)>, transaction_version: u32, system_version: u8',
  );
  types.composite(
    'pallet_drand::types::Pulse',
    'round: u64, randomness: Vec<u8>, signature: Vec<u8>',
  );
  types.composite(
    'pallet_subtensor::pallet::AxonInfo',
    'block: u64, version: u32, ip: u128, port: u16, ip_type: u8, protocol: u8, placeholder1: u8, placeholder2: u8',
  );
  types.composite('pallet_subtensor::rpc_info::metagraph::SelectiveMetagraph', SELECTIVE_METAGRAPH);
  return types;
}

function declareDispatch(types: PortableTypes): void {
  types.composite(
    'sp_weights::weight_v2::Weight',
    'ref_time: Compact<u64>, proof_size: Compact<u64>',
  );
  types.variant('frame_support::dispatch::DispatchClass', [
    { name: 'Normal', index: 0 },
    { name: 'Operational', index: 1 },
    { name: 'Mandatory', index: 2 },
  ]);
  types.variant('frame_support::dispatch::Pays', [
    { name: 'Yes', index: 0 },
    { name: 'No', index: 1 },
  ]);
  types.composite(
    'frame_system::DispatchEventInfo',
    'weight: Weight, class: DispatchClass, pays_fee: Pays',
  );
  types.composite('sp_runtime::ModuleError', 'index: u8, error: [u8;4]');
  types.variant('sp_runtime::DispatchError', [
    { name: 'Other', index: 0 },
    { name: 'CannotLookup', index: 1 },
    { name: 'BadOrigin', index: 2 },
    { name: 'Module', index: 3, fields: 'ModuleError' },
    { name: 'NoProviders', index: 5 },
    { name: 'Exhausted', index: 10 },
  ]);
  types.variant('frame_system::Phase', [
    { name: 'ApplyExtrinsic', index: 0, fields: 'u32' },
    { name: 'Finalization', index: 1 },
    { name: 'Initialization', index: 2 },
  ]);
}

function declareAccounts(types: PortableTypes): void {
  types.composite(
    'pallet_balances::types::AccountData',
    'free: u64, reserved: u64, frozen: u64, flags: u128',
  );
  types.composite(
    'frame_system::AccountInfo',
    'nonce: u32, consumers: u32, providers: u32, sufficients: u32, data: AccountData',
  );
  types.variant(
    'sp_runtime::multiaddress::MultiAddress',
    [
      { name: 'Id', index: 0, fields: 'AccountId32' },
      { name: 'Index', index: 1, fields: '()' },
      { name: 'Raw', index: 2, fields: 'Vec<u8>' },
      { name: 'Address32', index: 3, fields: '[u8;32]' },
      { name: 'Address20', index: 4, fields: '[u8;20]' },
    ],
    'AccountId: AccountId32, AccountIndex: ()',
  );
  types.variant('sp_runtime::MultiSignature', [
    { name: 'Ed25519', index: 0, fields: '[u8;64]' },
    { name: 'Sr25519', index: 1, fields: '[u8;64]' },
    { name: 'Ecdsa', index: 2, fields: '[u8;65]' },
  ]);
  types.variant('sp_runtime::generic::era::Era', eraVariants());
}

/** One variant for each value of an era's first byte. */
function eraVariants(): readonly Variant[] {
  const mortal = Array.from({ length: 255 }, (_, index) => ({
    name: `Mortal${index + 1}`,
    index: index + 1,
    fields: 'u8',
  }));
  return [{ name: 'Immortal', index: 0 }, ...mortal];
}
