/**
 * A Subtensor node for tests: real JSON-RPC over a real WebSocket on loopback, in front of a simulated chain that decodes,
 * verifies and carries out what it is sent. Blocks come when the test asks for them.
 */
import { readFileSync } from 'node:fs';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import type { DevHyperparameters, DevSubnet } from '../../../src/chain/dev/dev-subnet.ts';
import { type Hotkey, hotkey } from '../../../src/domain/ids.ts';
import { TestBeacon } from '../timelock-decryption.ts';
import type { Block } from './block-tree.ts';
import {
  type ChainState,
  GENESIS_DEFAULTS,
  type GenesisOptions,
  genesisState,
  withAxon,
  withSubnet,
} from './chain-state.ts';
import { type ChainFaults, NodeChain, type TakenWeights } from './node-chain.ts';
import { type ConnectionFaults, RpcServer } from './rpc-server.ts';
import { SubtensorRuntime } from './runtime.ts';
import { type MetadataOptions, subtensorMetadata } from './subtensor-metadata.ts';
import type { Retraction, RpcError } from './transaction-pool.ts';

export interface StubNodeOptions extends Partial<GenesisOptions>, MetadataOptions {
  /** A file with real metadata instead of our own. */
  readonly metadataFile?: string;
  readonly chainName?: string;
  readonly beacon?: TestBeacon;
  /** 0 takes a free port. */
  readonly port?: number;
}

/** A block as tests look at it. */
interface ProducedBlock {
  readonly number: number;
  readonly hash: string;
  readonly timeMs: number;
  readonly extrinsicCount: number;
}

const runtimes = new Map<string, SubtensorRuntime>();

export class StubNode {
  readonly beacon: TestBeacon;
  readonly #chain: NodeChain;
  readonly #server: RpcServer;
  readonly #options: StubNodeOptions;
  readonly #access: { hasRuntimeApis: boolean };
  #ticking: NodeJS.Timeout | undefined;

  static async start(options: StubNodeOptions = {}): Promise<StubNode> {
    await cryptoWaitReady();
    const genesis: GenesisOptions = {
      ...GENESIS_DEFAULTS,
      validatorHotkey: options.validatorHotkey ?? aliceHotkey(),
      timeMs: Date.now(),
      ...options,
    };
    const beacon = options.beacon ?? new TestBeacon(1);
    const chain = new NodeChain({
      ...genesis,
      state: genesisState(genesis),
      runtime: runtimeOf(options),
      beacon,
    });
    return StubNode.#serve(chain, options);
  }

  static async #serve(chain: NodeChain, options: StubNodeOptions): Promise<StubNode> {
    const access = { hasRuntimeApis: true };
    const context = {
      chain,
      chainName: options.chainName ?? 'Bittensor',
      hasRuntimeApis: () => access.hasRuntimeApis,
    };
    const server = await RpcServer.listen(context, options.port ?? 0);
    return new StubNode({ chain, server, options, access });
  }

  private constructor(parts: {
    readonly chain: NodeChain;
    readonly server: RpcServer;
    readonly options: StubNodeOptions;
    readonly access: { hasRuntimeApis: boolean };
  }) {
    this.#chain = parts.chain;
    this.#server = parts.server;
    this.#options = parts.options;
    this.#access = parts.access;
    this.beacon = parts.chain.beacon;
  }

  /** Another endpoint of the same chain, with connections of its own. `port` 0 takes a free one. */
  mirror(port = 0): Promise<StubNode> {
    return StubNode.#serve(this.#chain, { ...this.#options, port });
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get genesisHash(): string {
    return this.#chain.tree.genesis.hash;
  }

  get best(): ProducedBlock {
    return produced(this.#chain.tree.best);
  }

  get finalized(): ProducedBlock {
    return produced(this.#chain.tree.finalized);
  }

  /** What the best block has stored. */
  get state(): ChainState {
    return this.#chain.tree.best.state;
  }

  /** Every weight extrinsic that a block ever took, in the order of the blocks; once for each block of a fork too. */
  get takenWeights(): readonly TakenWeights[] {
    return this.#chain.takenWeights;
  }

  /** Hashes of the weight extrinsics that the pool took, in order. */
  get pooledWeights(): readonly string[] {
    return this.#chain.pooledWeights;
  }

  /** The bytes of everything that was submitted, taken or not, in order. */
  get submissions(): readonly string[] {
    return this.#chain.submissions;
  }

  /** Whether a block is on the line of the best one; blocks from long before the final one are forgotten. */
  isOnBestLine({ number, hash }: { readonly number: number; readonly hash: string }): boolean {
    return this.#chain.tree.hashAt(number) === hash;
  }

  get connectionCount(): number {
    return this.#server.connectionCount;
  }

  /** What the chain does wrong; see each field. */
  get chainFaults(): ChainFaults {
    return this.#chain.faults;
  }

  /** What the connections do wrong; see each field. */
  get connectionFaults(): ConnectionFaults {
    return this.#server.faults;
  }

  /** How often a JSON-RPC method was called. */
  callCount(method: string): number {
    return this.#server.calls.get(method) ?? 0;
  }

  /** How often any method was called. */
  get callsTotal(): number {
    return [...this.#server.calls.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Messages that came while the node was silent. */
  get ignoredCount(): number {
    return this.#server.ignoredCount;
  }

  /** Makes the next block the best one. `isFinal` finalizes it at once, whatever the lag. */
  produceBlock(options: { readonly isFinal?: boolean } = {}): ProducedBlock {
    return produced(this.#chain.produce(options));
  }

  produceBlocks(count: number): ProducedBlock {
    for (let made = 0; made < count; made += 1) this.#chain.produce();
    return this.best;
  }

  /** Makes a block every so often until the node stops. */
  produceEvery(intervalMs: number): void {
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#chain.produce(), intervalMs).unref();
  }

  /** Changes the subnet as of the next block, with the functions of the dev chain's subnet. */
  changeSubnet(change: (subnet: DevSubnet) => DevSubnet): void {
    this.changeState((state) => withSubnet(state, change(state.subnet)));
  }

  /** Changes anything that the chain has stored as of the next block. */
  changeState(change: (state: ChainState) => ChainState): void {
    this.#chain.change(change);
  }

  setHyperparameters(changed: Partial<DevHyperparameters>): void {
    this.changeSubnet((subnet) => ({
      ...subnet,
      hyperparameters: { ...subnet.hyperparameters, ...changed },
    }));
  }

  /** Announces an axon, `address:port`, or takes it back. */
  setAxon(uid: number, address: string | undefined): void {
    this.changeState((state) => withAxon(state, uid, address));
  }

  /** The pool answers the next submission with this error, whatever it is. */
  refuseNext(error: RpcError): void {
    this.#chain.faults.nextRefusal = error;
  }

  /** The block that takes the next submission is retracted by a fork when the block after it is made. */
  retractNextInclusion(retraction: Retraction = 'included_again'): void {
    this.#chain.faults.nextRetraction = retraction;
  }

  /** The pool drops the next submission before a block takes it. */
  dropNextFromPool(): void {
    this.#chain.faults.willDropNext = true;
  }

  stopFinality(isStopped = true): void {
    this.#chain.faults.isFinalityStopped = isStopped;
  }

  /** The next block brings another runtime: of another version, and with other metadata when options name some. */
  upgradeRuntime(specVersion: number, changed: Omit<MetadataOptions, 'specVersion'> = {}): void {
    this.#chain.upgrade(runtimeOf({ ...this.#options, ...changed, specVersion }));
  }

  /** Takes the next submission into the pool and breaks its connection instead of answering. */
  loseSubmissionAnswer(): void {
    this.#server.faults.losesNextSubmissionAnswer = true;
  }

  /** Runtime APIs answer with an error, as some providers have it. */
  withoutStateCall(isWithout = true): void {
    this.#access.hasRuntimeApis = !isWithout;
  }

  /** Breaks every connection; new ones are taken at once. */
  dropConnections(): void {
    this.#server.drop();
  }

  refuseConnections(isRefusing = true): void {
    this.#server.faults.isRefusing = isRefusing;
  }

  /** Sockets stay open and take messages, but nothing comes back. */
  silence(isSilent = true): void {
    this.#server.faults.isSilent = isSilent;
  }

  delayAnswers(delayMs: number): void {
    this.#server.faults.answerDelayMs = delayMs;
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticking);
    await this.#server.close();
  }
}

function produced({ number, hash, state, extrinsics }: Block): ProducedBlock {
  return { number, hash, timeMs: state.subnet.blockTimeMs, extrinsicCount: extrinsics.length };
}

/** The hotkey of `//Alice`, whom every keyring of a development chain knows. */
function aliceHotkey(): Hotkey {
  return hotkey(new Keyring({ type: 'sr25519' }).addFromUri('//Alice').address);
}

/** Decoding metadata takes longer than everything else here, so a process does it once. */
function runtimeOf(options: StubNodeOptions): SubtensorRuntime {
  const { metadataFile, specVersion } = options;
  const own = metadataOptions(options);
  const key = JSON.stringify([metadataFile, own]);
  const metadata = () =>
    metadataFile === undefined
      ? subtensorMetadata(own)
      : new Uint8Array(readFileSync(metadataFile));
  const runtime = runtimes.get(key) ?? new SubtensorRuntime(metadata(), specVersion);
  runtimes.set(key, runtime);
  return runtime;
}

function metadataOptions(options: StubNodeOptions): MetadataOptions {
  const { specName, specVersion, indexShift, dataExtension } = options;
  return {
    ...(specName !== undefined && { specName }),
    ...(specVersion !== undefined && { specVersion }),
    ...(indexShift !== undefined && { indexShift }),
    ...(dataExtension !== undefined && { dataExtension }),
  };
}
