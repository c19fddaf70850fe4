import { describe, expect, it } from 'vitest';
import { WITHHELD_RETRY_BLOCKS } from '../../src/actors/weight-pacing.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { rigOf, weightsOf } from '../support/weight-setter-rig.ts';
import {
  OWNER_UID,
  sampleCompute,
  sampleMiner,
  sampleNeuron,
  VALIDATOR_UID,
} from '../support/weight-setter-samples.ts';

describe('withheld weights', () => {
  it('are never submitted when the burn target is not the owner any more, and never paid to a stranger', async () => {
    const rig = rigOf({ config: { burnTarget: 5, burnPercentage: 10 } });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_010);
    expect(rig.sets).toEqual([]);
    expect(setter.status().alarm).toContain('the burn target UID 5 belongs to');
    expect(rig.messages('error')).toEqual([
      expect.stringContaining('weights withheld, the last good ones stay'),
    ]);
    await expect(setter.setNow()).rejects.toMatchObject({
      code: 'weight_set_withheld',
      details: { metadata: { reason: 'BURN_TARGET_NOT_OWNER' } },
    });
  });

  it('are decided again after some blocks, by themselves', async () => {
    const rig = rigOf({ config: { burnPercentage: 10 } });
    rig.chain.metagraphNow = { ...rig.chain.metagraphNow, ownerHotkey: sampleHotkey(77) };
    const setter = await rig.start();
    await rig.chain.advanceTo(1_012);
    rig.chain.metagraphNow = { ...rig.chain.metagraphNow, ownerHotkey: sampleHotkey(OWNER_UID) };
    await rig.chain.advanceTo(1_010 + WITHHELD_RETRY_BLOCKS + 1);
    expect(rig.sets).toMatchObject([{ block: 1_010 + WITHHELD_RETRY_BLOCKS, state: 'verified' }]);
    expect(setter.status().alarm).toBeUndefined();
  });

  it('are not withheld for a burn target that gets nothing', async () => {
    const rig = rigOf();
    rig.chain.metagraphNow = { ...rig.chain.metagraphNow, ownerHotkey: sampleHotkey(77) };
    await rig.start();
    await rig.chain.advanceTo(1_011);
    expect(rig.last).toMatchObject({ state: 'verified', burn: { uid: null, weight: 0 } });
  });

  it('are withheld when a category without miners would have to burn and there is no target', async () => {
    const rig = rigOf({ profiles: [] });
    rig.chain.metagraphNow = { ...rig.chain.metagraphNow, ownerHotkey: sampleHotkey(77) };
    const setter = await rig.start();
    await rig.chain.advanceTo(1_010);
    expect(rig.sets).toEqual([]);
    expect(setter.status().alarm).toContain('has no UID');
  });

  it('are withheld when there is nothing to pay and nothing to burn', async () => {
    const compute = sampleCompute();
    const rig = rigOf({
      compute: {
        allocate: async (population, policy) => {
          const computed = await compute.allocate(population, policy);
          const vector = { uids: new Uint16Array(), weights: new Uint16Array() };
          return { ...computed, allocation: { ...computed.allocation, vector } };
        },
      },
    });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_010);
    expect(rig.chain.submissions).toEqual([]);
    expect(setter.status().alarm).toContain('an empty vector is never submitted');
    await expect(setter.preview()).rejects.toMatchObject({ code: 'weight_set_withheld' });
  });
});

describe('the calculation', () => {
  it('counts the pairs that it left out by reason', async () => {
    const rig = rigOf();
    const nowMs = rig.clock.now();
    rig.profiles.profiles = [
      sampleMiner(2, nowMs),
      sampleMiner(3, nowMs, { category: 'A100' }),
      sampleMiner(4, nowMs - 4 * 3_600_000),
      sampleMiner(5, nowMs, { category: 'T4' }),
      sampleMiner(50, nowMs),
    ];
    await rig.start();
    await rig.chain.advanceTo(1_011);
    expect([...(rig.last?.exclusions ?? [])]).toEqual([
      ['NOT_REGISTERED', 1],
      ['STALE', 1],
      ['CATEGORY_NOT_REWARDED', 1],
    ]);
    expect(rig.last?.minersServed).toBe(2);
  });

  it('decides again when a UID changes hands between decision and submission', async () => {
    const { allocate } = sampleCompute();
    const stranger = sampleNeuron(3, { hotkey: sampleHotkey(33), registeredAtBlock: 1_010 });
    const rig = rigOf({
      compute: {
        allocate: (population, policy) => {
          const { chain } = rig;
          const neurons = chain.metagraphNow.neurons.map((old) => (old.uid === 3 ? stranger : old));
          chain.metagraphNow = { ...chain.metagraphNow, neurons };
          return allocate(population, policy);
        },
      },
    });
    await rig.start();
    await rig.chain.advanceTo(1_012);
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'failed', failure: { reason: 'UID_CHANGED_HANDS' } },
      { block: 1_011, state: 'verified' },
    ]);
    expect(weightsOf(rig.last)).toEqual({ [OWNER_UID]: 65_535, 2: 65_535 });
    expect(rig.last?.exclusions.get('HOTKEY_CHANGED')).toBe(1);
  });

  it('names every UID when the chain wants that, and stores the decision without the zeros', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { minAllowedWeights: 1_024 } } });
    await rig.start();
    await rig.chain.advanceTo(1_011);
    expect([...(rig.chain.submissions[0]?.intent.vector.uids ?? [])]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(rig.last?.state).toBe('verified');
    expect(weightsOf(rig.last)).toEqual({ 2: 65_535, 3: 65_535 });
  });

  it('goes on with the next head when no worker could finish it', async () => {
    const compute = sampleCompute();
    let calls = 0;
    const rig = rigOf({
      compute: {
        allocate: (population, policy) => {
          calls += 1;
          if (calls === 1) return Promise.reject(new Error('the worker died'));
          return compute.allocate(population, policy);
        },
      },
    });
    await rig.start();
    await rig.chain.advanceTo(1_012);
    expect(rig.sets).toMatchObject([{ block: 1_011, state: 'verified' }]);
    expect(rig.messages('error')).toEqual(['weight setter failed and goes on']);
  });
});

describe('burning', () => {
  it.each([
    [0, { 2: 65_535, 3: 65_535 }],
    [50, { [OWNER_UID]: 65_535, 2: 32_768, 3: 32_768 }],
    [100, { [OWNER_UID]: 65_535 }],
  ])('%i percent gives the weights %j', async (burnPercentage, weights) => {
    const rig = rigOf({ config: { burnPercentage } });
    await rig.start();
    await rig.chain.advanceTo(1_011);
    expect(rig.last).toMatchObject({ state: 'verified', configuredBurnPercentage: burnPercentage });
    expect(weightsOf(rig.last)).toEqual(weights);
    expect(rig.last?.burn.percentage).toBeCloseTo(burnPercentage, 2);
  });

  it('follows a change of the configuration from one set to the next', async () => {
    const rig = rigOf();
    await rig.start();
    for (const burnPercentage of [0, 50, 100]) {
      rig.configs.change({ burnPercentage });
      await rig.chain.advance(20);
    }
    await rig.chain.advance();
    expect(rig.sets.map(({ burn }) => Math.round(burn.percentage))).toEqual([0, 50, 100]);
    expect(rig.sets.map(({ emissionConfigVersion }) => emissionConfigVersion)).toEqual([2, 3, 4]);
    expect([...rig.chain.vector.uids]).toEqual([OWNER_UID]);
  });
});

describe('the validator', () => {
  it('that loses its UID stops with an alarm', async () => {
    const rig = rigOf();
    const neurons = rig.chain.metagraphNow.neurons.filter(({ uid }) => uid !== VALIDATOR_UID);
    rig.chain.metagraphNow = { ...rig.chain.metagraphNow, neurons };
    const setter = await rig.start();
    await rig.chain.advance(3);
    expect(rig.chain.calls.submit).toBe(0);
    expect(rig.sets.length).toBe(1);
    expect(setter.status().alarm).toContain('has no UID on subnet 39');
  });
});
