/**
 * JSON-RPC over one WebSocket, for as long as it lasts. polkadot.js brings a transport too; this one differs where a service
 * depends on it: nothing that an endpoint sends can throw into the event loop, a message has a largest size, ending it ends the
 * socket at once instead of waiting for a goodbye, and no error repeats the URL, which may hold a key.
 */
import { RpcCoder } from '@polkadot/rpc-provider/coder';
import type {
  JsonRpcResponse,
  ProviderInterface,
  ProviderInterfaceCallback,
  ProviderInterfaceEmitCb,
  ProviderInterfaceEmitted,
} from '@polkadot/rpc-provider/types';
import { WebSocket } from 'ws';
import { shortText } from './chain-failures.ts';

/** The largest answer is the metadata, of less than a megabyte; a block may have several. */
const MESSAGE_BYTES_MAX = 32 * 1_024 * 1_024;

interface PendingRequest {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Hears what follows when the request opens a subscription; `type` is the name under which it is told. */
  readonly subscriber?: { readonly type: string; readonly listener: ProviderInterfaceCallback };
}

type Listeners = Record<ProviderInterfaceEmitted, Set<ProviderInterfaceEmitCb>>;

/** See the top of this file. */
export class WebSocketProvider implements ProviderInterface {
  readonly hasSubscriptions = true;
  readonly isClonable = false;
  readonly #endpoint: string;
  readonly #coder = new RpcCoder();
  readonly #requests = new Map<number, PendingRequest>();
  readonly #subscribers = new Map<string, ProviderInterfaceCallback>();
  readonly #listeners: Listeners = {
    connected: new Set(),
    disconnected: new Set(),
    error: new Set(),
  };
  #socket: WebSocket | undefined;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  get isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  clone(): ProviderInterface {
    return new WebSocketProvider(this.#endpoint);
  }

  /** Begins to connect; `connected`, or `error` and `disconnected`, follow. */
  async connect(): Promise<void> {
    const socket = openSocket(this.#endpoint);
    this.#socket = socket;
    socket.on('open', () => this.#emit('connected'));
    socket.on('message', (bytes) => this.#receive(String(bytes)));
    socket.on('error', (error) => this.#emit('error', error));
    socket.on('close', () => this.#closed());
  }

  async disconnect(): Promise<void> {
    this.#socket?.terminate();
  }

  on(type: ProviderInterfaceEmitted, listener: ProviderInterfaceEmitCb): () => void {
    this.#listeners[type].add(listener);
    return () => this.#listeners[type].delete(listener);
  }

  send<T>(method: string, params: unknown[]): Promise<T> {
    return this.#request(method, params) as Promise<T>;
  }

  async subscribe(
    type: string,
    method: string,
    ...[params, listener]: [params: unknown[], listener: ProviderInterfaceCallback]
  ): Promise<number | string> {
    const id = await this.#request(method, params, { type, listener });
    if (typeof id === 'string' || typeof id === 'number') return id;
    throw new Error(`${method} was answered with no subscription`);
  }

  async unsubscribe(type: string, method: string, id: number | string): Promise<boolean> {
    this.#subscribers.delete(subscriptionKey(type, id));
    return this.send<boolean>(method, [id]);
  }

  #request(
    method: string,
    params: unknown[],
    subscriber?: PendingRequest['subscriber'],
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.isConnected) throw new Error('the connection is closed');
      const [id, body] = this.#coder.encodeJson(method, params);
      this.#requests.set(id, { resolve, reject, ...(subscriber && { subscriber }) });
      this.#socket?.send(body);
    });
  }

  /** Answers and news are told apart by `method`. */
  #receive(text: string): void {
    try {
      const message: JsonRpcResponse<unknown> = JSON.parse(text);
      if (message.method === undefined) this.#answered(message);
      else this.#told(message);
    } catch (error) {
      this.#emit('error', new Error(`it sent what cannot be read: ${shortText(error)}`));
      this.#socket?.terminate();
    }
  }

  #answered(message: JsonRpcResponse<unknown>): void {
    const request = this.#requests.get(message.id);
    if (request === undefined) return;
    this.#requests.delete(message.id);
    const { resolve, reject, subscriber } = request;
    try {
      const result = this.#coder.decodeResponse(message);
      if (subscriber !== undefined) {
        this.#subscribers.set(subscriptionKey(subscriber.type, result), subscriber.listener);
      }
      resolve(result);
    } catch (error) {
      reject(error);
    }
  }

  #told(message: JsonRpcResponse<unknown>): void {
    const { method = '', params } = message;
    const listener = this.#subscribers.get(subscriptionKey(method, params.subscription));
    listener?.(null, this.#coder.decodeResponse(message));
  }

  #closed(): void {
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    this.#subscribers.clear();
    for (const { reject } of requests) reject(new Error('the connection was closed'));
    this.#emit('disconnected');
  }

  #emit(type: ProviderInterfaceEmitted, value?: unknown): void {
    for (const listener of [...this.#listeners[type]]) listener(value);
  }
}

/** Compression would cost each socket a window of memory, and answers are small. */
function openSocket(endpoint: string): WebSocket {
  try {
    return new WebSocket(endpoint, { maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
  } catch {
    throw new Error('the endpoint is no URL of a WebSocket');
  }
}

function subscriptionKey(type: string, id: unknown): string {
  return `${type} ${String(id)}`;
}
