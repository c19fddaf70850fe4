import { AssayError } from '../domain/errors.ts';
import type { Metagraph } from '../domain/metagraph.ts';
import type { Events } from '../events.ts';
import type { Clock } from '../lib/clock.ts';
import { newHeads } from './new-heads.ts';
import type { Chain, MetagraphReader } from './ports.ts';

interface MetagraphWatcherParts {
  readonly chain: Pick<Chain, 'heads' | 'metagraph'>;
  readonly events: Events;
  readonly clock: Clock;
}

const PART = 'metagraph watcher';

/** Keeps the newest metagraph. One read at a time: heads that pass meanwhile are skipped. */
export class MetagraphWatcher implements MetagraphReader {
  readonly #parts: MetagraphWatcherParts;
  #newest: Metagraph | undefined;

  constructor(parts: MetagraphWatcherParts) {
    this.#parts = parts;
  }

  current(): Metagraph {
    if (this.#newest !== undefined) return this.#newest;
    throw new AssayError('metagraph_unavailable', 'the metagraph has not been read yet', {
      retryAfterMs: 1_000,
    });
  }

  /** As `current`, for those who do without it before the first was read. */
  get newest(): Metagraph | undefined {
    return this.#newest;
  }

  /** Reads the metagraph at every new head until the signal aborts. A failed read keeps the metagraph of before. */
  async run(signal: AbortSignal): Promise<void> {
    for await (const _ of newHeads({ ...this.#parts, part: PART }, signal)) {
      try {
        await this.refresh();
      } catch (error) {
        this.#parts.events.partFailed({ part: PART, error });
      }
    }
  }

  /**
   * Reads the metagraph now. One that is older than what is there is thrown away: a provider's nodes may lag.
   *
   * @throws AssayError `chain_unreachable`.
   */
  async refresh(): Promise<void> {
    const metagraph = await this.#parts.chain.metagraph();
    if (this.#newest !== undefined && metagraph.block < this.#newest.block) return;
    this.#newest = metagraph;
  }
}
