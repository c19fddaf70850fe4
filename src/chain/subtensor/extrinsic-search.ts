import type { Head } from '../../actors/ports.ts';
import { readEvents } from './block-events.ts';
import { type DispatchOutcome, dispatchOutcome } from './dispatch-outcome.ts';
import type { SignedTransaction } from './signing.ts';
import { unreadable } from './storage-reading.ts';
import type { SubtensorNode } from './subtensor-node.ts';

/** The final block that has a transaction, and what it made of it. */
export interface Inclusion {
  readonly block: number;
  readonly outcome: DispatchOutcome;
}

interface SignedBlock {
  readonly block?: { readonly extrinsics?: readonly string[] };
}

/**
 * Looks for a transaction in final blocks, each once. It compares bytes, so nothing needs to be understood, and it does
 * not matter whether the connection that sent the transaction is still there.
 */
export class ExtrinsicSearch {
  readonly #transaction: SignedTransaction;
  #searchedBlock: number;

  constructor(transaction: SignedTransaction) {
    this.#transaction = transaction;
    this.#searchedBlock = transaction.signedAtBlock;
  }

  /** Whether every block that may take the transaction was searched. */
  get isOver(): boolean {
    return this.#searchedBlock >= this.#transaction.lastBlock;
  }

  /** Searches up to a final block. Errors are those of `SubtensorNode.request`. */
  async upTo(node: SubtensorNode, head: Head): Promise<Inclusion | undefined> {
    const last = Math.min(head.block, this.#transaction.lastBlock);
    while (this.#searchedBlock < last) {
      const block = this.#searchedBlock + 1;
      const hash = await blockHash(node, block);
      const found = await node.request<SignedBlock | null>('chain_getBlock', [hash]);
      const extrinsicIndex = extrinsicsOf(found, block).indexOf(this.#transaction.hex);
      if (extrinsicIndex >= 0) {
        const events = await readEvents(node, hash);
        return { block, outcome: dispatchOutcome(events, extrinsicIndex) };
      }
      this.#searchedBlock = block;
    }
    return undefined;
  }
}

/**
 * The hash of a final block by its number.
 *
 * @throws AssayError `chain_unreachable` also when the node has no such block: behind one address may be several, of which
 * some lag, and asked for a block without a hash they would answer with their newest one.
 */
export async function blockHash(
  node: Pick<SubtensorNode, 'request'>,
  block: number,
): Promise<string> {
  const hash = await node.request<unknown>('chain_getBlockHash', [block]);
  if (typeof hash === 'string') return hash;
  throw unreadable(`it has no hash of the final block ${block}`);
}

function extrinsicsOf(answer: SignedBlock | null, block: number): readonly string[] {
  const extrinsics = answer?.block?.extrinsics;
  if (Array.isArray(extrinsics)) return extrinsics;
  throw unreadable(`it has no extrinsics of the final block ${block}`);
}
