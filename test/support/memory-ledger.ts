import type { LedgerReader } from '../../src/actors/record-ports.ts';
import type { LedgerContent } from '../../src/domain/ledger/ledger-entry.ts';

/** Ledger entries that the test put there, the newest last. */
export class MemoryLedger implements LedgerReader {
  readonly contents: LedgerContent[] = [];

  async entryAt(block?: number) {
    return this.#at(block)?.sealed;
  }

  async minerAt(block: number, uid: number) {
    return this.#at(block)?.miners.find((facts) => facts.uid === uid);
  }

  async pairsAt(block: number, uid: number) {
    return this.#at(block)?.pairs.filter((pair) => pair.uid === uid) ?? [];
  }

  async shutPairsAt(block: number, category: string) {
    const ofBlock = this.#at(block)?.pairs ?? [];
    return ofBlock.filter(
      (pair) => pair.category === category && pair.reason === 'CATEGORY_BELOW_MIN_MINERS',
    );
  }

  #at(block: number | undefined): LedgerContent | undefined {
    return block === undefined
      ? this.contents.at(-1)
      : this.contents.find(({ sealed }) => sealed.entry.block === block);
  }
}
