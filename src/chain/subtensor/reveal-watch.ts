import type { Head, WeightIntent } from '../../actors/ports.ts';
import { sameWeights } from '../../domain/read-back.ts';
import { readEvents } from './block-events.ts';
import { readPendingCommitments } from './commitment-reading.ts';
import { blockHash } from './extrinsic-search.ts';
import { readStoredWeights, type ValidatorKey } from './stored-weights.ts';
import type { SubtensorNode } from './subtensor-node.ts';
import { storageIndex } from './subtensor-options.ts';

/** What became of a commitment by a final block. */
export type RevealState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'revealed'; readonly block: number }
  | { readonly kind: 'lost' };

/** What is watched. */
export interface WatchedCommitment {
  readonly digest: string;
  readonly validator: ValidatorKey;
  readonly vector: WeightIntent['vector'];
  readonly includedAtBlock: number;
}

const REVEALED_EVENTS: ReadonlySet<string> = new Set([
  'TimelockedWeightsRevealed',
  'CRV3WeightsRevealed',
]);

/** Blocks whose events are read at once; after a longer absence the stored weights alone must tell. */
const EVENT_BLOCKS_MAX = 64;

/**
 * Watches one commitment. The chain tells of a reveal, never of a commitment that it dropped: that one is only not there
 * any more. So its absence is what is looked for, and the events since the block at which it still waited decide.
 */
export class RevealWatch {
  readonly #watched: WatchedCommitment;
  /** The newest block at which the commitment still waited. */
  #waitingAtBlock: number;

  constructor(watched: WatchedCommitment) {
    this.#watched = watched;
    this.#waitingAtBlock = watched.includedAtBlock;
  }

  /** Errors are those of `SubtensorNode.request`. */
  async at(node: SubtensorNode, head: Head): Promise<RevealState> {
    if (head.block < this.#watched.includedAtBlock) return { kind: 'waiting' };
    if (await this.#isWaitingAt(node, head)) {
      this.#waitingAtBlock = Math.max(this.#waitingAtBlock, head.block);
      return { kind: 'waiting' };
    }
    const block = this.#canBeSearched(node, head)
      ? await this.#revealedAt(node, head)
      : await this.#storedAt(node, head);
    return block === undefined ? { kind: 'lost' } : { kind: 'revealed', block };
  }

  async #isWaitingAt(node: SubtensorNode, head: Pick<Head, 'block' | 'hash'>): Promise<boolean> {
    const { digest, validator } = this.#watched;
    const { hotkey: who } = validator;
    const pending = await readPendingCommitments(node, head, { key: validator, who });
    return pending.includes(digest);
  }

  #canBeSearched({ api }: SubtensorNode, head: Head): boolean {
    const known = api.events.subtensorModule ?? {};
    const isTold = [...REVEALED_EVENTS].some((name) => known[name] !== undefined);
    return isTold && head.block - this.#waitingAtBlock <= EVENT_BLOCKS_MAX;
  }

  /** The block whose reveal made the commitment go: other blocks may have revealed others of the same hotkey. */
  async #revealedAt(node: SubtensorNode, head: Head): Promise<number | undefined> {
    let before = await blockHash(node, this.#waitingAtBlock);
    for (let block = this.#waitingAtBlock + 1; block <= head.block; block += 1) {
      const hash = await blockHash(node, block);
      const events = await readEvents(node, hash);
      if (events.some((event) => this.#isOurs(event))) {
        const wasWaiting = await this.#isWaitingAt(node, { block: block - 1, hash: before });
        if (!wasWaiting) return undefined;
        if (!(await this.#isWaitingAt(node, { block, hash }))) return block;
      }
      before = hash;
    }
    return undefined;
  }

  #isOurs({ pallet, name, fields }: { pallet: string; name: string; fields: readonly unknown[] }) {
    const { validator } = this.#watched;
    return (
      pallet === 'subtensorModule' &&
      REVEALED_EVENTS.has(name) &&
      fields[0] === storageIndex(validator) &&
      fields[1] === validator.hotkey
    );
  }

  /** Where no events tell, weights that are stored as intended are taken for revealed. */
  async #storedAt(node: SubtensorNode, head: Head): Promise<number | undefined> {
    const { vector, validator } = this.#watched;
    const stored = await readStoredWeights(node, head, validator);
    return sameWeights(vector, stored.vector) ? head.block : undefined;
  }
}
