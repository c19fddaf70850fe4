/** One client: its subscriptions, and what is sent to it. */
import type { RpcError } from './transaction-pool.ts';

/** Answers a call with an error instead of a result. */
export class RpcFailure extends Error {
  readonly error: RpcError;

  constructor(error: RpcError) {
    super(error.message);
    this.error = error;
  }
}

/** Subscriptions that one client may have. */
const SUBSCRIPTIONS_MAX = 1_024;

export class RpcSession {
  readonly #send: (message: object) => void;
  readonly #subscriptions = new Map<string, () => void>();
  #afterAnswer: (() => void)[] = [];
  #subscribed = 0;

  constructor(send: (message: object) => void) {
    this.#send = send;
  }

  /**
   * Opens a subscription whose notifications carry `method`. What `start` pushes at once goes out after the answer that
   * names the subscription.
   */
  subscribe(
    method: string,
    start: (push: (result: unknown) => void) => (() => void) | undefined,
  ): string {
    if (this.#subscriptions.size >= SUBSCRIPTIONS_MAX) {
      throw new RpcFailure({ code: -32_006, message: 'Too many subscriptions on the connection' });
    }
    this.#subscribed += 1;
    const subscription = `subscription-${this.#subscribed}`;
    const push = (result: unknown) => {
      this.#send({ jsonrpc: '2.0', method, params: { subscription, result } });
    };
    this.#subscriptions.set(subscription, () => undefined);
    this.#afterAnswer.push(() => {
      const stop = start(push);
      if (!this.#subscriptions.has(subscription)) stop?.();
      else if (stop !== undefined) this.#subscriptions.set(subscription, stop);
    });
    return subscription;
  }

  /** False when there is no such subscription. */
  unsubscribe(subscription: string): boolean {
    this.#subscriptions.get(subscription)?.();
    return this.#subscriptions.delete(subscription);
  }

  /** Sends an answer, then what belongs after it. */
  answer(message: object): void {
    this.#send(message);
    const after = this.#afterAnswer;
    this.#afterAnswer = [];
    for (const start of after) start();
  }

  close(): void {
    for (const stop of this.#subscriptions.values()) stop();
    this.#subscriptions.clear();
  }
}
