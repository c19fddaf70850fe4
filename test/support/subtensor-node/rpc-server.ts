/** JSON-RPC over WebSocket on loopback, with the ways in which a connection can fail. */
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { RPC_METHODS, type RpcContext } from './rpc-methods.ts';
import { RpcFailure, RpcSession } from './rpc-session.ts';

/** What the connections do wrong until it is taken back. */
export class ConnectionFaults {
  isRefusing = false;
  /** Sockets stay open and take messages; nothing is answered, pushed or ponged. */
  isSilent = false;
  answerDelayMs = 0;
  /** The next submission is taken, and its socket closed instead of an answer. */
  losesNextSubmissionAnswer = false;
}

interface RpcRequest {
  readonly id: number | string | null;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Metadata is the largest message by far and has less than a megabyte. */
const MESSAGE_BYTES_MAX = 16 * 1_024 * 1_024;

export class RpcServer {
  readonly faults = new ConnectionFaults();
  /** How often each method was called. */
  readonly calls = new Map<string, number>();
  /** Messages that came while the node was silent. */
  ignoredCount = 0;
  readonly #server: WebSocketServer;
  readonly #context: RpcContext;

  /** Listens on loopback; 0 takes a free port. */
  static async listen(context: RpcContext, port: number): Promise<RpcServer> {
    const server = new RpcServer(context, port);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('listening', resolve);
      server.#server.once('error', reject);
    });
    return server;
  }

  private constructor(context: RpcContext, port: number) {
    this.#context = context;
    this.#server = new WebSocketServer({
      host: '127.0.0.1',
      port,
      autoPong: false,
      maxPayload: MESSAGE_BYTES_MAX,
      verifyClient: (_: unknown, accept: (isAccepted: boolean, code: number) => void) =>
        accept(!this.faults.isRefusing, 503),
    });
    this.#server.on('connection', (socket) => this.#serve(socket));
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server is closed');
    return (address satisfies AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#server.clients.size;
  }

  /** Breaks every connection without a goodbye. */
  drop(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: WebSocket): void {
    const session = new RpcSession((message) => this.#send(socket, message));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => session.close());
    socket.on('ping', (bytes) => {
      if (!this.faults.isSilent) socket.pong(bytes);
    });
    socket.on('message', (text) => {
      if (this.faults.isSilent) this.ignoredCount += 1;
      else this.#receive(socket, session, String(text));
    });
  }

  #receive(socket: WebSocket, session: RpcSession, text: string): void {
    const request = requestOf(text);
    if (request === undefined) {
      session.answer({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32_700, message: 'Parse error' },
      });
      return;
    }
    const outcome = this.#carryOut(request, session);
    const isSubmission = request.method.startsWith('author_submit');
    if (isSubmission && this.faults.losesNextSubmissionAnswer) {
      this.faults.losesNextSubmissionAnswer = false;
      socket.terminate();
    } else session.answer({ jsonrpc: '2.0', id: request.id, ...outcome });
  }

  #carryOut({ method, params }: RpcRequest, session: RpcSession) {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    const run = Object.hasOwn(RPC_METHODS, method) ? RPC_METHODS[method] : undefined;
    if (run === undefined) return { error: { code: -32_601, message: 'Method not found' } };
    try {
      return { result: run(this.#context, params, session) };
    } catch (error) {
      if (error instanceof RpcFailure) return { error: error.error };
      return { error: { code: -32_603, message: 'Internal error', data: String(error) } };
    }
  }

  #send(socket: WebSocket, message: object): void {
    if (this.faults.isSilent) return;
    const text = JSON.stringify(message);
    const send = () => {
      if (socket.readyState === socket.OPEN && !this.faults.isSilent) socket.send(text);
    };
    if (this.faults.answerDelayMs === 0) send();
    else setTimeout(send, this.faults.answerDelayMs).unref();
  }
}

function requestOf(text: string): RpcRequest | undefined {
  try {
    const { id, method, params = [] } = JSON.parse(text);
    return typeof method === 'string' && Array.isArray(params) ? { id, method, params } : undefined;
  } catch {
    return undefined;
  }
}
