/**
 * What must hold before anything is read from a chain or signed for it. A signed extension that this library does not know
 * adds bytes of its own to an extrinsic and to what is signed; leaving them out gives a signature that means something else.
 */
import type { ApiPromise } from '@polkadot/api';
import { allExtensions } from '@polkadot/types/extrinsic/signedExtensions';
import type { ExtDef } from '@polkadot/types/extrinsic/signedExtensions/types';
import type { SiLookupTypeId } from '@polkadot/types/interfaces';
import { unusable } from './chain-failures.ts';

/** What every call path needs; what only newer chains have is looked up where it is used. */
const STORAGE_NEEDED = {
  timestamp: ['now'],
  system: ['events'],
  subtensorModule: [
    'blockAtRegistration',
    'commitRevealWeightsEnabled',
    'keys',
    'lastUpdate',
    'maxWeightsLimit',
    'minAllowedWeights',
    'networksAdded',
    'subnetOwnerHotkey',
    'subnetworkN',
    'tempo',
    'uids',
    'validatorPermit',
    'weights',
    'weightsSetRateLimit',
    'weightsVersionKey',
  ],
} as const;

/** The transaction format that extrinsics are made in. */
const EXTRINSIC_VERSION = 4;

/** @throws AssayError `chain_unusable` when the chain is another one than configured. */
export function requireGenesis(found: string, wanted: string | undefined, endpoint: string): void {
  if (wanted === undefined || found.toLowerCase() === wanted.toLowerCase()) return;
  throw unusable(
    `${endpoint} is of another chain: its genesis is ${found}, the configured network has ${wanted}; ` +
      'check chain.subtensor.network, endpoints and genesis_hash',
  );
}

/** What is looked at of a chain. */
export type GuardedRuntime = Pick<
  ApiPromise,
  'extrinsicVersion' | 'query' | 'registry' | 'runtimeMetadata' | 'runtimeVersion'
>;

/** @throws AssayError `chain_unusable` when the chain lacks what weights need, or extrinsics cannot be made for it safely. */
export function requireKnownRuntime(api: GuardedRuntime, endpoint: string): void {
  requireStorage(api, endpoint);
  requireFormat(api, endpoint);
  requireKnownExtensions(api, endpoint);
}

function requireStorage(api: GuardedRuntime, endpoint: string): void {
  const missing = Object.entries(STORAGE_NEEDED).flatMap(([pallet, names]) =>
    names
      .filter((name) => api.query[pallet]?.[name] === undefined)
      .map((name) => `${pallet}.${name}`),
  );
  if (missing.length === 0) return;
  const { specName, specVersion } = api.runtimeVersion;
  throw unusable(
    `${endpoint} runs ${specName} ${specVersion}, which has no ${missing.slice(0, 3).join(', ')}: ` +
      'it is no Subtensor chain, or one that this version of Assay does not know',
  );
}

function requireFormat(api: GuardedRuntime, endpoint: string): void {
  if (api.extrinsicVersion === EXTRINSIC_VERSION) return;
  throw unusable(
    `${endpoint} takes extrinsics of version ${api.extrinsicVersion} first, this version of Assay makes ${EXTRINSIC_VERSION}`,
  );
}

function requireKnownExtensions(api: GuardedRuntime, endpoint: string): void {
  const { lookup } = api.registry;
  const isEmpty = (type: SiLookupTypeId) => lookup.getTypeDef(type).type === 'Null';
  const loaded = extensionsOf(api)
    .filter(({ name }) => !Object.hasOwn(allExtensions, name))
    .filter(({ type, signedType }) => !isEmpty(type) || !isEmpty(signedType))
    .map(({ name }) => name);
  if (loaded.length === 0) return;
  throw unusable(
    `${endpoint} asks for the signed extension ${loaded.join(', ')}, which carries data that this version of Assay ` +
      'does not know: nothing is signed for it; a newer version of Assay is needed',
  );
}

interface SignedExtension {
  readonly name: string;
  /** What it adds to the extrinsic. */
  readonly type: SiLookupTypeId;
  /** What it adds only to what is signed. */
  readonly signedType: SiLookupTypeId;
}

/** From the metadata as it came: the library's conversion of older versions to 16 loses what is only signed. */
function extensionsOf({ runtimeMetadata }: GuardedRuntime): readonly SignedExtension[] {
  if (runtimeMetadata.version >= METADATA_WITH_TRANSACTION_EXTENSIONS) {
    return runtimeMetadata.asLatest.extrinsic.transactionExtensions.map(
      ({ identifier, type, implicit }) => ({
        name: identifier.toString(),
        type,
        signedType: implicit,
      }),
    );
  }
  return runtimeMetadata.asV15.extrinsic.signedExtensions.map(
    ({ identifier, type, additionalSigned }) => ({
      name: identifier.toString(),
      type,
      signedType: additionalSigned,
    }),
  );
}

const METADATA_WITH_TRANSACTION_EXTENSIONS = 16;

/** The chain's extensions that carry nothing, in the form in which the library takes them as known. */
export function emptyExtensions(): ExtDef {
  const names = ['SudoTransactionExtension', 'CheckShieldedTxValidity'];
  names.push('SubtensorTransactionExtension', 'DrandPriority');
  return Object.fromEntries(names.map((name) => [name, { extrinsic: {}, payload: {} }]));
}
