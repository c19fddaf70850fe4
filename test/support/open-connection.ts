import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { SubtensorConnection } from '../../src/chain/subtensor/subtensor-connection.ts';
import type { SubtensorOptions } from '../../src/chain/subtensor/subtensor-options.ts';
import { WebSocketProvider } from '../../src/chain/subtensor/web-socket-provider.ts';
import { Events } from '../../src/events.ts';
import { RecordingLogger } from './intake-fixture.ts';
import { ManualClock } from './manual-clock.ts';
import { StubNode, type StubNodeOptions } from './subtensor-node/stub-node.ts';
import { METADATA_FILE, until } from './subtensor-rig.ts';

export const HEAD_TIMEOUT_MS = 60_000;
export const REQUEST_TIMEOUT_MS = 20_000;

/** A node that stops when the test ends. */
export async function stubNode(options: StubNodeOptions = {}): Promise<StubNode> {
  const node = await StubNode.start({ ...METADATA_FILE, ...options });
  onTestFinished(() => node.stop());
  return node;
}

/** Another endpoint of a node's chain. */
export async function mirrorOf(node: StubNode): Promise<StubNode> {
  const mirror = await node.mirror();
  onTestFinished(() => mirror.stop());
  return mirror;
}

/** An endpoint that takes connections and says nothing at all. */
export async function muteEndpoint(): Promise<string> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** An endpoint that nobody listens at. */
export async function closedEndpoint(): Promise<string> {
  const node = await stubNode();
  const { url } = node;
  await node.stop();
  return url;
}

/** An endpoint that takes connections and messages, and answers nothing. */
export async function silentEndpoint(): Promise<string> {
  const node = await stubNode();
  node.silence();
  return node.url;
}

/** A connection that closes when the test ends, on a clock that the test moves. */
export class OpenConnection {
  readonly clock = new ManualClock();
  readonly logger = new RecordingLogger();
  readonly connection: SubtensorConnection;
  /** Endpoints in the order in which they were tried. */
  readonly tried: string[] = [];

  constructor(endpoints: readonly string[], options: Partial<SubtensorOptions> = {}) {
    this.connection = new SubtensorConnection({
      clock: this.clock,
      events: new Events({ logger: this.logger }),
      options: {
        endpoints,
        netuid: 1,
        mecid: 0,
        headTimeoutMs: HEAD_TIMEOUT_MS,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        eraBlocks: 8,
        createProvider: (endpoint) => {
          this.tried.push(endpoint);
          return new WebSocketProvider(endpoint);
        },
        ...options,
      },
    });
    onTestFinished(() => this.connection.close());
  }

  /** Endpoints that were connected to, in order. */
  get connected(): readonly string[] {
    return this.logger.about('connected to the chain').map(endpointOf);
  }

  /** Reasons for which endpoints could not be used, in order. */
  get failures(): readonly string[] {
    return this.logger
      .about('endpoint of the chain cannot be used')
      .map(({ reason }: { reason?: string }) => reason ?? '');
  }

  /** Reasons for which connections ended, in order. */
  get endings(): readonly string[] {
    return this.logger
      .about('connection to the chain ended')
      .map(({ reason }: { reason?: string }) => reason ?? '');
  }

  /** Waits until there have been so many connections. */
  async connections(count: number): Promise<void> {
    await until(() => this.connected.length >= count, `${count} connections`);
  }

  /** Waits until it pauses because none of the endpoints answered, for the n-th time. */
  async pausing(failures: number): Promise<void> {
    await until(
      () => this.failures.length === failures && this.clock.sleeperCount === 1,
      `it pauses after ${failures} failures`,
    );
  }
}

function endpointOf(fields: { endpoint?: string }): string {
  return fields.endpoint ?? '';
}
