import { describe, expect, it } from 'vitest';
import { type ChainLink, ChainWalk } from '../../../src/domain/ledger/chain-walk.ts';
import { GENESIS_DIGEST } from '../../../src/domain/ledger/ledger-entry.ts';

const ANCHOR = { block: 20, digest: 'b'.repeat(64) };

function link(block: number, previousDigest: string): ChainLink {
  return { block, digest: String(block).padStart(64, '0'), previousDigest };
}

/** What does not hold about each of the links. */
function walked(walk: ChainWalk, links: readonly ChainLink[]) {
  return links.map((each) => walk.next(each).map(({ where }) => where));
}

describe('a chain of entries', () => {
  it('begins with nothing before it, and each entry follows the one before', () => {
    const [first, second] = [link(10, GENESIS_DIGEST), link(20, link(10, '').digest)];
    const walk = new ChainWalk({ anchor: undefined, firstBlock: 10 });
    expect(walked(walk, [first, second])).toEqual([[], []]);
  });

  it('goes on from the anchor when entries were deleted', () => {
    const beginning = { anchor: ANCHOR, firstBlock: 30 };
    expect(walked(new ChainWalk(beginning), [link(30, ANCHOR.digest)])).toEqual([[]]);
    expect(walked(new ChainWalk(beginning), [link(30, GENESIS_DIGEST)])).toEqual([
      ['previous_digest'],
    ]);
  });

  it('breaks at the entry behind one that is missing or has another digest, and there alone', () => {
    const walk = new ChainWalk({ anchor: undefined, firstBlock: 10 });
    const links = [
      link(10, GENESIS_DIGEST),
      link(30, link(20, '').digest),
      link(40, link(30, '').digest),
    ];
    expect(walked(walk, links)).toEqual([[], ['previous_digest'], []]);
    const another = new ChainWalk({ anchor: undefined, firstBlock: 10 });
    expect(another.next(link(10, '1'.repeat(64)))).toEqual([
      {
        where: 'previous_digest',
        message: `the entry follows one with the digest ${'1'.repeat(64)}, but the one before it has ${GENESIS_DIGEST}`,
      },
    ]);
  });

  it('has no entry that the anchor says was deleted', () => {
    const walk = new ChainWalk({ anchor: ANCHOR, firstBlock: 20 });
    expect(walk.next(link(20, ANCHOR.digest))).toEqual([
      { where: 'ledger_anchors', message: 'it says that the entries up to block 20 were deleted' },
    ]);
  });
});

describe('a weight set without an entry', () => {
  it('is older than the ledger before the first entry, or when there is none', () => {
    const walk = new ChainWalk({ anchor: undefined, firstBlock: 10 });
    expect([walk.withoutEntry(9), walk.start]).toEqual([[], 10]);
    const empty = new ChainWalk({ anchor: undefined, firstBlock: undefined });
    expect(empty.withoutEntry(1_000_000)).toEqual([]);
  });

  it('lacks it from the first entry on', () => {
    const walk = new ChainWalk({ anchor: undefined, firstBlock: 10 });
    const finding = {
      where: 'ledger_entries',
      message: 'the weight set has no entry, but older ones have',
    };
    expect([walk.withoutEntry(10), walk.withoutEntry(11)]).toEqual([[finding], [finding]]);
  });

  it('may be there up to the anchor, where retention keeps one without its entry, and not behind', () => {
    const walk = new ChainWalk({ anchor: ANCHOR, firstBlock: undefined });
    expect(walk.start).toBe(21);
    expect(walk.withoutEntry(20)).toEqual([]);
    expect(walk.withoutEntry(21).map(({ where }) => where)).toEqual(['ledger_entries']);
  });
});
