import { describe, expect, it } from 'vitest';
import {
  nextEpochBlock,
  openEpochs,
  readEpoch,
} from '../../../src/chain/subtensor/epoch-reading.ts';
import type { SubtensorNode } from '../../../src/chain/subtensor/subtensor-node.ts';
import { StubNode } from '../../support/subtensor-node/stub-node.ts';
import { connectedTo } from '../../support/subtensor-rig.ts';

const STATE = {
  block: 110,
  tempo: 50,
  lastEpochBlock: 100,
  pendingEpochAt: 0,
  epochIndex: 7,
  blocksSinceLastStep: 10,
};
const STATEFUL = { block: 110, netuid: 3, tempo: 50, revealPeriodEpochs: 1, state: STATE };
/** Epochs of a chain from before the state: of eleven blocks, at netuid 2 epoch 1 is that of the blocks 8 to 18. */
const LEGACY = { netuid: 2, tempo: 10, revealPeriodEpochs: 1 };

describe('epochs of a chain that keeps their state', () => {
  it('whose commitments may wait are the current one, as many as the period and one more, and the next: it takes those of a block that puts a due epoch off', () => {
    expect(openEpochs(STATEFUL)).toEqual([8, 7, 6, 5]);
    expect(openEpochs({ ...STATEFUL, revealPeriodEpochs: 3 })).toEqual([8, 7, 6, 5, 4, 3]);
  });

  it('are none from before the first one', () => {
    expect(openEpochs({ ...STATEFUL, state: { ...STATE, epochIndex: 1 } })).toEqual([2, 1, 0]);
  });

  it('are not more than can be asked for, whatever period the chain tells', () => {
    const state = { ...STATE, epochIndex: 1_000_000 };
    const epochs = openEpochs({ ...STATEFUL, state, revealPeriodEpochs: Number.MAX_SAFE_INTEGER });
    expect(epochs.length).toBeLessThan(1_000);
  });

  it('begin a tempo after the last one, or with the next block when that is overdue', () => {
    expect(nextEpochBlock(STATEFUL)).toBe(150);
    expect(nextEpochBlock({ ...STATEFUL, block: 180 })).toBe(181);
  });

  it('that never begin are looked for again an epoch of the default tempo later', () => {
    expect(nextEpochBlock({ ...STATEFUL, tempo: 0 })).toBe(470);
  });
});

describe('epochs of a chain from before the state', () => {
  it('follow from the block', () => {
    expect(nextEpochBlock({ ...LEGACY, block: 8 })).toBe(19);
    expect(nextEpochBlock({ ...LEGACY, block: 18 })).toBe(19);
    expect(nextEpochBlock({ ...LEGACY, block: 19 })).toBe(30);
  });

  it('whose commitments may wait begin with the next one, which takes those of a last block', () => {
    expect(openEpochs({ ...LEGACY, block: 19 })).toEqual([3, 2, 1]);
    expect(openEpochs({ ...LEGACY, block: 0 })).toEqual([1, 0]);
  });
});

describe('the state of the epochs', () => {
  it('is of no use when the runtime keeps only a part of it by the names that are known', async () => {
    const stub = await StubNode.start();
    const connection = connectedTo(stub);
    try {
      const node = await connection.node();
      const { lastEpochBlock: _, ...known } = node.api.query.subtensorModule ?? {};
      const api = { registry: node.api.registry, query: { subtensorModule: known } };
      const request = (method: string, params: readonly unknown[]) => node.request(method, params);
      const other = { api, request, endpoint: node.endpoint, runtimeText: 'node-subtensor 999' };
      const reading = readEpoch(other as unknown as SubtensorNode, node.head, { netuid: 1 });
      await expect(reading).rejects.toMatchObject({
        code: 'chain_unusable',
        message: expect.stringMatching(/node-subtensor 999, which keeps its epochs in a way/),
      });
    } finally {
      await connection.close();
      await stub.stop();
    }
  });
});
