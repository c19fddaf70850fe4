import { describe, expect, it } from 'vitest';
import { INCLUSION_BLOCKS_MAX } from '../../src/domain/schedule.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { sampleWeightSet } from '../support/weight-set-samples.ts';
import { rigOf, type WeightSetterRig } from '../support/weight-setter-rig.ts';
import { sampleCompute } from '../support/weight-setter-samples.ts';

describe('a restart', () => {
  it('goes on with the interval', async () => {
    const rig = rigOf();
    await rig.start();
    await rig.chain.advanceTo(1_012);
    await rig.stop();
    const setter = await rig.start();
    expect(setter.status()).toMatchObject({ lastSetBlock: 1_010, nextSetBlock: 1_030 });
    await rig.chain.advanceTo(1_031);
    expect(rig.sets.map(({ block }) => block)).toEqual([1_010, 1_030]);
  });

  it.each(['computed', 'submitted', 'in_block', 'finalized'] as const)(
    'with a set in state %s that the chain has verifies it and submits nothing',
    async (state) => {
      const rig = await crashedIn(state);
      await rig.chain.advance();
      const setter = await rig.start();
      expect(rig.last).toMatchObject({ block: 1_010, state: 'verified' });
      await rig.chain.advanceTo(1_029);
      expect(rig.chain.submissions.length).toBe(1);
      expect(setter.status()).toMatchObject({ lastSetBlock: 1_010, nextSetBlock: 1_030 });
    },
  );

  it.each(['computed', 'submitted', 'in_block', 'finalized'] as const)(
    'with a set in state %s that the chain never took fails it, and sets weights once',
    async (state) => {
      const rig = await crashedIn(state);
      for (const submission of rig.chain.submissions) submission.includeAtBlock = undefined;
      await rig.chain.advance();
      await rig.start();
      await rig.chain.advanceTo(1_013 + INCLUSION_BLOCKS_MAX);
      expect(rig.sets).toMatchObject([
        { state: 'failed', failure: { reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN' } },
        { state: 'verified' },
      ]);
      expect(rig.chain.takenAtBlocks.length).toBe(1);
    },
  );

  it('with a commitment waits for its reveal without holding up the next set', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { isCommitRevealEnabled: true } } });
    rig.chain.revealBlocks = 15;
    await rig.start();
    await rig.chain.advanceTo(1_012);
    await rig.stop();
    expect(rig.last?.state).toBe('committed');
    const setter = await rig.start();
    await rig.chain.advanceTo(1_020);
    expect(rig.last?.state).toBe('committed');
    expect(setter.status().isSetting).toBe(false);
    await rig.chain.advanceTo(1_027);
    expect(rig.last?.state).toBe('verified');
    await rig.chain.advanceTo(1_031);
    expect(rig.last).toMatchObject({ block: 1_030, state: 'committed' });
  });

  it('takes up every commitment that waits, not only the newest', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { isCommitRevealEnabled: true } } });
    rig.chain.revealBlocks = 25;
    await rig.start();
    await rig.chain.advanceTo(1_032);
    await rig.stop();
    expect(rig.sets.map(({ block, state }) => [block, state])).toEqual([
      [1_010, 'committed'],
      [1_030, 'committed'],
    ]);
    rig.chain.revealBlocks = 2;
    await rig.start();
    await rig.chain.advanceTo(1_060);
    expect(rig.sets.map(({ block, state }) => [block, state])).toEqual([
      [1_010, 'verified'],
      [1_030, 'verified'],
      [1_050, 'verified'],
    ]);
  });

  it('tells a commitment that a newer one has replaced from one that was lost', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { isCommitRevealEnabled: true } } });
    rig.chain.revealBlocks = undefined;
    await rig.start();
    await rig.chain.advanceTo(1_020);
    rig.configs.change({ burnPercentage: 50 });
    await rig.chain.advanceTo(1_033);
    await rig.stop();
    for (const submission of rig.chain.submissions) submission.revealAtBlock = 1_034;
    await rig.chain.advanceTo(1_035);
    const setter = await rig.start();
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'failed', failure: { reason: 'SUPERSEDED' } },
      { block: 1_030, state: 'verified' },
    ]);
    expect(setter.status().alarm).toBeUndefined();
  });

  it('knows the chain’s rate limit before the first decision', async () => {
    const rig = rigOf({
      config: { weightSetIntervalBlocks: 5 },
      metagraph: { hyperparameters: { weightsRateLimitBlocks: 100 } },
    });
    rig.chain.lastUpdateBlock = 990;
    const setter = await rig.start();
    expect(setter.status().nextSetBlock).toBe(1_090);
    await rig.chain.advanceTo(1_089);
    expect(rig.sets).toEqual([]);
    await rig.chain.advanceTo(1_091);
    expect(rig.last).toMatchObject({ block: 1_090, state: 'verified' });
  });

  it('with a set of another chain does not wait for it, and sets none below it', async () => {
    const rig = rigOf();
    rig.store.sets.set(900_000, { ...sampleWeightSet(), block: 900_000, state: 'submitted' });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_011);
    expect(rig.sets).toMatchObject([{ block: 900_000, state: 'failed' }]);
    expect(setter.status()).toMatchObject({
      isSetting: false,
      lastSetBlock: 0,
      alarm: expect.stringContaining('900000'),
    });
  });

  it('finds a commitment that was not written down', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { isCommitRevealEnabled: true } } });
    await rig.start();
    await rig.chain.advanceTo(1_010);
    rig.store.failing = 'update';
    await rig.chain.advance();
    await rig.stop();
    expect(rig.last?.state).toBe('submitted');
    rig.store.failing = 'none';
    await rig.start();
    expect(rig.last?.state).toBe('committed');
    await rig.chain.advance(6);
    expect(rig.last?.state).toBe('verified');
  });

  it('is made up for at the next head when store or chain do not answer at first', async () => {
    const rig = rigOf();
    rig.store.failing = 'all';
    await rig.start();
    expect(rig.messages('error')).toEqual(['weight setter failed and goes on']);
    rig.store.failing = 'none';
    await rig.chain.advanceTo(1_011);
    expect(rig.last).toMatchObject({ block: 1_010, state: 'verified' });
  });

  it('on a chain that began anew counts from its beginning', async () => {
    const rig = rigOf();
    await rig.start();
    await rig.chain.advanceTo(1_012);
    await rig.stop();
    rig.chain.restartAt(0);
    const setter = await rig.start();
    expect(setter.status()).toMatchObject({ lastSetBlock: 0, nextSetBlock: 20 });
  });

  /** A setter that came to `state` and died; its extrinsic is in the pool. */
  async function crashedIn(state: WeightSet['state']): Promise<WeightSetterRig> {
    const rig = rigOf();
    await rig.start();
    await rig.chain.advanceTo(1_010);
    await rig.stop();
    const set = rig.last as WeightSet;
    expect(set.state).toBe('submitted');
    rig.store.sets.set(1_010, { ...set, state });
    return rig;
  }
});

describe('a stop', () => {
  it('leaves a submission as it is, for the next start to find out', async () => {
    const rig = rigOf();
    rig.chain.inclusionBlocks = () => undefined;
    await rig.start();
    await rig.chain.advanceTo(1_010);
    await rig.stop();
    expect(rig.last?.state).toBe('submitted');
    expect(rig.messages('error')).toEqual([]);
  });

  it('before the submission begins fails the set: nothing was sent', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    await rig.chain.advanceTo(1_009);
    const record = rig.store.record.bind(rig.store);
    let drained: Promise<void> | undefined;
    rig.store.record = async (decision) => {
      await record(decision);
      drained = setter.drain();
    };
    await rig.chain.advance();
    await drained;
    expect(rig.last).toMatchObject({ state: 'failed', failure: { reason: 'INTERRUPTED' } });
    expect(rig.chain.calls.submit).toBe(0);
  });

  it('during the calculation decides nothing', async () => {
    const compute = sampleCompute();
    let finish: () => void = () => undefined;
    const rig = rigOf({
      compute: {
        allocate: async (population, policy) => {
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
          return compute.allocate(population, policy);
        },
      },
    });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_010);
    const stopped = setter.drain();
    finish();
    await stopped;
    expect(rig.sets).toEqual([]);
    expect(rig.messages('error')).toEqual([]);
  });
});

describe('a store that fails', () => {
  it('keeps a set from being submitted until it can be recorded, and is asked again after a pause', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    rig.store.failing = 'record';
    await rig.chain.advanceTo(1_019);
    expect(rig.messages('error').length).toBe(1);
    expect(setter.status().alarm).toBe(
      'the weights of block 1010 could not be stored: the database is locked',
    );
    await rig.chain.advance();
    expect(rig.messages('error').length).toBe(2);
    expect(rig.chain.calls.submit).toBe(0);
    rig.store.failing = 'none';
    await rig.chain.advanceTo(1_031);
    expect(rig.sets).toMatchObject([{ block: 1_030, state: 'verified' }]);
    expect(setter.status().alarm).toBeUndefined();
  });

  it('is asked at once when an operator wants it', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    rig.store.failing = 'record';
    await rig.chain.advanceTo(1_011);
    await expect(setter.setNow()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(setter.status().alarm).toContain('block 1011');
    rig.store.failing = 'none';
    await rig.chain.advance();
    const set = setter.setNow();
    await rig.chain.advance(2);
    expect(await set).toMatchObject({ block: 1_012, state: 'verified' });
    expect(setter.status().alarm).toBeUndefined();
  });

  it('because another process was first raises no alarm, and the next head is tried', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    const record = rig.store.record.bind(rig.store);
    rig.store.record = async (decision) => {
      rig.store.record = record;
      await record(decision);
      await record(decision);
    };
    await rig.chain.advanceTo(1_010);
    expect(setter.status().alarm).toBeUndefined();
    await rig.chain.advance(2);
    expect(rig.last).toMatchObject({ block: 1_011, state: 'verified' });
  });

  it('holds up nothing later, and gets the newest state when it works again', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    await rig.chain.advanceTo(1_010);
    rig.store.failing = 'update';
    await rig.chain.advance(2);
    expect(rig.last?.state).toBe('submitted');
    expect(setter.status()).toMatchObject({ lastSetBlock: 1_010, isSetting: false });
    await expect(setter.setNow()).rejects.toMatchObject({ code: 'store_unavailable' });
    await rig.chain.advanceTo(1_035);
    expect(rig.chain.submissions.length).toBe(1);
    rig.store.failing = 'none';
    await rig.chain.advance();
    expect(rig.store.sets.get(1_010)?.state).toBe('verified');
    expect(rig.last?.block).toBe(1_036);
  });
});

describe('a store that lost a set', () => {
  it('does not hold up the next one', async () => {
    const rig = rigOf();
    await rig.start();
    await rig.chain.advanceTo(1_010);
    rig.store.sets.delete(1_010);
    await rig.chain.advanceTo(1_031);
    expect(rig.sets).toMatchObject([{ block: 1_030, state: 'verified' }]);
  });
});

describe('a bug', () => {
  it('ends the run instead of being taken for a failure', async () => {
    const compute = {
      allocate: () => Promise.reject(new AssertionError('the sum is the total')),
    };
    const rig = rigOf({ compute });
    const setter = rig.create();
    const run = setter.run(new AbortController().signal);
    const failed = expect(run).rejects.toThrow('the sum is the total');
    await rig.chain.advanceTo(1_010);
    await failed;
    await expect(setter.setNow()).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('after the commitment ends the run, too', async () => {
    const rig = rigOf();
    rig.chain.script = async function* () {
      yield { state: 'committed', block: 1_011 };
      throw new AssertionError('a commitment is revealed once');
    };
    const setter = rig.create();
    const run = setter.run(new AbortController().signal);
    const failed = expect(run).rejects.toThrow('revealed once');
    await rig.chain.advanceTo(1_010);
    await failed;
  });
});
