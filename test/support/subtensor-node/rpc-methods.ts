/** The JSON-RPC methods of a node, as far as `@polkadot/api` and validators call them. */
import { u8aToHex } from '@polkadot/util';
import type { Block } from './block-tree.ts';
import type { ChainListener, NodeChain } from './node-chain.ts';
import { RpcFailure, type RpcSession } from './rpc-session.ts';
import { keysPaged, storageAt } from './rpc-storage.ts';
import type { SubtensorRuntime } from './runtime.ts';
import { runtimeCall } from './runtime-calls.ts';
import type { StorageView } from './stored-items.ts';

/** What a method works on. */
export interface RpcContext {
  readonly chain: NodeChain;
  readonly chainName: string;
  /** Whether runtime APIs can be called, besides those that tell of the runtime itself. */
  readonly hasRuntimeApis: () => boolean;
}

type RpcParameters = readonly unknown[];
type RpcMethod = (context: RpcContext, parameters: RpcParameters, session: RpcSession) => unknown;

const PROPERTIES = { ss58Format: 42, tokenDecimals: 9, tokenSymbol: 'TAO' };
const HEALTH = { peers: 8, isSyncing: false, shouldHavePeers: true };
const KEYS_PER_PAGE_MAX = 1_000;

export const RPC_METHODS: Readonly<Record<string, RpcMethod>> = {
  rpc_methods: () => ({ methods: Object.keys(RPC_METHODS).sort() }),
  system_chain: ({ chainName }) => chainName,
  system_chainType: () => 'Live',
  system_name: () => 'Subtensor Node',
  system_version: () => '4.0.0-stub',
  system_properties: () => PROPERTIES,
  system_health: () => HEALTH,
  system_accountNextIndex: ({ chain }, [account]) => chain.nextNonce(String(account)),
  chain_getBlockHash: blockHash,
  chain_getHeader: (context, [hash]) => blockOf(context, hash)?.header ?? null,
  chain_getBlock: (context, [hash]) => signedBlock(blockOf(context, hash)),
  chain_getFinalizedHead: ({ chain }) => chain.tree.finalized.hash,
  chain_subscribeNewHeads: subscribeNewHeads,
  chain_subscribeNewHead: subscribeNewHeads,
  chain_subscribeFinalizedHeads: ({ chain }, _, session) =>
    session.subscribe('chain_finalizedHead', (push) => {
      push(chain.tree.finalized.header);
      return heard(chain, { onFinalized: ({ header }) => push(header) });
    }),
  chain_subscribeAllHeads: ({ chain }, _, session) =>
    session.subscribe('chain_allHead', (push) => {
      push(chain.tree.best.header);
      return heard(chain, { onImported: ({ header }) => push(header) });
    }),
  chain_unsubscribeNewHeads: unsubscribe,
  chain_unsubscribeNewHead: unsubscribe,
  chain_unsubscribeFinalizedHeads: unsubscribe,
  chain_unsubscribeAllHeads: unsubscribe,
  state_getMetadata: (context, [hash]) => u8aToHex(existing(context, hash).nextRuntime.metadata),
  state_getRuntimeVersion: (context, [hash]) => version(existing(context, hash).nextRuntime),
  state_subscribeRuntimeVersion: ({ chain }, _, session) =>
    session.subscribe('state_runtimeVersion', (push) => {
      push(version(chain.tree.best.nextRuntime));
      return heard(chain, { onRuntime: (runtime) => push(version(runtime)) });
    }),
  state_unsubscribeRuntimeVersion: unsubscribe,
  state_getStorage: (context, [key, hash]) =>
    storageAt(viewOf(context, existing(context, hash)), String(key)),
  state_queryStorageAt: (context, [keys, hash]) => {
    const block = existing(context, hash);
    return [{ block: block.hash, changes: valuesOf(context, block, strings(keys)) }];
  },
  state_getKeysPaged: (context, [prefix, count, startKey, hash]) =>
    keysPaged(viewOf(context, existing(context, hash)), {
      prefix: String(prefix),
      count: Math.min(Number(count), KEYS_PER_PAGE_MAX),
      startKey: typeof startKey === 'string' ? startKey : undefined,
    }),
  state_subscribeStorage: subscribeStorage,
  state_unsubscribeStorage: unsubscribe,
  state_call: stateCall,
  author_submitExtrinsic: ({ chain }, [bytes]) => submitted(chain, bytes).extrinsic.hash,
  author_submitAndWatchExtrinsic: submitAndWatch,
  author_unwatchExtrinsic: unsubscribe,
  author_pendingExtrinsics: ({ chain }) =>
    chain.pool.waiting().map(({ extrinsic }) => extrinsic.bytes),
};

function subscribeNewHeads({ chain }: RpcContext, _: RpcParameters, session: RpcSession): string {
  return session.subscribe('chain_newHead', (push) => {
    push(chain.tree.best.header);
    return heard(chain, { onBest: ({ header }) => push(header) });
  });
}

function blockHash({ chain }: RpcContext, [number]: RpcParameters): string | null {
  if (number === undefined || number === null) return chain.tree.best.hash;
  return chain.tree.hashAt(Number(number)) ?? null;
}

function blockOf({ chain }: RpcContext, hash: unknown): Block | undefined {
  return hash === undefined || hash === null ? chain.tree.best : chain.tree.at(String(hash));
}

function existing(context: RpcContext, hash: unknown): Block {
  const block = blockOf(context, hash);
  if (block !== undefined) return block;
  const message = `Client error: UnknownBlock: State already discarded for ${String(hash)}`;
  throw new RpcFailure({ code: 4003, message });
}

function signedBlock(block: Block | undefined) {
  if (block === undefined) return null;
  const { header, extrinsics } = block;
  return { block: { header, extrinsics }, justifications: null };
}

function version({ version: own }: SubtensorRuntime) {
  return {
    ...own,
    implName: own.specName,
    authoringVersion: 1,
    implVersion: 1,
    stateVersion: 1,
  };
}

function viewOf({ chain }: RpcContext, block: Block): StorageView {
  return { block, beacon: chain.beacon, hashAt: (number) => chain.tree.hashAt(number) };
}

function valuesOf(context: RpcContext, block: Block, keys: readonly string[]) {
  const view = viewOf(context, block);
  return keys.map((key) => [key, storageAt(view, key)] as const);
}

function subscribeStorage(context: RpcContext, [keys]: RpcParameters, session: RpcSession) {
  const wanted = strings(keys);
  return session.subscribe('state_storage', (push) => {
    const known = new Map<string, string | null>();
    const tell = (block: Block) => {
      const changes = valuesOf(context, block, wanted).filter(
        ([key, value]) => known.get(key) !== value,
      );
      for (const [key, value] of changes) known.set(key, value);
      if (changes.length > 0) push({ block: block.hash, changes });
    };
    tell(context.chain.tree.best);
    return heard(context.chain, { onBest: tell });
  });
}

/** The runtime's own APIs, which polkadot.js needs to read the metadata, are always there. */
function stateCall(context: RpcContext, [name, bytes, hash]: RpcParameters): string {
  const method = String(name);
  const block = existing(context, hash);
  const { nextRuntime: runtime } = block;
  const { metadata, metadataVersion } = runtime;
  if (method === 'Metadata_metadata_versions') {
    return runtime.apiResult(method, [metadataVersion]);
  }
  if (method === 'Metadata_metadata_at_version') {
    const [wanted] = runtime.apiParameters(method, String(bytes));
    return runtime.apiResult(method, wanted === metadataVersion ? u8aToHex(metadata) : null);
  }
  if (!context.hasRuntimeApis()) {
    throw new RpcFailure({ code: -32_601, message: 'RPC call is unsafe to be called externally' });
  }
  try {
    return runtimeCall(block, method, String(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RpcFailure({ code: 4003, message: `Client error: Execution failed: ${reason}` });
  }
}

function submitted(chain: NodeChain, bytes: unknown) {
  const result = chain.submit(String(bytes));
  if (result.kind === 'refused') throw new RpcFailure(result.error);
  return result;
}

function submitAndWatch({ chain }: RpcContext, [bytes]: RpcParameters, session: RpcSession) {
  const { extrinsic, isReady } = submitted(chain, bytes);
  return session.subscribe('author_extrinsicUpdate', (push) => {
    push(isReady ? 'ready' : 'future');
    return chain.pool.follow(extrinsic.hash, push);
  });
}

function unsubscribe(_: RpcContext, [subscription]: RpcParameters, session: RpcSession): boolean {
  return session.unsubscribe(String(subscription));
}

/** Listens to some of the chain's news. */
function heard(chain: NodeChain, wanted: Partial<ChainListener>): () => void {
  const ignore = () => undefined;
  const listener = {
    onImported: ignore,
    onBest: ignore,
    onFinalized: ignore,
    onRuntime: ignore,
    ...wanted,
  };
  chain.listeners.add(listener);
  return () => chain.listeners.delete(listener);
}

function strings(value: unknown): readonly string[] {
  if (!Array.isArray(value)) {
    throw new RpcFailure({ code: -32_602, message: 'Invalid params', data: 'not a list' });
  }
  return value.map(String);
}
