import { describe, expect, it } from 'vitest';
import { blockHash, ExtrinsicSearch } from '../../../src/chain/subtensor/extrinsic-search.ts';
import type { SubtensorNode } from '../../../src/chain/subtensor/subtensor-node.ts';

const HASH = `0x${'ab'.repeat(32)}`;
const TRANSACTION = { hash: HASH, hex: '0x01', signedAtBlock: 10, lastBlock: 17 };
const HEAD = { block: 12, hash: HASH, timeMs: 0 };

/** A node that answers so; what it knows of differs between the machines behind one address. */
function nodeOf(answers: Record<string, unknown>): SubtensorNode {
  const request = async (method: string) => answers[method];
  return { request } as unknown as SubtensorNode;
}

describe('the search for an extrinsic', () => {
  it.each([
    { what: 'has no hash of a block', answers: { chain_getBlockHash: null } },
    {
      what: 'has no such block',
      answers: { chain_getBlockHash: HASH, chain_getBlock: null },
    },
    {
      what: 'tells of a block without extrinsics',
      answers: { chain_getBlockHash: HASH, chain_getBlock: { block: {} } },
    },
  ])('takes no block for searched when the node $what', async ({ answers }) => {
    const search = new ExtrinsicSearch(TRANSACTION);
    await expect(search.upTo(nodeOf(answers), { ...HEAD, block: 20 })).rejects.toMatchObject({
      code: 'chain_unreachable',
    });
    expect(search.isOver).toBe(false);
  });

  it('is over with the last block that may have it', async () => {
    const search = new ExtrinsicSearch(TRANSACTION);
    const empty = { chain_getBlockHash: HASH, chain_getBlock: { block: { extrinsics: [] } } };
    await search.upTo(nodeOf(empty), { ...HEAD, block: 16 });
    expect(search.isOver).toBe(false);
    expect(await search.upTo(nodeOf(empty), { ...HEAD, block: 20 })).toBeUndefined();
    expect(search.isOver).toBe(true);
  });
});

describe('the hash of a final block', () => {
  it('is never taken for that of the newest one, which a node reads when it is given none', async () => {
    expect(await blockHash(nodeOf({ chain_getBlockHash: HASH }), 7)).toBe(HASH);
    await expect(blockHash(nodeOf({ chain_getBlockHash: null }), 7)).rejects.toMatchObject({
      code: 'chain_unreachable',
      message: expect.stringContaining('block 7'),
    });
  });
});
