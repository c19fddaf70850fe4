import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../src/lib/assert.ts';
import { rigOf } from '../support/weight-setter-rig.ts';

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
    rig.chain.script = async function* (intent) {
      yield rig.chain.sign(intent).step;
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

describe('a chain that is of no use', () => {
  it('raises an alarm although it answers, and is asked again by itself', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    rig.chain.unusable = 'scripted has no subnet 1';
    await rig.chain.advanceTo(1_012);
    expect(setter.status().alarm).toBe('scripted has no subnet 1');
    rig.chain.unusable = undefined;
    await rig.chain.advanceTo(1_022);
    expect(rig.sets).toMatchObject([{ block: 1_020, state: 'verified' }]);
    expect(setter.status().alarm).toBeUndefined();
  });
});

describe('a commitment', () => {
  it('waits for its reveal with at most 31 others; then weights are withheld with an alarm', async () => {
    const rig = rigOf({
      metagraph: { hyperparameters: { isCommitRevealEnabled: true } },
      config: { weightSetIntervalBlocks: 10 },
    });
    rig.chain.revealBlocks = undefined;
    const setter = await rig.start();
    await rig.chain.advanceTo(1_370);
    expect(rig.sets.length).toBe(32);
    expect(setter.status().alarm).toBe(
      '32 commitments wait for their reveal: the next weights follow when the oldest is revealed',
    );
    const [oldest] = rig.chain.submissions;
    if (oldest !== undefined) oldest.revealAtBlock = 1_371;
    await rig.chain.advanceTo(1_375);
    expect(rig.sets.length).toBe(33);
    expect(setter.status().alarm).toBeUndefined();
  });
});
