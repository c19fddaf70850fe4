/** A metadata of our own, version 15, with the part of Subtensor that validators meet. */
import { TypeRegistry } from '@polkadot/types';
import { hexToU8a, u8aConcat } from '@polkadot/util';
import { blake2AsHex } from '@polkadot/util-crypto';
import {
  DRAND_PALLET,
  type Pallet,
  type StorageItem,
  subtensorPallet,
  systemPallet,
  TIMESTAMP_PALLET,
} from './pallets.ts';
import { type PortableTypes, topLevelParts, type Variant } from './portable-types.ts';
import { runtimeTypes } from './runtime-types.ts';

export interface MetadataOptions {
  readonly specName?: string;
  readonly specVersion?: number;
  /** Moves every call, event and error of the Subtensor pallet. */
  readonly indexShift?: number;
  /** Names a further signed extension, which no library knows, that puts a number into every extrinsic. */
  readonly dataExtension?: string;
}

/** SCALE of `meta`, which begins every metadata. */
const MAGIC = '0x6d657461';
const VERSION = 15;

const RUNTIME_APIS: readonly (readonly [name: string, version: number])[] = [
  ['Core', 5],
  ['Metadata', 2],
  ['AccountNonceApi', 1],
  ['SubnetInfoRuntimeApi', 1],
];

/** Identifier, type within the extrinsic, type within the signed payload only. */
const EXTENSIONS: readonly (readonly [identifier: string, type: string, implicit: string])[] = [
  ['CheckNonZeroSender', '()', '()'],
  ['CheckSpecVersion', '()', 'u32'],
  ['CheckTxVersion', '()', 'u32'],
  ['CheckGenesis', '()', 'H256'],
  ['CheckMortality', 'Era', 'H256'],
  ['CheckNonce', 'Compact<u32>', '()'],
  ['CheckWeight', '()', '()'],
  ['ChargeTransactionPayment', 'Compact<u64>', '()'],
  ['SudoTransactionExtension', '()', '()'],
  ['CheckShieldedTxValidity', '()', '()'],
  ['SubtensorTransactionExtension', '()', '()'],
  ['DrandPriority', '()', '()'],
  ['CheckMetadataHash', 'Mode', 'Option<[u8;32]>'],
];

const encoded = new Map<string, Uint8Array>();

/** The SCALE bytes; encoded once in a process for the same options. */
export function subtensorMetadata(options: MetadataOptions = {}): Uint8Array {
  const key = JSON.stringify(options);
  const known = encoded.get(key) ?? encode(options);
  encoded.set(key, known);
  return known;
}

function encode(options: MetadataOptions): Uint8Array {
  const { indexShift = 0, dataExtension } = options;
  const registry = new TypeRegistry();
  const types = runtimeTypes();
  const pallets = [
    systemPallet(versionOf(registry, options)),
    TIMESTAMP_PALLET,
    subtensorPallet(indexShift),
    DRAND_PALLET,
  ];
  const declared = pallets.map((pallet) => palletMetadata(types, pallet));
  const outerEnums = outerEnumsOf(types, pallets);
  types.composite(
    'frame_system::EventRecord',
    'phase: Phase, event: RuntimeEvent, topics: Vec<H256>',
    'E: RuntimeEvent, T: H256',
  );
  const metadata = {
    pallets: declared.map((complete) => complete()),
    extrinsic: extrinsicMetadata(types, dataExtension),
    type: types.id('()'),
    apis: runtimeApis(types),
    outerEnums,
    custom: { map: {} },
    lookup: { types: types.types },
  };
  const body = registry.createType('MetadataV15', metadata).toU8a();
  return u8aConcat(hexToU8a(MAGIC), Uint8Array.of(VERSION), body);
}

function versionOf(
  registry: TypeRegistry,
  { specName = 'node-subtensor', specVersion = 424 }: MetadataOptions,
): string {
  const version = {
    specName,
    implName: specName,
    authoringVersion: 1,
    specVersion,
    implVersion: 1,
    apis: RUNTIME_APIS.map(([name, api]) => [blake2AsHex(name, 64), api]),
    transactionVersion: 1,
    stateVersion: 1,
  };
  return registry.createType('RuntimeVersion', version).toHex();
}

/** Declares the pallet's enumerations; storage is completed later, because events name them. */
function palletMetadata(types: PortableTypes, pallet: Pallet) {
  const crate = `pallet_${pallet.name.toLowerCase()}::pallet`;
  const enumeration = (kind: string, variants: readonly Variant[] | undefined) =>
    variants === undefined
      ? null
      : { type: types.variant(`${crate}::${pallet.name}${kind}`, variants) };
  const { name, index, constants = [] } = pallet;
  const enumerations = {
    calls: enumeration('Call', pallet.calls),
    events: enumeration('Event', pallet.events),
    errors: enumeration('Error', pallet.errors),
  };
  return () => ({
    name,
    index,
    ...enumerations,
    storage: { prefix: name, items: pallet.storage.map((item) => storageMetadata(types, item)) },
    constants: constants.map((constant) => ({
      ...constant,
      type: types.id(constant.type),
      docs: [],
    })),
    docs: [],
  });
}

function storageMetadata(types: PortableTypes, { name, keys, value, fallback }: StorageItem) {
  return {
    name,
    modifier: fallback === undefined ? 'Optional' : 'Default',
    type: storageType(types, keys, value),
    fallback: fallback ?? '0x00',
    docs: [],
  };
}

function storageType(types: PortableTypes, keys: string | undefined, value: string) {
  if (keys === undefined) return { Plain: types.id(value) };
  const parts = topLevelParts(keys).map((part) => part.split(' '));
  const keyTypes = parts.map(([, type]) => type);
  return {
    Map: {
      hashers: parts.map(([hasher]) => hasher),
      key: types.id(keyTypes.length === 1 ? (keyTypes[0] ?? '') : `(${keyTypes.join(',')})`),
      value: types.id(value),
    },
  };
}

function outerEnumsOf(types: PortableTypes, pallets: readonly Pallet[]) {
  const outer = (kind: 'Call' | 'Event' | 'Error', member: 'calls' | 'events' | 'errors') =>
    types.variant(
      `node_subtensor_runtime::Runtime${kind}`,
      pallets
        .filter((pallet) => pallet[member] !== undefined)
        .map(({ name, index }) => ({ name, index, fields: `${name}${kind}` })),
    );
  return {
    callType: outer('Call', 'calls'),
    eventType: outer('Event', 'events'),
    errorType: outer('Error', 'errors'),
  };
}

function extrinsicMetadata(types: PortableTypes, dataExtension: string | undefined) {
  types.variant('frame_metadata_hash_extension::Mode', [
    { name: 'Disabled', index: 0 },
    { name: 'Enabled', index: 1 },
  ]);
  const extensions: typeof EXTENSIONS =
    dataExtension === undefined ? EXTENSIONS : [...EXTENSIONS, [dataExtension, 'u32', '()']];
  const extra = `(${extensions.map(([, type]) => type).join(',')})`;
  types.composite(
    'sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic',
    'Vec<u8>',
    `Address: MultiAddress, Call: RuntimeCall, Signature: MultiSignature, Extra: ${extra}`,
  );
  return {
    version: 4,
    addressType: types.id('MultiAddress'),
    callType: types.id('RuntimeCall'),
    signatureType: types.id('MultiSignature'),
    extraType: types.id(extra),
    signedExtensions: extensions.map(([identifier, type, implicit]) => ({
      identifier,
      type: types.id(type),
      additionalSigned: types.id(implicit),
    })),
  };
}

function runtimeApis(types: PortableTypes) {
  const method = (name: string, inputs: string, output: string) => ({
    name,
    inputs: topLevelParts(inputs).map((input) => {
      const [parameter, type = ''] = input.split(': ');
      return { name: parameter, type: types.id(type) };
    }),
    output: types.id(output),
    docs: [],
  });
  const methods: Readonly<Record<string, readonly ReturnType<typeof method>[]>> = {
    Core: [method('version', '', 'RuntimeVersion')],
    Metadata: [
      method('metadata_at_version', 'version: u32', 'Option<Vec<u8>>'),
      method('metadata_versions', '', 'Vec<u32>'),
    ],
    AccountNonceApi: [method('account_nonce', 'account: AccountId32', 'u32')],
    SubnetInfoRuntimeApi: [
      method(
        'get_selective_metagraph',
        'netuid: u16, metagraph_indexes: Vec<u16>',
        'Option<SelectiveMetagraph>',
      ),
      method(
        'get_selective_mechagraph',
        'netuid: u16, subid: u8, metagraph_indexes: Vec<u16>',
        'Option<SelectiveMetagraph>',
      ),
      method('get_next_epoch_start_block', 'netuid: u16', 'Option<u64>'),
    ],
  };
  return RUNTIME_APIS.map(([name]) => ({ name, methods: methods[name] ?? [], docs: [] }));
}
