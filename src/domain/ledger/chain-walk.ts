/**
 * Whether the entries of one subnet follow each other: the first one the anchor, or nothing at all, and each of the others
 * the one before it. Which weight sets need no entry, because they are older than the ledger, is decided here, too.
 */
import { GENESIS_DIGEST } from './ledger-entry.ts';
import type { LedgerFinding } from './ledger-finding.ts';

/** An entry's place in the chain of digests. */
export interface ChainLink {
  readonly block: number;
  readonly digest: string;
  readonly previousDigest: string;
}

/** Stands for deleted entries: the newest of them. */
export interface ChainAnchor {
  readonly block: number;
  readonly digest: string;
}

/** Where a chain begins. */
interface ChainBeginning {
  /** Undefined as long as no entry was deleted. */
  readonly anchor: ChainAnchor | undefined;
  /** Block of the oldest entry; undefined when there is none. */
  readonly firstBlock: number | undefined;
}

/** Goes through the chain of one subnet. */
export class ChainWalk {
  /**
   * The block from which on every weight set has an entry; sets below it are older than the ledger. Of those up to the
   * anchor retention has deleted the entries, and it keeps one set without: the newest that the chain took.
   */
  readonly start: number;
  readonly #anchor: ChainAnchor | undefined;
  #lastDigest: string;

  constructor({ anchor, firstBlock = Number.MAX_SAFE_INTEGER }: ChainBeginning) {
    this.start = anchor === undefined ? firstBlock : anchor.block + 1;
    this.#anchor = anchor;
    this.#lastDigest = anchor?.digest ?? GENESIS_DIGEST;
  }

  /** What does not hold about the place of the next entry; they come by rising block. */
  next({ block, digest, previousDigest }: ChainLink): readonly LedgerFinding[] {
    const before = this.#lastDigest;
    this.#lastDigest = digest;
    const follows = previousDigest === before ? [] : [notFollowing(previousDigest, before)];
    return [...follows, ...this.#deleted(block)];
  }

  /** What does not hold about a weight set without an entry. */
  withoutEntry(block: number): readonly LedgerFinding[] {
    return block < this.start ? [] : [NO_ENTRY];
  }

  /** What is there although the anchor says that it is not. */
  #deleted(block: number): readonly LedgerFinding[] {
    if (this.#anchor === undefined || this.#anchor.block < block) return [];
    const message = `it says that the entries up to block ${this.#anchor.block} were deleted`;
    return [{ where: 'ledger_anchors', message }];
  }
}

const NO_ENTRY: LedgerFinding = {
  where: 'ledger_entries',
  message: 'the weight set has no entry, but older ones have',
};

function notFollowing(previousDigest: string, before: string): LedgerFinding {
  const claim = `the entry follows one with the digest ${previousDigest}`;
  return { where: 'previous_digest', message: `${claim}, but the one before it has ${before}` };
}
