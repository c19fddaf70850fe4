/**
 * Which call gives the chain a vector. The chain decides: plain weights or commitments, and by its runtime's metadata which
 * of the calls there are. Commitments of runtimes that have a timelocked call name the hotkey in what they hide; older
 * ones do not.
 */
import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { AnyJson } from '@polkadot/types-codec/types';
import type { WeightIntent } from '../../actors/ports.ts';
import { present } from '../../lib/assert.ts';
import type { SubnetKey } from './metagraph-reading.ts';
import { safeInteger } from './storage-reading.ts';

/** The version of commit-reveal on chains from before it could be chosen. */
const LEGACY_COMMIT_REVEAL_VERSION = 3;

/** The version of timelocked commitments that name their hotkey. */
const TIMELOCKED_VERSION = 4;

/** The version of commitments that the chain asks for, from its `commitRevealWeightsVersion`. */
export function commitRevealVersion(stored: AnyJson | undefined): number {
  return stored === undefined ? LEGACY_COMMIT_REVEAL_VERSION : safeInteger(stored);
}

/** How a commitment of the version is made on this chain, or `undefined` when it cannot be. */
export function commitCallOf(
  api: ApiPromise,
  { mecid, version }: { readonly mecid: number; readonly version: number },
): CommitForm | undefined {
  return FORMS.find(
    (form) =>
      form.version === version && (form.hasMechanism || mecid === 0) && has(api, form.method),
  );
}

/** One of the chain's calls that take a commitment. */
export interface CommitForm {
  readonly method: string;
  readonly version: number;
  readonly hasMechanism: boolean;
  readonly payloadForm: 'hotkey' | 'legacy';
}

const FORMS: readonly CommitForm[] = [
  {
    method: 'commitTimelockedMechanismWeights',
    version: TIMELOCKED_VERSION,
    hasMechanism: true,
    payloadForm: 'hotkey',
  },
  {
    method: 'commitTimelockedWeights',
    version: TIMELOCKED_VERSION,
    hasMechanism: false,
    payloadForm: 'hotkey',
  },
  {
    method: 'commitCrv3Weights',
    version: LEGACY_COMMIT_REVEAL_VERSION,
    hasMechanism: false,
    payloadForm: 'legacy',
  },
];

/** What a commitment call is made of. */
interface CommitArguments {
  readonly commit: Uint8Array;
  readonly revealRound: number;
}

export function commitExtrinsic(
  api: ApiPromise,
  { form, key }: { readonly form: CommitForm; readonly key: SubnetKey },
  { commit, revealRound }: CommitArguments,
): SubmittableExtrinsic<'promise'> {
  const target = form.hasMechanism ? [key.netuid, key.mecid] : [key.netuid];
  const version = form.payloadForm === 'legacy' ? [] : [form.version];
  // As bytes with their length: without it the library takes them for an encoded byte string.
  const bytes = api.registry.createType('Bytes', [...commit]);
  return call(api, form.method)(...target, bytes, revealRound, ...version);
}

export function plainExtrinsic(
  api: ApiPromise,
  { netuid, mecid }: SubnetKey,
  { vector, versionKey }: WeightIntent,
): SubmittableExtrinsic<'promise'> {
  const entries = [[...vector.uids], [...vector.weights], versionKey];
  return mecid === 0
    ? call(api, 'setWeights')(netuid, ...entries)
    : call(api, 'setMechanismWeights')(netuid, mecid, ...entries);
}

/** Whether the chain can be given plain weights for the mechanism. */
export function hasPlainCall(api: ApiPromise, { mecid }: Pick<SubnetKey, 'mecid'>): boolean {
  return has(api, mecid === 0 ? 'setWeights' : 'setMechanismWeights');
}

/** The chain's own name of a call: `set_weights`. */
export function chainName(method: string): string {
  return method.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function has(api: ApiPromise, method: string): boolean {
  return api.tx.subtensorModule?.[method] !== undefined;
}

function call(api: ApiPromise, method: string) {
  return present(api.tx.subtensorModule?.[method], `the chain has the call ${method}`);
}
