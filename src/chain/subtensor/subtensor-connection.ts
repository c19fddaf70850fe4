/**
 * Keeps one connection to the chain: the endpoints are tried in their order, the first that answers is kept until it ends,
 * then the next one is tried. When none answers the pauses grow. Whoever needs the chain waits for a connection for as long
 * as one request may take.
 */
import type { Head } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import type { Events } from '../../events.ts';
import { AssertionError, present } from '../../lib/assert.ts';
import { Broadcast } from '../../lib/broadcast.ts';
import type { Clock } from '../../lib/clock.ts';
import { aborted } from '../../lib/until-aborted.ts';
import { shortText, unreachable } from './chain-failures.ts';
import { endpointText } from './endpoint-text.ts';
import { SubtensorNode } from './subtensor-node.ts';
import type { SubtensorOptions } from './subtensor-options.ts';
import { WebSocketProvider } from './web-socket-provider.ts';

interface ConnectionSetup {
  readonly options: SubtensorOptions;
  readonly clock: Clock;
  readonly events: Events;
}

/** Pauses after rounds in which no endpoint answered: doubled each time, up to the last. */
const PAUSE_MIN_MS = 1_000;
const PAUSE_MAX_MS = 60_000;

/** Connections in a row that may end within moments before that counts as no answer: opening one costs a megabyte. */
const BRIEF_IN_ROW_MAX = 5;
const BRIEF_MS = 10_000;

/** See the top of this file. */
export class SubtensorConnection {
  readonly #setup: ConnectionSetup;
  readonly #stop = new AbortController();
  readonly #nodes = new Broadcast<SubtensorNode | undefined>(undefined);
  readonly #heads = new Broadcast<Head | undefined>(undefined);
  readonly #running: Promise<void>;
  #node: SubtensorNode | undefined;
  #head: Head | undefined;
  #nextEndpoint = 0;
  /** Since the last connection: of each endpoint the newest. */
  #failures: readonly unknown[] = [];
  #failedInRow = 0;
  #briefInRow = 0;
  #bug: AssertionError | undefined;

  constructor(setup: ConnectionSetup) {
    this.#setup = setup;
    this.#running = this.#keepConnected().catch((error: unknown) => this.#ended(error));
  }

  /**
   * The connection there is, or the next one when it comes soon enough.
   *
   * @param signal ends the waiting early.
   * @throws AssayError `chain_unreachable`; `chain_unusable` when the endpoints answered but are of no use.
   */
  async node(signal?: AbortSignal): Promise<SubtensorNode> {
    if (this.#node !== undefined) return this.#node;
    if (this.#bug !== undefined) throw this.#bug;
    const { clock, options } = this.#setup;
    const waited = new AbortController();
    const timeout = clock.sleep(options.requestTimeoutMs, waited.signal).catch(() => undefined);
    void timeout.then(() => waited.abort());
    const ending = [waited.signal, ...(signal === undefined ? [] : [signal])];
    try {
      for await (const node of this.#nodes.values(AbortSignal.any(ending))) {
        if (node !== undefined) return node;
        if (this.#failures.length >= options.endpoints.length) break;
      }
    } finally {
      waited.abort();
    }
    throw this.#bug ?? this.#failure();
  }

  /** New final blocks until the signal aborts, by rising number: an endpoint that lags behind the last one is waited for. */
  async *heads(signal: AbortSignal): AsyncGenerator<Head, void, void> {
    for await (const head of this.#heads.values(signal)) if (head !== undefined) yield head;
  }

  /** The newest final block that any endpoint told of. */
  get head(): Head | undefined {
    return this.#head;
  }

  /**
   * Resolves when the signal aborts; the connection works by itself.
   *
   * @throws AssertionError when a bug has ended it: no head would come any more, and nobody would ask for it again.
   */
  async run(signal: AbortSignal): Promise<void> {
    const ended = this.#running.then(() => {
      if (this.#bug !== undefined) throw this.#bug;
      return aborted(signal);
    });
    await Promise.race([ended, aborted(signal)]);
  }

  /** Ends every reader; a second call changes nothing. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#heads.close();
    this.#nodes.close();
    this.#node?.close();
    await this.#running;
  }

  async #keepConnected(): Promise<void> {
    let pauseMs = PAUSE_MIN_MS;
    while (!this.#stop.signal.aborted) {
      const node = await this.#tryNext();
      if (node !== undefined && (await this.#hold(node))) {
        pauseMs = PAUSE_MIN_MS;
      } else if (this.#failedInRow % this.#setup.options.endpoints.length === 0) {
        await this.#pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS);
      }
    }
  }

  async #tryNext(): Promise<SubtensorNode | undefined> {
    const { options, clock, events } = this.#setup;
    const index = this.#nextEndpoint % options.endpoints.length;
    this.#nextEndpoint = index + 1;
    const endpoint = present(options.endpoints[index], 'there is an endpoint');
    const provider = options.createProvider?.(endpoint) ?? new WebSocketProvider(endpoint);
    const knownBlock = () => this.#head?.block ?? -1;
    const { signal } = this.#stop;
    try {
      return await SubtensorNode.open({ endpoint, provider, options, clock, knownBlock, signal });
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.#failures = [...this.#failures, error].slice(-options.endpoints.length);
      this.#failedInRow += 1;
      if (!this.#stop.signal.aborted) {
        events.chainEndpointFailed({ endpoint: endpointText(endpoint), reason: shortText(error) });
      }
      this.#nodes.publish(undefined);
      return undefined;
    }
  }

  /** Uses a connection until it ends. @returns whether it was good enough to try the next one without a pause. */
  async #hold(node: SubtensorNode): Promise<boolean> {
    const { events, clock } = this.#setup;
    const sinceMs = clock.monotonicMs();
    this.#failures = [];
    this.#failedInRow = 0;
    this.#node = node;
    if (this.#stop.signal.aborted) node.close();
    events.chainConnected({ endpoint: node.endpoint, runtime: node.runtimeText });
    node.onHead((head) => this.#headSeen(head));
    this.#nodes.publish(node);
    const reason = await node.ended;
    this.#node = undefined;
    this.#nodes.publish(undefined);
    node.close();
    if (!this.#stop.signal.aborted) events.chainDisconnected({ endpoint: node.endpoint, reason });
    const isBrief = clock.monotonicMs() - sinceMs < BRIEF_MS;
    this.#briefInRow = isBrief ? this.#briefInRow + 1 : 0;
    return this.#briefInRow <= BRIEF_IN_ROW_MAX;
  }

  #headSeen(head: Head): void {
    if (this.#head !== undefined && head.block <= this.#head.block) return;
    this.#head = head;
    this.#setup.events.chainHeadSeen(head);
    this.#heads.publish(head);
  }

  async #pause(ms: number): Promise<void> {
    await this.#setup.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
  }

  #failure(): AssayError {
    const unusable = this.#failures.find(
      (error): error is AssayError =>
        error instanceof AssayError && error.code === 'chain_unusable',
    );
    if (unusable !== undefined) return unusable;
    const last = this.#failures.at(-1);
    const why = last === undefined ? 'no connection yet' : shortText(last);
    return unreachable(`no endpoint of the chain answers: ${why}`, last);
  }

  /** A bug ends the connection for good, and is thrown to whoever asks for it next. */
  #ended(error: unknown): void {
    this.#bug = error instanceof AssertionError ? error : new AssertionError(shortText(error));
    this.#nodes.close();
    this.#heads.close();
  }
}
