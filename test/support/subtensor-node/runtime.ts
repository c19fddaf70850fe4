/** A runtime as its metadata describes it: everything that the node encodes or decodes goes through it. */
import { expandMetadata, Metadata, type StorageKey, TypeRegistry } from '@polkadot/types';
import type { RuntimeVersion as Version } from '@polkadot/types/interfaces';
import type { StorageEntry } from '@polkadot/types/primitive/types';
import { compactToU8a, hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';

/** What a runtime says of itself. */
export interface RuntimeVersion {
  readonly specName: string;
  readonly specVersion: number;
  readonly transactionVersion: number;
  readonly apis: readonly unknown[];
}

interface StorageAddress {
  readonly pallet: string;
  readonly item: string;
  /** Accounts as SS58, numbers as numbers. */
  readonly keys: readonly (string | number)[];
}

/** Extensions that carry nothing, so that encoding does not depend on them. */
const EMPTY_EXTENSIONS = Object.fromEntries(
  [
    'SudoTransactionExtension',
    'CheckShieldedTxValidity',
    'SubtensorTransactionExtension',
    'DrandPriority',
  ].map((name) => [name, { extrinsic: {}, payload: {} }]),
);

const PREFIX_BYTES = 32;

/** Version 4, not signed. */
const BARE_VERSION = 4;

export class SubtensorRuntime {
  readonly registry = new TypeRegistry();
  /** SCALE, as clients get it. */
  readonly metadata: Uint8Array;
  readonly metadataVersion: number;
  readonly version: RuntimeVersion;
  readonly #decoded: Metadata;
  readonly #expanded: ReturnType<typeof expandMetadata>;
  readonly #entries = new Map<string, StorageEntry>();
  readonly #entriesByName = new Map<string, StorageEntry>();

  constructor(metadata: Uint8Array, specVersion?: number) {
    this.metadata = metadata;
    this.#decoded = new Metadata(this.registry, u8aToHex(metadata));
    this.metadataVersion = this.#decoded.version;
    this.registry.setMetadata(this.#decoded, undefined, EMPTY_EXTENSIONS, true);
    this.#expanded = expandMetadata(this.registry, this.#decoded);
    for (const entry of Object.values(this.#expanded.query).flatMap(Object.values)) {
      this.#entries.set(prefixOf(u8aToHex(entry.keyPrefix())), entry);
      this.#entriesByName.set(`${entry.prefix}.${entry.meta.name}`, entry);
    }
    this.version = this.#ownVersion(specVersion);
  }

  /** Where a key points to, or `undefined` when the runtime has no such item. */
  addressOf(key: string): StorageAddress | undefined {
    const entry = this.#entries.get(prefixOf(key));
    if (entry === undefined) return undefined;
    const storageKey = this.registry.createType<StorageKey>('StorageKey', key);
    storageKey.setMeta(entry.meta, entry.section, entry.method);
    const keys = storageKey.args.map((argument) => plain(argument.toJSON()));
    return { pallet: entry.prefix, item: entry.meta.name.toString(), keys };
  }

  /** The key of an item; without `keys` the prefix of all of its keys. */
  keyOf({ pallet, item, keys }: StorageAddress): string {
    const entry = this.#entry(pallet, item);
    if (keys.length === 0 && entry.meta.type.isMap) return u8aToHex(entry.keyPrefix());
    return this.registry.createType('StorageKey', [entry, [...keys]]).toHex();
  }

  /** Every item that has keys, under a prefix of a key. */
  itemsUnder(prefix: string): readonly Omit<StorageAddress, 'keys'>[] {
    return [...this.#entries]
      .filter(([own]) => own.startsWith(prefixOf(prefix)))
      .map(([, { prefix: pallet, meta }]) => ({ pallet, item: meta.name.toString() }));
  }

  /** The SCALE of a value of an item, hexadecimal. */
  storageValue({ pallet, item }: Omit<StorageAddress, 'keys'>, value: unknown): string {
    const { type } = this.#entry(pallet, item).meta;
    return this.encode(type.isPlain ? type.asPlain : type.asMap.value, value);
  }

  /** The SCALE of one event record. @param extrinsic its index in the block; absent for the block's beginning. */
  eventRecord(
    event: { readonly pallet: string; readonly name: string; readonly values: readonly unknown[] },
    extrinsic: number | undefined,
  ): Uint8Array {
    const { pallet, variant } = this.#variant(event.pallet, 'events', event.name);
    const fields = variant.fields.map(({ type }, index) =>
      hexToU8a(this.encode(type, event.values[index])),
    );
    const phase =
      extrinsic === undefined
        ? Uint8Array.of(2)
        : u8aConcat([0], this.registry.createType('u32', extrinsic).toU8a());
    const indices = [pallet.index.toNumber(), variant.index.toNumber()];
    return u8aConcat(phase, indices, ...fields, Uint8Array.of(0));
  }

  /** An error of the Subtensor pallet as a dispatch error. */
  moduleError(name: string) {
    const { pallet, variant } = this.#variant('SubtensorModule', 'errors', name);
    const error = u8aToHex(Uint8Array.of(variant.index.toNumber(), 0, 0, 0));
    return { Module: { index: pallet.index.toNumber(), error } };
  }

  /** The unsigned extrinsic that begins every block. */
  timestampExtrinsic(timeMs: number): string {
    const set = this.#expanded.tx.timestamp?.set;
    if (set === undefined) throw new Error('the metadata has no call Timestamp.set');
    const body = u8aConcat([BARE_VERSION], set.callIndex, compactToU8a(timeMs));
    return u8aToHex(u8aConcat(compactToU8a(body.length), body));
  }

  /** Decodes the parameters of a runtime API. @throws Error when the metadata has no such method. */
  apiParameters(method: string, bytes: string): readonly (string | number | readonly number[])[] {
    let rest = hexToU8a(bytes);
    return this.#api(method).inputs.map(({ type }) => {
      const value = this.registry.createType(this.registry.createLookupType(type), rest);
      rest = rest.subarray(value.encodedLength);
      const json = value.toJSON();
      return Array.isArray(json) ? json.map(Number) : plain(json);
    });
  }

  apiResult(method: string, value: unknown): string {
    return this.encode(this.#api(method).output, value);
  }

  encode(type: Parameters<TypeRegistry['createLookupType']>[0], value: unknown): string {
    const name = this.registry.createLookupType(type);
    return u8aToHex(this.registry.createType(name, value).toU8a());
  }

  #ownVersion(specVersion: number | undefined): RuntimeVersion {
    const constant = this.#expanded.consts.system?.version;
    const own = this.registry.createType<Version>('RuntimeVersion', constant?.toU8a());
    return {
      specName: own.specName.toString(),
      specVersion: specVersion ?? own.specVersion.toNumber(),
      transactionVersion: own.transactionVersion.toNumber(),
      apis: own.apis.map(([id, version]) => [id.toHex(), version.toNumber()]),
    };
  }

  #entry(pallet: string, item: string): StorageEntry {
    const entry = this.#entriesByName.get(`${pallet}.${item}`);
    if (entry !== undefined) return entry;
    throw new Error(`the metadata has no storage ${pallet}.${item}`);
  }

  #variant(palletName: string, kind: 'events' | 'errors', name: string) {
    const pallet = this.#decoded.asLatest.pallets.find((each) => each.name.eq(palletName));
    const type = pallet?.[kind].unwrapOr(undefined)?.type;
    const variants = type && this.registry.lookup.getSiType(type).def.asVariant.variants;
    const variant = variants?.find((each) => each.name.eq(name));
    if (pallet === undefined || variant === undefined) {
      throw new Error(`the metadata has no ${palletName}.${name} among its ${kind}`);
    }
    return { pallet, variant };
  }

  #api(method: string) {
    const api = this.#decoded.asLatest.apis.find(({ name }) => method.startsWith(`${name}_`));
    const found = api?.methods.find(({ name }) => method === `${api.name}_${name}`);
    if (found === undefined) throw new Error(`the metadata has no runtime API ${method}`);
    return found;
  }
}

function prefixOf(key: string): string {
  return key.slice(0, 2 + 2 * PREFIX_BYTES);
}

function plain(value: unknown): string | number {
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw new Error(`neither a number nor an account: ${JSON.stringify(value)}`);
}
