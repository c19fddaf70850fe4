import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Blockchain,
  BuildBlockMode,
  ChopsticksProvider,
  destroyWorker,
  GenesisProvider,
  getAuraSlotDuration,
  setStorage,
  setup,
  timeTravel,
} from '@acala-network/chopsticks-core';
import { ApiPromise } from '@polkadot/api';
import type { ProviderInterface } from '@polkadot/rpc-provider/types';
import { u8aToHex } from '@polkadot/util';
import type { HexString } from '@polkadot/util/types';
import { runtimeGenesis } from './runtime-genesis.ts';

/** One value to put into the chain's state. */
export interface StorageEntry {
  readonly pallet: string;
  readonly item: string;
  readonly keys: readonly unknown[];
  readonly value: unknown;
}

/** Long enough for the transaction pool to tell that it took a transaction, and for a block to be told as final. */
const TELL_MS = 120;

/**
 * A chain of one runtime in this process. Its blocks are made by hand, each is final at once, and its state can be written
 * directly. Whether a storage item exists is the runtime's affair: what it does not have is left out.
 */
export class RuntimeChain {
  readonly api: ApiPromise;
  readonly #chain: Blockchain;

  private constructor(chain: Blockchain, api: ApiPromise) {
    this.#chain = chain;
    this.api = api;
  }

  static async boot(path: string): Promise<RuntimeChain> {
    const { wasm, slotMs, top } = await runtimeGenesis(await readFile(path));
    // Chopsticks would ask the runtime itself, without leave to overlook imports, and fall back to twelve seconds.
    if (slotMs !== undefined) getAuraSlotDuration.cache.set(wasm, Promise.resolve(slotMs));
    const chain = await setup({
      genesis: new GenesisProvider({
        id: 'subtensor',
        name: 'Subtensor',
        properties: { ss58Format: 42, tokenDecimals: 9, tokenSymbol: 'TAO' },
        genesis: { raw: { top } },
      }),
      buildBlockMode: BuildBlockMode.Manual,
      mockSignatureHost: false,
      allowUnresolvedImports: true,
      runtimeLogLevel: 0,
    } as Parameters<typeof setup>[0]);
    const api = await ApiPromise.create({
      provider: new ChopsticksProvider(chain) as unknown as ProviderInterface,
      noInitWarn: true,
    });
    return new RuntimeChain(chain, api);
  }

  /** A connection of its own to this chain. */
  createProvider(): ProviderInterface {
    return new ChopsticksProvider(this.#chain) as unknown as ProviderInterface;
  }

  get block(): number {
    return this.#chain.head.number;
  }

  /** Name and version of the chain's rules. */
  get runtimeText(): string {
    const { specName, specVersion } = this.api.runtimeVersion;
    return `${specName} ${specVersion}`;
  }

  async nowMs(): Promise<number> {
    return Number(String(await this.api.query.timestamp?.now?.()));
  }

  async makeBlock(): Promise<void> {
    const before = this.block;
    await this.#chain.newBlock();
    if (this.block !== before + 1) throw new Error(`the runtime made no block ${before + 1}`);
  }

  async makeBlocksTo(block: number): Promise<void> {
    while (this.block < block) await this.makeBlock();
  }

  /** Makes block after block until the signal aborts, slowly enough that everything is told in between. */
  async makeBlocks(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.makeBlock();
      await sleep(TELL_MS);
    }
  }

  /** Sets the chain's time, which the next block counts on from. */
  async travelTo(timeMs: number): Promise<void> {
    await timeTravel(this.#chain, timeMs);
  }

  has(pallet: string, item: string): boolean {
    return this.api.query[pallet]?.[item] !== undefined;
  }

  /** Writes into the state of the newest block. */
  async write(entries: readonly StorageEntry[]): Promise<void> {
    const known = entries.filter(({ pallet, item }) => this.has(pallet, item));
    await setStorage(
      this.#chain,
      known.map((entry) => [this.#key(entry), this.#encoded(entry)] as [HexString, HexString]),
    );
  }

  async close(): Promise<void> {
    await this.api.disconnect();
    await destroyWorker();
  }

  #entry({ pallet, item }: StorageEntry) {
    const entry = this.api.query[pallet]?.[item];
    if (entry === undefined) throw new Error(`the runtime has no storage ${pallet}.${item}`);
    return entry;
  }

  #key(entry: StorageEntry): HexString {
    return this.#entry(entry).key(...entry.keys) as HexString;
  }

  #encoded(entry: StorageEntry): HexString {
    const { type } = this.#entry(entry).creator.meta;
    const name = this.api.registry.createLookupType(type.isMap ? type.asMap.value : type.asPlain);
    return u8aToHex(this.api.registry.createType(name, entry.value).toU8a());
  }
}
