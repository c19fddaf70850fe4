import { describe, expect, it } from 'vitest';
import type { SubmissionStep, WeightIntent } from '../../src/actors/ports.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { rigOf, type WeightSetterRig } from '../support/weight-setter-rig.ts';
import { sampleFailure } from '../support/weight-setter-samples.ts';

describe('what is signed', () => {
  it('is stored before it is sent', async () => {
    const rig = rigOf();
    const { chain, store } = rig;
    let storedWhenPooled: WeightSet | undefined;
    const pool = chain.pool.bind(chain);
    chain.pool = (signed) => {
      storedWhenPooled = store.sets.get(1_010);
      return pool(signed);
    };
    await rig.start();
    await chain.advanceTo(1_012);
    expect(storedWhenPooled).toMatchObject({
      state: 'computed',
      extrinsicHash: '0x1',
      extrinsic: { call: 'set_weights', lastBlock: 1_074, isClipped: false },
    });
    expect(storedWhenPooled?.extrinsic?.vector).toEqual(chain.submissions[0]?.intent.vector);
    expect(rig.last).toMatchObject({ state: 'verified', extrinsicHash: '0x1' });
  });

  it('holds the ciphertext of a commitment', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { isCommitRevealEnabled: true } } });
    await rig.start();
    await rig.chain.advanceTo(1_012);
    const signed = rig.chain.submissions[0]?.extrinsic;
    expect(rig.last?.extrinsic).toMatchObject({ ...signed, isClipped: false });
    expect(rig.last?.extrinsic?.commitment?.ciphertext.length).toBeGreaterThan(0);
  });

  it('is compared after clipping, not as it was decided', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { maxWeightLimit: 30_000 } } });
    await rig.start();
    rig.configs.change({ burnPercentage: 80 });
    await rig.chain.advanceTo(1_012);
    const { vector, extrinsic, state } = rig.last as WeightSet;
    expect({ state, isClipped: extrinsic?.isClipped }).toEqual({
      state: 'verified',
      isClipped: true,
    });
    expect(extrinsic?.vector.weights).not.toEqual(vector.weights);
  });

  it('is not sent when it cannot be stored, and an operator hears of it', async () => {
    const rig = rigOf();
    const { chain, store } = rig;
    let hasClosed = false;
    chain.script = async function* (intent) {
      try {
        const signed = chain.sign(intent);
        store.failing = 'update';
        yield signed.step;
        yield chain.pool(signed).steps[0] as SubmissionStep;
      } finally {
        hasClosed = true;
      }
    };
    const setter = await rig.start();
    await chain.advanceTo(1_012);
    expect(chain.submissions.length).toBe(0);
    expect(hasClosed).toBe(true);
    expect(setter.status().alarm).toBe(
      'the weights of block 1010 could not be stored: the database is locked',
    );
    store.failing = 'none';
    await chain.advanceTo(1_019);
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'failed', failure: { reason: 'NOT_RECORDED' } },
    ]);
    expect(rig.last?.extrinsic).toBeUndefined();
    await chain.advanceTo(1_021);
    expect(rig.last).toMatchObject({ block: 1_020, state: 'verified' });
    expect(setter.status().alarm).toBeUndefined();
  });

  it('ends the run when it cannot be stored because of a bug', async () => {
    const rig = rigOf();
    rig.store.update = () => Promise.reject(new AssertionError('a set has a row'));
    const setter = rig.create();
    const failed = expect(setter.run(new AbortController().signal)).rejects.toThrow('has a row');
    await rig.chain.advanceTo(1_010);
    await failed;
    expect(rig.chain.submissions.length).toBe(0);
  });

  it.each([
    { what: 'another step first', steps: () => [{ state: 'submitted' } as const] },
    {
      what: 'a second signature',
      steps: (rig: WeightSetterRig, intent: WeightIntent) => [
        rig.chain.sign(intent).step,
        rig.chain.sign(intent).step,
      ],
    },
  ])('is never replaced by $what', async ({ steps }) => {
    const rig = rigOf();
    rig.chain.script = async function* (intent) {
      yield* steps(rig, intent);
    };
    const setter = rig.create();
    const failed = expect(setter.run(new AbortController().signal)).rejects.toThrow(AssertionError);
    await rig.chain.advanceTo(1_010);
    await failed;
  });
});

describe('a chain that refuses to sign', () => {
  it('fails the set with its own reason', async () => {
    const rig = rigOf();
    rig.chain.script = async function* () {
      yield { state: 'failed', failure: sampleFailure({ kind: 'stop' }, 'NoKey') };
    };
    await rig.start();
    await rig.chain.advanceTo(1_010);
    expect(rig.last).toMatchObject({ state: 'failed', failure: { reason: 'NoKey' } });
    expect(rig.last?.extrinsic).toBeUndefined();
  });

  it('leaves a set that says nothing at all as one that was never sent', async () => {
    const rig = rigOf();
    rig.chain.script = async function* () {};
    await rig.start();
    await rig.chain.advanceTo(1_011);
    expect(rig.sets[0]).toMatchObject({ block: 1_010, failure: { reason: 'INTERRUPTED' } });
  });

  it('makes the set wait some blocks when it does not answer', async () => {
    const rig = rigOf();
    const { chain } = rig;
    chain.unreachable.add('submit');
    await rig.start();
    await chain.advanceTo(1_010);
    chain.unreachable.clear();
    expect(rig.last).toMatchObject({ state: 'failed', failure: { reason: 'CHAIN_UNREACHABLE' } });
    await chain.advanceTo(1_016);
    expect(rig.last).toMatchObject({ block: 1_015, state: 'verified' });
  });
});
