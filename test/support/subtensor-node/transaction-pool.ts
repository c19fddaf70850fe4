/** Extrinsics on their way into a block, and who follows them. */
import type { SubtensorRuntime } from './runtime.ts';
import type { SignedExtrinsic } from './signed-extrinsic.ts';

/** A status as the node's JSON spells it. */
type ExtrinsicStatus = string | Readonly<Record<string, string>>;

/** A refusal as the node's JSON spells it. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

export interface PooledExtrinsic {
  readonly extrinsic: SignedExtrinsic;
  readonly runtime: SubtensorRuntime;
  /** The first block that may take it. */
  fromBlock: number;
  willBeDropped: boolean;
  /** What a fork does with the block that takes it. */
  retraction: Retraction | undefined;
  included: { readonly number: number; readonly hash: string } | undefined;
}

/** After a fork took its block back: another block takes the extrinsic, or none ever does. */
export type Retraction = 'included_again' | 'never_included_again';

type Follower = (status: ExtrinsicStatus) => void;

/** Blocks after which a node stops following an extrinsic whose block is not final. */
const FINALITY_TIMEOUT_BLOCKS = 512;

export class TransactionPool {
  readonly #entries = new Map<string, PooledExtrinsic>();
  readonly #followers = new Map<string, Set<Follower>>();
  /** What a block took or what is invalid; a node does not take either again for a while. */
  readonly #banned = new Set<string>();

  /** Why the pool does not even look at an extrinsic. */
  knownRefusal(hash: string): RpcError | undefined {
    if (this.#banned.has(hash)) {
      return { code: 1012, message: 'Transaction is temporarily banned' };
    }
    if (!this.#entries.has(hash)) return undefined;
    return { code: 1013, message: 'Transaction Already Imported', data: hash };
  }

  /** Why the pool does not take a valid extrinsic besides those that it has. */
  priorityRefusal({ signer, nonce }: SignedExtrinsic): RpcError | undefined {
    const isNonceTaken = this.waiting().some(
      ({ extrinsic }) => extrinsic.signer === signer && extrinsic.nonce === nonce,
    );
    if (!isNonceTaken) return undefined;
    return {
      code: 1014,
      message: 'Priority is too low: (1 vs 1)',
      data: 'The transaction has too low priority to replace another transaction already in the pool.',
    };
  }

  add(entry: PooledExtrinsic): void {
    this.#entries.set(entry.extrinsic.hash, entry);
  }

  /** Extrinsics that no block has taken, in the order of their nonces. */
  waiting(): readonly PooledExtrinsic[] {
    return [...this.#entries.values()]
      .filter(({ included }) => included === undefined)
      .sort((a, b) => a.extrinsic.nonce - b.extrinsic.nonce);
  }

  /** Extrinsics whose block is not final yet. */
  included(): readonly PooledExtrinsic[] {
    return [...this.#entries.values()].filter(({ included }) => included !== undefined);
  }

  follow(hash: string, follower: Follower): () => void {
    const followers = this.#followers.get(hash) ?? new Set();
    this.#followers.set(hash, followers.add(follower));
    return () => followers.delete(follower);
  }

  tell(hash: string, status: ExtrinsicStatus): void {
    for (const follower of this.#followers.get(hash) ?? []) follower(status);
  }

  /** Ends an extrinsic's life here with its last status. */
  end(hash: string, status: ExtrinsicStatus): void {
    if (status === 'invalid') this.#banned.add(hash);
    this.#entries.delete(hash);
    this.tell(hash, status);
    this.#followers.delete(hash);
  }

  noteBlock(hash: string, number: number, hashes: readonly string[]): void {
    for (const each of hashes) {
      const entry = this.#entries.get(each);
      if (entry === undefined) continue;
      this.#banned.add(each);
      entry.included = { number, hash };
      this.tell(each, { inBlock: hash });
    }
  }

  /** Takes an extrinsic back from its block. */
  retract(entry: PooledExtrinsic): void {
    const { included, retraction, extrinsic } = entry;
    if (included === undefined) return;
    entry.included = undefined;
    entry.retraction = undefined;
    entry.fromBlock = retraction === 'never_included_again' ? Number.POSITIVE_INFINITY : 0;
    this.tell(extrinsic.hash, { retracted: included.hash });
  }

  /** Ends those whose block is final, and those that waited too long for it. */
  noteFinalized(finalized: number, best: number): void {
    for (const { extrinsic, included } of this.included()) {
      if (included === undefined) continue;
      if (included.number <= finalized) this.end(extrinsic.hash, { finalized: included.hash });
      else if (included.number + FINALITY_TIMEOUT_BLOCKS <= best) {
        this.end(extrinsic.hash, { finalityTimeout: included.hash });
      }
    }
  }
}
