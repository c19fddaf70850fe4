import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A wire between client and service that a test can cut. */
export class SeverableProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** Listens on a free port of its own until the test ends. */
  static async to(address: string): Promise<SeverableProxy> {
    const proxy = new SeverableProxy(address);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      proxy.cut();
      proxy.#server.close();
    });
    return proxy;
  }

  private constructor(address: string) {
    const [host = '', port = ''] = address.split(':');
    this.#server = createServer((near) => {
      const far = dial(Number(port), host);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.#sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
  }

  get address(): string {
    const bound = this.#server.address();
    return typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : '';
  }

  /** Breaks every connection without a goodbye; new ones are taken again at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
