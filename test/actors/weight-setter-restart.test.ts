import { describe, expect, it } from 'vitest';
import type { SubmissionStep } from '../../src/actors/ports.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { mortal } from '../support/mortal.ts';
import type { ScriptedSubmission } from '../support/scripted-chain.ts';
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
      await rig.chain.advanceTo(1_013 + rig.chain.eraBlocks);
      expect(rig.sets).toMatchObject([
        { state: 'failed', failure: { reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN' } },
        { state: 'verified' },
      ]);
      expect(rig.chain.takenAtBlocks.length).toBe(1);
    },
  );

  it('with a set that was decided and not signed fails it at once: it was never sent', async () => {
    const rig = await crashedIn('computed');
    const { extrinsic: _, extrinsicHash: __, ...decided } = rig.last as WeightSet;
    rig.store.sets.set(1_010, decided);
    rig.chain.submissions.length = 0;
    await rig.start();
    expect(rig.last).toMatchObject({ state: 'failed', failure: { reason: 'INTERRUPTED' } });
    await rig.chain.advance(2);
    expect(rig.last).toMatchObject({ block: 1_011, state: 'verified' });
  });

  it('after a crash between the signature and the pool sends nothing until it cannot arrive', async () => {
    const rig = rigOf();
    const { chain } = rig;
    const life = { isOver: false };
    chain.eraBlocks = 8;
    chain.script = async function* (intent) {
      const signed = chain.sign(intent);
      yield signed.step;
      life.isOver = true;
      yield chain.pool(signed).steps[0] as SubmissionStep;
    };
    await rig.start({ chain: mortal(chain, life), sets: mortal(rig.store, life) });
    await chain.advanceTo(1_010);
    rig.crash();
    chain.submissions.length = 0;
    expect(rig.last).toMatchObject({ state: 'computed', extrinsic: { lastBlock: 1_018 } });
    const setter = await rig.start();
    await chain.advanceTo(1_018);
    expect(rig.last?.state).toBe('computed');
    expect(setter.status().isSetting).toBe(true);
    await chain.advanceTo(1_021);
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'failed', failure: { reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN' } },
      { block: 1_019, state: 'verified' },
    ]);
  });

  it('tells of a commitment that was dropped meanwhile that it is lost', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { isCommitRevealEnabled: true } } });
    rig.chain.willDrop = () => true;
    await rig.start();
    await rig.chain.advanceTo(1_012);
    await rig.stop();
    await rig.chain.advanceTo(1_020);
    await rig.start();
    expect(rig.last).toMatchObject({ state: 'lost', failure: { reason: 'NOT_REVEALED' } });
  });

  it('knows a commitment of its own from others that wait', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { isCommitRevealEnabled: true } } });
    const { chain } = rig;
    chain.revealBlocks = 60;
    await rig.start();
    await chain.advanceTo(1_032);
    await rig.stop();
    chain.willDrop = () => true;
    (chain.submissions[0] as ScriptedSubmission).revealAtBlock = 1_034;
    await chain.advanceTo(1_035);
    await rig.start();
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'lost' },
      { block: 1_030, state: 'committed' },
    ]);
  });

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

  it('at an endpoint that is far behind waits for it with an alarm, and calls nothing lost', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { isCommitRevealEnabled: true } } });
    rig.chain.kind = 'subtensor';
    const left = { ...sampleWeightSet(), block: 900_000 };
    rig.store.sets.set(899_000, { ...left, block: 899_000, state: 'committed' });
    rig.store.sets.set(900_000, { ...left, state: 'submitted' });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_030);
    expect(rig.sets).toMatchObject([{ state: 'committed' }, { state: 'submitted' }]);
    expect(setter.status()).toMatchObject({ alarm: expect.stringContaining('900000') });
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

  it('between the signature and the pool sends nothing and fails the set', async () => {
    const rig = rigOf();
    const { chain } = rig;
    const setter = await rig.start();
    let drained: Promise<void> | undefined;
    chain.script = async function* (intent) {
      const signed = chain.sign(intent);
      drained = setter.drain();
      yield signed.step;
      yield chain.pool(signed).steps[0] as SubmissionStep;
    };
    await chain.advanceTo(1_010);
    await drained;
    expect(chain.submissions).toEqual([]);
    expect(rig.last).toMatchObject({ state: 'failed', failure: { reason: 'INTERRUPTED' } });
    expect(rig.messages('error')).toEqual([]);
  });

  it('while the signature is stored sends nothing and fails the set', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    await rig.chain.advanceTo(1_009);
    const update = rig.store.update.bind(rig.store);
    let drained: Promise<void> | undefined;
    rig.store.update = async (set) => {
      drained ??= setter.drain();
      await update(set);
    };
    await rig.chain.advance();
    await drained;
    expect(rig.chain.submissions).toEqual([]);
    expect(rig.last).toMatchObject({
      state: 'failed',
      failure: { reason: 'INTERRUPTED' },
      extrinsic: { call: 'set_weights' },
    });
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
