import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPendingCommitments } from '../../../src/chain/subtensor/commitment-reading.ts';
import {
  bigInteger,
  cappedInteger,
  jsonList,
  readStorage,
  safeInteger,
  subtensor,
} from '../../../src/chain/subtensor/storage-reading.ts';
import type { SubtensorConnection } from '../../../src/chain/subtensor/subtensor-connection.ts';
import type { SubtensorNode } from '../../../src/chain/subtensor/subtensor-node.ts';
import { StubNode } from '../../support/subtensor-node/stub-node.ts';
import { connectedTo, METADATA_FILE } from '../../support/subtensor-rig.ts';

const UNREADABLE = expect.objectContaining({ code: 'chain_unreachable' });

describe('what the chain answers as JSON', () => {
  it('is an integer as number, digits or hexadecimal digits', () => {
    expect([safeInteger(7), safeInteger('7'), safeInteger('0x1fffffffffffff')]).toEqual([
      ...[7, 7, Number.MAX_SAFE_INTEGER],
    ]);
    expect(bigInteger('0xffffffffffffffff')).toBe(2n ** 64n - 1n);
  });

  it.each(['0x20000000000000', -1, 1.5, '', '7 ', 'x', null, undefined, true, [], {}])(
    'is no safe integer: %j',
    (json) => {
      expect(() => safeInteger(json)).toThrow(UNREADABLE);
    },
  );

  it('is the largest safe integer where a larger one makes no difference', () => {
    expect(['0xffffffffffffffff', '0x20000000000000', 7].map(cappedInteger)).toEqual([
      ...[Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 7],
    ]);
    expect(() => cappedInteger(-1)).toThrow(UNREADABLE);
  });

  it('is a list, or an empty one', () => {
    expect(jsonList([1, 2])).toEqual([1, 2]);
    for (const json of [undefined, null, 'text', 4, { a: 1 }]) expect(jsonList(json)).toEqual([]);
  });
});

describe('storage at a block', () => {
  let node: StubNode;
  let connection: SubtensorConnection;
  let source: SubtensorNode;
  beforeAll(async () => {
    node = await StubNode.start({ ...METADATA_FILE, tempoBlocks: 77 });
    connection = connectedTo(node);
    source = await connection.node();
  });
  afterAll(async () => {
    await connection.close();
    await node.stop();
  });

  it('is what is stored, the default where nothing is, and nothing where there is no default', async () => {
    const values = await readStorage(source, node.genesisHash, [
      subtensor('tempo', 1),
      subtensor('tempo', 9),
      subtensor('uids', 9, source.api.registry.createType('AccountId').toString()),
      subtensor('neverHeardOf', 1),
      { pallet: 'neverHeardOf', name: 'tempo' },
    ]);
    expect(values).toEqual([77, 360, undefined, undefined, undefined]);
  });

  it('is asked for in parts, and answered in order', async () => {
    const before = node.callCount('state_queryStorageAt');
    const uids = Array.from({ length: 1_001 }, (_, uid) => subtensor('tempo', uid));
    const values = await readStorage(source, node.genesisHash, uids);
    expect(values).toHaveLength(1_001);
    expect(values.flatMap((value, uid) => (value === 77 ? [uid] : []))).toEqual([1]);
    expect(node.callCount('state_queryStorageAt') - before).toBe(3);
  });

  it('has no commitments on a chain that knows none', async () => {
    const old = { ...source, api: { query: {} } } as unknown as SubtensorNode;
    const head = { block: 0, hash: node.genesisHash };
    const whose = { key: { netuid: 1, mecid: 0 }, who: 'anybody' };
    expect(await readPendingCommitments(old, head, whose)).toEqual([]);
  });
});
