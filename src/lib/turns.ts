import { assert } from './assert.ts';

interface Claim {
  readonly cost: number;
  readonly grant: () => void;
}

/**
 * Divides work among the turns of the event loop: so much of it in each, first come first served, so that timers and sockets are
 * served in between however much has piled up.
 */
export class Turns {
  readonly #perTurn: number;
  #left: number;
  #isNextScheduled = false;
  /** As many as there are callers that wait for their turn. */
  readonly #claims = new Set<Claim>();

  /** @param perTurn Work that begins in one turn, more than 0, in the unit of the claims. */
  constructor(perTurn: number) {
    assert(perTurn > 0, `a turn has room for some work, got ${perTurn}`);
    this.#perTurn = perTurn;
    this.#left = perTurn;
  }

  /** Resolves in a turn that has room, at once when it is the present one. What is more than a turn's work ends its turn. */
  enter(cost: number): Promise<void> {
    if (this.#claims.size === 0 && this.#left > 0) {
      this.#use(cost);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#claims.add({ cost, grant: resolve });
    });
  }

  #use(cost: number): void {
    this.#left -= cost;
    if (this.#isNextScheduled) return;
    this.#isNextScheduled = true;
    setImmediate(() => this.#begin());
  }

  #begin(): void {
    this.#isNextScheduled = false;
    this.#left = this.#perTurn;
    for (const claim of this.#claims) {
      if (this.#left <= 0) return;
      this.#claims.delete(claim);
      this.#use(claim.cost);
      claim.grant();
    }
  }
}
