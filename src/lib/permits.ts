import { assert } from './assert.ts';

interface Claim {
  readonly count: number;
  readonly grant: () => void;
}

/**
 * A fixed number of permits for something that must stay bounded, given out first come first served: a small claim never
 * overtakes a large one, so no claim starves.
 */
export class Permits {
  readonly total: number;
  #inUse = 0;
  readonly #claims = new Set<Claim>();

  /** @param total Permits that can be out at once, at least 1. */
  constructor(total: number) {
    assert(Number.isInteger(total) && total >= 1, `permits are at least 1, got ${total}`);
    this.total = total;
  }

  /** Permits that are out. */
  get inUse(): number {
    return this.#inUse;
  }

  /** Takes `count` permits (0 to `total`) if nobody has to wait for that. */
  tryAcquire(count: number): boolean {
    assert(count >= 0 && count <= this.total, `a claim is from 0 to ${this.total}, got ${count}`);
    if (this.#claims.size > 0 || this.#inUse + count > this.total) return false;
    this.#inUse += count;
    return true;
  }

  /** Takes `count` permits (0 to `total`) in turn; rejects with the signal's reason when it aborts first. */
  acquire(count: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.tryAcquire(count)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#claims.delete(claim);
        this.#grantNext();
        reject(signal?.reason);
      };
      const grant = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const claim: Claim = { count, grant };
      this.#claims.add(claim);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** Gives permits back. */
  release(count: number): void {
    assert(count >= 0 && count <= this.#inUse, `only permits that are out come back, got ${count}`);
    this.#inUse -= count;
    this.#grantNext();
  }

  #grantNext(): void {
    for (const claim of this.#claims) {
      if (this.#inUse + claim.count > this.total) return;
      this.#claims.delete(claim);
      this.#inUse += claim.count;
      claim.grant();
    }
  }
}
