import { type RawData, WebSocket, WebSocketServer } from 'ws';

/** Stands before a node and changes what it says. */
export class JsonRpcProxy {
  /** Changes each message of the node; `undefined` keeps it back. */
  rewrite: (text: string) => string | undefined = (text) => text;
  readonly #server: WebSocketServer;
  readonly #url: string;

  static async start(url: string): Promise<JsonRpcProxy> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    return new JsonRpcProxy(server, url);
  }

  private constructor(server: WebSocketServer, url: string) {
    this.#server = server;
    this.#url = url;
    server.on('connection', (client) => this.#join(client));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  get connectionCount(): number {
    return this.#server.clients.size;
  }

  /** Says something of its own to every client. */
  say(message: string | Uint8Array): void {
    for (const client of this.#server.clients) client.send(message);
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: WebSocket): void {
    const node = new WebSocket(this.#url);
    const waiting: RawData[] = [];
    client.on('message', (text) => {
      if (node.readyState === WebSocket.OPEN) node.send(String(text));
      else waiting.push(text);
    });
    node.on('open', () => {
      for (const text of waiting) node.send(String(text));
    });
    node.on('message', (text) => {
      const rewritten = this.rewrite(String(text));
      if (rewritten !== undefined) client.send(rewritten);
    });
    node.on('error', () => client.terminate());
    node.on('close', () => client.terminate());
    client.on('close', () => node.terminate());
  }
}
