/** `@polkadot/api` as it comes, against a stub node: what shows that the node is right without Assay's client. */
import { ApiPromise, WsProvider } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import { Keyring } from '@polkadot/keyring';
import type { ProviderInterface } from '@polkadot/rpc-provider/types';
import type { ISubmittableResult } from '@polkadot/types/types';
import { onTestFinished, vi } from 'vitest';
import { encryptTimelocked } from '../../../src/chain/subtensor/timelock/timelock-encryption.ts';
import { encodePayload } from '../../../src/chain/subtensor/timelock/timelock-payload.ts';
import { StubNode, type StubNodeOptions } from './stub-node.ts';

type Submittable = SubmittableExtrinsic<'promise'>;
type Pair = ReturnType<Keyring['addFromUri']>;

/** Longer than a loaded machine needs for anything here. */
const UNTIL = { timeout: 20_000, interval: 5 };

/** Between attempts to connect. */
const RECONNECT_MS = 50;

export class PlainClient {
  readonly api: ApiPromise;
  readonly provider: WsProvider;

  static async connect(url: string): Promise<PlainClient> {
    const provider = new WsProvider(url, RECONNECT_MS);
    const api = new ApiPromise({ provider: provider as ProviderInterface, noInitWarn: true });
    onTestFinished(() => api.disconnect());
    await api.isReadyOrError;
    return new PlainClient(api, provider);
  }

  private constructor(api: ApiPromise, provider: WsProvider) {
    this.api = api;
    this.provider = provider;
  }

  /** A call of the Subtensor pallet. */
  call(name: string, ...values: readonly unknown[]): Submittable {
    const create = this.api.tx.subtensorModule?.[name];
    if (create === undefined) throw new Error(`no call ${name}`);
    return create(...values);
  }

  setWeights(): Submittable {
    return this.call('setMechanismWeights', 1, 0, [2, 3], [10, 20], 0);
  }

  commit(ciphertext: Uint8Array, round: number, version = 4): Submittable {
    const bytes = hexadecimal(ciphertext);
    return this.call('commitTimelockedMechanismWeights', 1, 0, bytes, round, version);
  }

  /** A value of the Subtensor pallet's storage as JSON. */
  async stored(name: string, ...keys: readonly unknown[]): Promise<unknown> {
    const query = this.api.query.subtensorModule?.[name];
    if (query === undefined) throw new Error(`no storage ${name}`);
    return (await query(...keys)).toJSON();
  }

  /** The selective metagraph after a block, as JSON. */
  async metagraph(hash: string, netuid: number, indexes: readonly number[]) {
    const at = await this.api.at(hash);
    const read = at.call.subnetInfoRuntimeApi?.getSelectiveMetagraph;
    if (read === undefined) throw new Error('no runtime API');
    return (await read(netuid, indexes)).toJSON();
  }

  /** Names of a block's events. */
  async eventNames(hash: string): Promise<readonly string[]> {
    const at = await this.api.at(hash);
    const records = (await at.query.system?.events?.())?.toHuman();
    return (records as unknown as { event: { method: string } }[]).map(({ event }) => event.method);
  }

  /** Signs, sends and collects what the node tells of the extrinsic. */
  async follow(tx: Submittable, signer: Pair, era?: number): Promise<Followed> {
    const followed = new Followed();
    const options = { nonce: -1, ...(era !== undefined && { era }) };
    await tx.signAndSend(signer, options, (result) => followed.note(result));
    return followed;
  }

  /** The name of the error for which a dispatch failed. */
  errorName({ dispatchError }: ISubmittableResult): string | undefined {
    return dispatchError && this.api.registry.findMetaError(dispatchError.asModule).name;
  }

  /** What the node answers to a submission: the error, or `taken`. */
  async answerTo(bytes: string): Promise<string> {
    try {
      await this.provider.send('author_submitExtrinsic', [bytes]);
      return 'taken';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

export class Followed {
  readonly #results: ISubmittableResult[] = [];

  note(result: ISubmittableResult): void {
    this.#results.push(result);
  }

  get states(): readonly string[] {
    return this.#results.map(({ status }) => status.type);
  }

  /** The first result with this state, as soon as there is one. */
  reached(state: string): Promise<ISubmittableResult> {
    return until(() => this.#results.find(({ status }) => status.type === state));
  }

  get eventNames(): readonly string[] {
    return this.#results.at(-1)?.events.map(({ event }) => event.method) ?? [];
  }
}

interface Scene {
  readonly node: StubNode;
  readonly client: PlainClient;
  /** Our validator, with UID 1. */
  readonly alice: Pair;
}

/** A node with a client, until the test ends. */
export async function sceneWith(options: StubNodeOptions, metadataFile?: string): Promise<Scene> {
  const node = await StubNode.start({ ...options, ...(metadataFile && { metadataFile }) });
  onTestFinished(() => node.stop());
  return { node, client: await PlainClient.connect(node.url), alice: pair('//Alice') };
}

/** Waits until something over the socket has become true. */
export function until<T>(condition: () => T): Promise<NonNullable<T>> {
  return vi.waitUntil(condition, UNTIL) as Promise<NonNullable<T>>;
}

export function pair(uri: string): Pair {
  return new Keyring({ type: 'sr25519' }).addFromUri(uri);
}

/** A commitment of the weights 1 for the UIDs 2 and 3. */
export function sealedWeights(node: StubNode, round: number, signer: Pair): Uint8Array {
  const plaintext = encodePayload({
    form: 'hotkey',
    hotkey: signer.publicKey,
    uids: Uint16Array.of(2, 3),
    values: Uint16Array.of(1, 1),
    versionKey: 0,
  });
  return encryptTimelocked(plaintext, { beacon: node.beacon, round });
}

export function hexadecimal(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
