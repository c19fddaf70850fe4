/**
 * One connection to one endpoint, with the runtime that it had when it was opened. `ApiPromise` is used as a coder only: it
 * sends requests but follows nothing by itself, because its own reaction to a runtime upgrade loads older metadata, without
 * runtime calls, into objects that are in use. Here an upgrade ends the connection, and the next one reads everything anew.
 */
import { ApiPromise } from '@polkadot/api';
import type { ProviderInterface } from '@polkadot/rpc-provider/types';
import type { GenericChainProperties } from '@polkadot/types';
import type { Header, RuntimeVersion } from '@polkadot/types/interfaces';
import type { Head } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import { present } from '../../lib/assert.ts';
import type { Clock } from '../../lib/clock.ts';
import { deferred } from '../../lib/deferred.ts';
import { AnswerTimeout, answerWithin } from './answer-limit.ts';
import { shortText, unreachable } from './chain-failures.ts';
import { endpointText, failureText } from './endpoint-text.ts';
import { emptyExtensions, requireGenesis, requireKnownRuntime } from './runtime-guard.ts';
import { readStorage, type StorageDecoder, safeInteger } from './storage-reading.ts';
import type { SubtensorOptions } from './subtensor-options.ts';

interface NodeSetup {
  readonly endpoint: string;
  readonly provider: ProviderInterface;
  readonly options: SubtensorOptions;
  readonly clock: Clock;
  /** The newest final block that any endpoint told of. */
  readonly knownBlock: () => number;
  /** Ends the opening. */
  readonly signal: AbortSignal;
}

/** JSON-RPC's names of what is told, and of the calls that begin and end it. */
export type Subscription = readonly [type: string, subscribe: string, unsubscribe: string];

const FINAL_HEADS: Subscription = [
  'chain_finalizedHead',
  'chain_subscribeFinalizedHeads',
  'chain_unsubscribeFinalizedHeads',
];
const RUNTIME_VERSION: Subscription = [
  'state_runtimeVersion',
  'state_subscribeRuntimeVersion',
  'state_unsubscribeRuntimeVersion',
];
const SS58_PREFIX = 42;

/** Refusals of one method in a row after which another endpoint is asked; a block that a node lacks may be one. */
const REFUSALS_MAX = 10;
/** What may be refused for ever: a submission by the pool, a runtime call by a provider that has storage instead. */
const REFUSABLE_METHODS: ReadonlySet<string> = new Set([
  'author_submitAndWatchExtrinsic',
  'state_call',
]);

/** Age of the first final block that an endpoint tells of, at most: blocks are final within a minute when all is well. */
const FIRST_HEAD_AGE_MAX_MS = 10 * 60_000;

/** See the top of this file. */
export class SubtensorNode {
  readonly endpoint: string;
  readonly api: ApiPromise;
  readonly #setup: NodeSetup;
  readonly #end: (reason: string) => void;
  /** Resolves with the reason when the connection is of no use any more. */
  readonly ended: Promise<string>;
  #onHead: (head: Head) => void = () => undefined;
  #head: Head | undefined;
  readonly #ending = new AbortController();
  /** Refusals in a row by method; there are a dozen methods. */
  readonly #refusals = new Map<string, number>();
  #headSeenAtMs: number;

  /**
   * @throws AssayError `chain_unusable` for a chain that is not the configured one or that nothing can be signed for;
   * `chain_unreachable` when the endpoint does not answer in time.
   */
  static async open(setup: NodeSetup): Promise<SubtensorNode> {
    const { provider, signal } = setup;
    const disconnect = () => void provider.disconnect().catch(() => undefined);
    signal.addEventListener('abort', disconnect, { once: true });
    let node: SubtensorNode | undefined;
    try {
      node = new SubtensorNode(setup, await connected(setup));
      requireKnownRuntime(node.api, node.endpoint);
      await node.#start();
      return node;
    } catch (error) {
      node?.close();
      disconnect();
      throw error;
    } finally {
      signal.removeEventListener('abort', disconnect);
    }
  }

  private constructor(setup: NodeSetup, api: ApiPromise) {
    this.#setup = setup;
    this.endpoint = endpointText(setup.endpoint);
    this.api = api;
    this.#headSeenAtMs = setup.clock.monotonicMs();
    const { promise, resolve } = deferred<string>();
    this.ended = promise;
    this.#end = (reason) => {
      this.#ending.abort();
      resolve(reason);
    };
    setup.provider.on('error', (error) => this.#end(this.#textOf(error)));
    setup.provider.on('disconnected', () => this.#end('the connection was closed'));
  }

  /** The newest final block that this node told of. */
  get head(): Head {
    return present(this.#head, 'a node is open when it has told of a final block');
  }

  /** The newest block of the chain as this node sees it, final or not. Errors are those of `request`. */
  async bestHead(): Promise<Head> {
    const { registry } = this.api;
    const header = registry.createType<Header>('Header', await this.request('chain_getHeader', []));
    return this.#headOf(header);
  }

  /** Name and version of the chain's rules. */
  get runtimeText(): string {
    const { specName, specVersion } = this.api.runtimeVersion;
    return `${specName} ${specVersion}`;
  }

  /** Calls back at every new final block, from the newest on. */
  onHead(listener: (head: Head) => void): void {
    this.#onHead = listener;
    if (this.#head !== undefined) listener(this.#head);
  }

  /** Decodes what a block stored, by the runtime that carried it out: the one that its parent left. Errors are those of `request`. */
  async decoderOf(hash: string): Promise<StorageDecoder> {
    const { parentHash } = await this.request<{ parentHash: string }>('chain_getHeader', [hash]);
    if (await this.#hasKnownRuntime(parentHash)) return this.api;
    return await this.#answer('state_getMetadata', this.api.at(hash));
  }

  /** @throws AssayError `chain_unreachable`, or what the node answers, as `RpcError`. */
  async request<T>(method: string, params: readonly unknown[]): Promise<T> {
    return await this.#answer(method, this.#setup.provider.send<T>(method, [...params], false));
  }

  /** Follows what the node tells until the returned function is called. Errors are those of `request`. */
  async subscribe(
    [type, subscribe, unsubscribe]: Subscription,
    params: readonly unknown[],
    listener: (message: unknown) => void,
  ): Promise<() => void> {
    const { provider } = this.#setup;
    const subscribed = provider.subscribe(type, subscribe, [...params], (error, message) => {
      if (error === null) listener(message);
    });
    const id = await this.#answer(subscribe, subscribed);
    // A connection that is gone has no subscriptions to end.
    return () => void provider.unsubscribe(type, unsubscribe, id).catch(() => undefined);
  }

  close(): void {
    this.#end('closed');
    // A socket that is closing already says so, and there is nobody to act on it.
    this.#setup.provider.disconnect().catch(() => undefined);
  }

  /** Follows heads and the runtime; resolves when the newest final block has the runtime that the metadata is of. */
  async #start(): Promise<void> {
    await this.subscribe(RUNTIME_VERSION, [], (version) => this.#runtimeSeen(version));
    const { promise, resolve } = deferred();
    await this.subscribe(FINAL_HEADS, [], (header) => {
      this.#headerSeen(header).then(
        (isReadable) => isReadable && resolve(),
        (error: unknown) => this.#end(shortText(error)),
      );
    });
    void this.#watchHeads();
    const reason = await Promise.race([promise, this.ended]);
    if (reason !== undefined) throw unreachable(`${this.endpoint}: ${reason}`);
  }

  #runtimeSeen(version: unknown): void {
    const { specVersion } = this.api.registry.createType<RuntimeVersion>('RuntimeVersion', version);
    if (specVersion.eq(this.api.runtimeVersion.specVersion)) return;
    this.#end(
      `the runtime was upgraded from ${this.api.runtimeVersion.specVersion} to ${specVersion}`,
    );
  }

  /** @returns false for a block of the runtime before, which is final soon after an upgrade. */
  async #headerSeen(message: unknown): Promise<boolean> {
    const header = this.api.registry.createType<Header>('Header', message);
    if (this.#head === undefined && !(await this.#hasKnownRuntime(header.hash.toHex()))) {
      return false;
    }
    const head = await this.#headOf(header);
    if (this.#head === undefined) this.#requireRecent(head);
    else if (head.block <= this.#head.block) return true;
    const { clock, knownBlock } = this.#setup;
    // An endpoint that lags and does not catch up is as good as silent.
    if (head.block > knownBlock()) this.#headSeenAtMs = clock.monotonicMs();
    this.#head = head;
    this.#onHead(head);
    return true;
  }

  /**
   * A node that has yet to catch up brings final blocks all the time, and what is signed by them nobody else takes. A chain
   * of which nothing is known may have its own time.
   */
  #requireRecent({ timeMs }: Head): void {
    const { clock, options } = this.#setup;
    const ageMs = clock.now() - timeMs;
    if (options.genesisHash === undefined || ageMs <= FIRST_HEAD_AGE_MAX_MS) return;
    throw unreachable(
      `its newest final block is ${Math.floor(ageMs / 60_000)} min old: it is behind the chain, or the clock of this machine is ahead`,
    );
  }

  /** Whether the state after a block has the runtime that the metadata is of. */
  async #hasKnownRuntime(hash: string): Promise<boolean> {
    const { registry, runtimeVersion } = this.api;
    const found = await this.request('state_getRuntimeVersion', [hash]);
    const { specVersion } = registry.createType<RuntimeVersion>('RuntimeVersion', found);
    return specVersion.eq(runtimeVersion.specVersion);
  }

  async #headOf(header: Header): Promise<Head> {
    const hash = header.hash.toHex();
    const [timeMs] = await readStorage(this, hash, [{ pallet: 'timestamp', name: 'now' }]);
    return { block: header.number.toNumber(), hash, timeMs: safeInteger(timeMs) };
  }

  /** A socket that is open and silent looks like a quiet chain: only blocks that do not come tell. */
  async #watchHeads(): Promise<void> {
    const { clock, options } = this.#setup;
    while (!this.#ending.signal.aborted) {
      const silentMs = clock.monotonicMs() - this.#headSeenAtMs;
      if (silentMs >= options.headTimeoutMs) {
        this.#end(`no new final block for ${Math.round(silentMs / 1_000)} s`);
        return;
      }
      await clock
        .sleep(options.headTimeoutMs - silentMs, this.#ending.signal)
        .catch(() => undefined);
    }
  }

  async #answer<T>(method: string, sent: Promise<T>): Promise<T> {
    const { clock, options, provider } = this.#setup;
    try {
      const answer = await answerWithin(sent, { clock, limitMs: options.requestTimeoutMs });
      this.#refusals.delete(method);
      return answer;
    } catch (error) {
      const text = this.#textOf(error);
      const code = codeOf(error);
      if (code !== undefined) {
        this.#noteRefusal(method, text);
        throw new RpcError(code, text, error);
      }
      if (error instanceof AnswerTimeout) this.#end(`${method}: ${text}`);
      else if (!provider.isConnected) this.#end('the connection was closed');
      throw unreachable(`${this.endpoint} does not answer ${method}: ${text}`, error);
    }
  }

  /** An endpoint that brings blocks and never lets one thing be asked is as little use as one that is silent. */
  #noteRefusal(method: string, text: string): void {
    if (REFUSABLE_METHODS.has(method)) return;
    const count = (this.#refusals.get(method) ?? 0) + 1;
    this.#refusals.set(method, count);
    if (count >= REFUSALS_MAX) this.#end(`${method} was refused ${count} times in a row: ${text}`);
  }

  #textOf(error: unknown): string {
    return failureText(error, this.#setup.endpoint);
  }
}

/** The node understood the request and refuses it. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  /** JSON-RPC's. */
  readonly code: number;

  constructor(code: number, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

async function connected(setup: NodeSetup): Promise<ApiPromise> {
  const { options, clock, endpoint } = setup;
  try {
    const limitMs = options.requestTimeoutMs;
    return await answerWithin(opened(setup), { clock, limitMs });
  } catch (error) {
    if (error instanceof AssayError) throw error;
    throw unreachable(`${endpointText(endpoint)}: ${failureText(error, endpoint)}`, error);
  }
}

async function opened({ provider, options, endpoint }: NodeSetup): Promise<ApiPromise> {
  if (!provider.isConnected) await openSocket(provider);
  // The library tells the console of what fails while it begins, so what fails most often is asked before.
  const genesis = await provider.send<unknown>('chain_getBlockHash', [0], false);
  requireGenesis(String(genesis), options.genesisHash, endpointText(endpoint));
  const broken = deferred<never>();
  const api = new ApiPromise({
    provider: requestsOnly(provider, broken.reject),
    noInitWarn: true,
    throwOnConnect: true,
    signedExtensions: emptyExtensions(),
  });
  await Promise.race([api.isReadyOrError, broken.promise]);
  api.registry.setChainProperties(
    api.registry.createTypeUnsafe<GenericChainProperties>('ChainProperties', [
      { ss58Format: SS58_PREFIX },
    ]),
  );
  return api;
}

function openSocket(provider: ProviderInterface): Promise<void> {
  return new Promise((resolve, reject) => {
    provider.on('connected', () => resolve());
    provider.on('error', (error) => reject(socketError(error)));
    provider.on('disconnected', () => reject(new Error('the connection was refused or closed')));
    provider.connect().catch(reject);
  });
}

function socketError(error: unknown): Error {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return new Error(typeof message === 'string' ? message : 'the connection failed');
}

/**
 * The transport without its subscriptions; see the top of this file.
 *
 * @param onBroken told of requests that the node does not answer. The library never hears of them: it would write to the
 * console what the caller logs already.
 */
function requestsOnly(
  provider: ProviderInterface,
  onBroken: (error: unknown) => void,
): ProviderInterface {
  const refused = () => Promise.reject(new Error('this provider only sends requests'));
  return {
    hasSubscriptions: false,
    isClonable: false,
    get isConnected() {
      return provider.isConnected;
    },
    clone: () => provider.clone(),
    connect: () => provider.connect(),
    disconnect: () => provider.disconnect(),
    on: (type, listener) => provider.on(type, listener),
    send: (method, params) =>
      provider.send(method, params, false).catch((error: unknown) => {
        if (codeOf(error) !== undefined) throw error;
        onBroken(error);
        return new Promise<never>(() => undefined);
      }),
    subscribe: refused,
    unsubscribe: refused,
  };
}

/** JSON-RPC's number of an answer that refuses; nothing comes of a connection that broke. */
function codeOf(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'number' ? code : undefined;
}
