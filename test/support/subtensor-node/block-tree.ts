/** The blocks that the node knows: one line from genesis to the best one, and what a fork left beside it. */
import { compactToU8a, u8aConcat } from '@polkadot/util';
import { blake2AsHex } from '@polkadot/util-crypto';
import type { ChainState } from './chain-state.ts';
import type { SubtensorRuntime } from './runtime.ts';

interface Header {
  readonly parentHash: string;
  /** Hexadecimal. */
  readonly number: string;
  readonly stateRoot: string;
  readonly extrinsicsRoot: string;
  readonly digest: { readonly logs: readonly string[] };
}

export interface Block {
  readonly number: number;
  readonly hash: string;
  readonly header: Header;
  readonly extrinsics: readonly string[];
  /** SCALE of all event records. */
  readonly events: string;
  readonly state: ChainState;
  /** The runtime that carried the block out; what it stored is encoded by it. */
  readonly runtime: SubtensorRuntime;
  /** The runtime that the state holds, which carries out the next block. */
  readonly nextRuntime: SubtensorRuntime;
}

/** Blocks before the finalized one whose state is kept, so that a long run needs no more memory than a short one. */
const HISTORY_BLOCKS = 512;

export class BlockTree {
  readonly genesis: Block;
  #best: Block;
  #finalized: Block;
  readonly #byHash = new Map<string, Block>();
  readonly #byNumber = new Map<number, string>();
  #oldest = 1;

  constructor(genesis: Block) {
    this.genesis = genesis;
    this.#best = genesis;
    this.#finalized = genesis;
    this.add(genesis);
  }

  get best(): Block {
    return this.#best;
  }

  get finalized(): Block {
    return this.#finalized;
  }

  at(hash: string): Block | undefined {
    return this.#byHash.get(hash);
  }

  /** The hash of a block of the best line. */
  hashAt(number: number): string | undefined {
    return this.#byNumber.get(number);
  }

  /** Adds a block as the best one; its parent's line becomes the best line. */
  add(block: Block): void {
    this.#byHash.set(block.hash, block);
    this.#best = block;
    let each: Block | undefined = block;
    while (each !== undefined && this.#byNumber.get(each.number) !== each.hash) {
      this.#byNumber.set(each.number, each.hash);
      each = this.#byHash.get(each.header.parentHash);
    }
  }

  /** Makes the best line final up to a number. */
  finalize(number: number): void {
    const block = this.at(this.hashAt(number) ?? '');
    if (block === undefined || block.number <= this.#finalized.number) return;
    this.#finalized = block;
    this.#forget();
  }

  #forget(): void {
    const oldest = this.#finalized.number - HISTORY_BLOCKS;
    if (oldest <= this.#oldest) return;
    for (const [hash, { number }] of this.#byHash) {
      if (number >= oldest) break;
      if (number > 0) this.#byHash.delete(hash);
    }
    for (; this.#oldest < oldest; this.#oldest += 1) this.#byNumber.delete(this.#oldest);
  }
}

/** The header of a block and its hash. @param salt tells apart blocks that hold the same. */
export function sealed(
  {
    number,
    parentHash,
    extrinsics,
  }: Pick<Block, 'number' | 'extrinsics'> & Pick<Header, 'parentHash'>,
  salt: string,
): Pick<Block, 'header' | 'hash'> {
  const stateRoot = blake2AsHex(`state ${salt} ${number}`);
  const extrinsicsRoot = blake2AsHex(extrinsics.join());
  const roots = u8aConcat(stateRoot, extrinsicsRoot);
  const noLogs = Uint8Array.of(0);
  return {
    header: {
      parentHash,
      number: `0x${number.toString(16)}`,
      stateRoot,
      extrinsicsRoot,
      digest: { logs: [] },
    },
    hash: blake2AsHex(u8aConcat(parentHash, compactToU8a(number), roots, noLogs)),
  };
}
