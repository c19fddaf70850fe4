import type { ApiPromise } from '@polkadot/api';
import type { QueryableStorageEntry } from '@polkadot/api/types';
import type { AnyJson, Codec } from '@polkadot/types-codec/types';
import { hexToU8a } from '@polkadot/util';
import type { AssayError } from '../../domain/errors.ts';
import { present } from '../../lib/assert.ts';
import { unreachable } from './chain-failures.ts';
import type { SubtensorNode } from './subtensor-node.ts';

/** One value of the chain's storage, by the names that polkadot.js gives it. */
export interface StorageQuery {
  readonly pallet: string;
  readonly name: string;
  readonly args?: readonly unknown[];
}

type Entry = QueryableStorageEntry<'promise'>;

/** What decodes the storage of one runtime. */
export type StorageDecoder = Pick<ApiPromise, 'query' | 'registry'>;

/** Values that one request asks for at most: a metagraph of 256 UIDs takes two. */
const KEYS_PER_REQUEST = 500;

/** A query of SubtensorModule. */
export function subtensor(name: string, ...args: readonly unknown[]): StorageQuery {
  return { pallet: 'subtensorModule', name, args };
}

/** Whether the chain's runtime has such a value. */
export function hasStorage(api: ApiPromise, { pallet, name }: StorageQuery): boolean {
  return entryOf(api, pallet, name) !== undefined;
}

/**
 * Values at one block as JSON, in the order of the queries: the chain's default where nothing is stored, `undefined` where
 * there is no default either or the runtime has no such value.
 *
 * @throws AssayError `chain_unreachable`; `RpcError` when the node has no state of that block any more.
 */
export async function readStorage(
  node: Pick<SubtensorNode, 'api' | 'request'>,
  hash: string,
  queries: readonly StorageQuery[],
): Promise<readonly (AnyJson | undefined)[]> {
  const wanted = queries.map(({ pallet, name, args = [] }) => {
    const entry = entryOf(node.api, pallet, name);
    return entry === undefined ? undefined : { entry, key: entry.key(...args) };
  });
  const keys = wanted.flatMap((item) => (item === undefined ? [] : [item.key]));
  const raw = await rawValues(node, hash, keys);
  return wanted.map((item) => item && decoded(node.api, item.entry, raw.get(item.key)));
}

function entryOf(api: StorageDecoder, pallet: string, name: string): Entry | undefined {
  return api.query[pallet]?.[name];
}

async function rawValues(
  node: Pick<SubtensorNode, 'request'>,
  hash: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const parts: (readonly string[])[] = [];
  for (let from = 0; from < keys.length; from += KEYS_PER_REQUEST) {
    parts.push(keys.slice(from, from + KEYS_PER_REQUEST));
  }
  const answers = await Promise.all(
    parts.map((part) => node.request<ChangeSet[]>('state_queryStorageAt', [part, hash])),
  );
  return new Map(answers.flat().flatMap(({ changes }) => changes));
}

interface ChangeSet {
  readonly changes: readonly (readonly [key: string, value: string | null])[];
}

function decoded(
  api: ApiPromise,
  entry: Entry,
  raw: string | null | undefined,
): AnyJson | undefined {
  const { modifier, fallback } = entry.creator.meta;
  if ((raw === null || raw === undefined) && modifier.isOptional) return undefined;
  return codecOf(api, entry, raw ?? fallback.toHex()).toJSON();
}

function codecOf(api: StorageDecoder, entry: Entry, hex: string): Codec {
  const { type } = entry.creator.meta;
  const typeId = type.isPlain ? type.asPlain : type.asMap.value;
  // As bytes: hexadecimal digits would be taken for the content of a byte string, its length included.
  return api.registry.createTypeUnsafe(api.registry.createLookupType(typeId), [hexToU8a(hex)]);
}

/** One value that the chain always has, as the library's own object. Errors are those of `readStorage`. */
export async function readCodec(
  node: Pick<SubtensorNode, 'request'> & { readonly api: StorageDecoder },
  hash: string,
  { pallet, name, args = [] }: StorageQuery,
): Promise<Codec> {
  const entry = present(entryOf(node.api, pallet, name), `the chain has ${pallet}.${name}`);
  const key = entry.key(...args);
  const raw = await rawValues(node, hash, [key]);
  return codecOf(node.api, entry, raw.get(key) ?? entry.creator.meta.fallback.toHex());
}

/**
 * An unsigned integer of the chain as JSON has it, a number or, when large, hexadecimal digits, as a safe integer.
 *
 * @throws AssayError `chain_unreachable` when the chain answered something else.
 */
export function safeInteger(json: AnyJson | undefined): number {
  const value = Number(bigInteger(json));
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw unreadable(`${json} is no integer of at most 53 bits`);
}

/** As `safeInteger`, or the largest one where the chain has a larger: a subnet's owner may set some values to any of 64 bits. */
export function cappedInteger(json: AnyJson | undefined): number {
  const value = bigInteger(json);
  return value > MAX_SAFE ? Number(MAX_SAFE) : safeInteger(json);
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** As `safeInteger`, of any size. */
export function bigInteger(json: AnyJson | undefined): bigint {
  if (typeof json === 'number' && Number.isInteger(json)) return BigInt(json);
  if (typeof json === 'string' && /^(0x[0-9a-f]+|\d+)$/i.test(json)) return BigInt(json);
  throw unreadable(`${String(json)} is no integer`);
}

/** A list of the chain as JSON has it; empty when it has none. */
export function jsonList(json: AnyJson | undefined): readonly AnyJson[] {
  return Array.isArray(json) ? json : [];
}

/** What an endpoint answers is its own: nothing that it says may stop the process. */
export function unreadable(what: string): AssayError {
  return unreachable(`the chain's answer cannot be read: ${what}`);
}
