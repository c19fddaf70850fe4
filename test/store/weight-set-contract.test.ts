import { describe, expect, it } from 'vitest';
import type { EmissionConfig, EmissionConfigVersion } from '../../src/domain/emission.ts';
import { canonicalEmissionText } from '../../src/domain/emission-diff.ts';
import { defaultEmissionConfig } from '../../src/domain/emission-rules.ts';
import type { WeightSetState } from '../../src/domain/weight-set.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import { TESTED_DATABASES } from '../support/temporary-database.ts';
import { sampleAllocation, sampleWeightSet } from '../support/weight-set-samples.ts';

describe.each(TESTED_DATABASES)('weight sets in $name', ({ open }) => {
  it('come back as they were recorded', async () => {
    const { weightSets } = await open();
    const set = sampleWeightSet();
    await weightSets.record(set, sampleAllocation());
    expect(await weightSets.at(360)).toEqual(set);
    expect(await weightSets.latest()).toEqual(set);
  });

  it('are undefined where none is recorded', async () => {
    const { weightSets } = await open();
    expect(await weightSets.latest()).toBeUndefined();
    expect(await weightSets.latestTaken()).toBeUndefined();
    expect(await weightSets.at(1)).toBeUndefined();
    expect(await weightSets.unfinished()).toEqual([]);
  });

  it('are unfinished until they are verified or failed, the oldest first', async () => {
    const { weightSets } = await open();
    for (const block of [720, 360, 1_080]) {
      await weightSets.record({ ...sampleWeightSet(), block }, sampleAllocation());
    }
    const failure = { reason: 'STOPPED', message: 'stopped', action: { kind: 'stop' } } as const;
    await weightSets.update({ ...sampleWeightSet(), block: 1_080, state: 'failed', failure });
    await weightSets.update({ ...sampleWeightSet(), block: 720, state: 'committed' });
    expect((await weightSets.unfinished()).map(({ block }) => block)).toEqual([360, 720]);
    await weightSets.update({ ...sampleWeightSet(), block: 360, state: 'verified' });
    expect((await weightSets.unfinished()).map(({ block }) => block)).toEqual([720]);
  });

  it('leave emission metrics in the form of the plan', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleWeightSet(), sampleAllocation());
    const [metrics] = await rows('emission_metrics');
    expect(metrics).toMatchObject({
      timestamp: '2026-01-01T12:00:00.000Z',
      burn_amount: 100,
      burn_percentage: 10,
      total_miners: 2,
      weight_set_block: 360,
    });
    expect(JSON.parse(String(metrics?.category_distributions_json))).toEqual({
      H100: {
        gpu_model: 'H100',
        miner_count: 2,
        total_score: 9_007_199_254.740_992,
        weight_allocation: 900,
        allocation_percentage: 100,
      },
    });
  });

  it('leave one history row per included pair', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleWeightSet(), sampleAllocation());
    const history = await rows('weight_allocation_history');
    const [metrics] = await rows('emission_metrics');
    expect(
      history.map((row) => [row.miner_uid, row.gpu_count, row.miner_score, row.allocated_weight]),
    ).toEqual([
      [7, 8, 1, 800],
      [9, 4, 0.25, 100],
    ]);
    expect(history[0]).toMatchObject({
      emission_metrics_id: metrics?.id,
      gpu_category: 'H100',
      basis: 8_000_000,
      weight_set_block: 360,
      timestamp: '2026-01-01T12:00:00.000Z',
    });
  });

  it('change their state, extrinsic, failure and phases, and nothing else', async () => {
    const { weightSets } = await open();
    const set = sampleWeightSet({ burn: { ...sampleAllocation().burn, uid: null } });
    await weightSets.record(set, sampleAllocation());
    const submitted = {
      ...set,
      state: 'submitted' as const,
      updatedAtMs: SAMPLE_TIME_MS + 12_000,
      extrinsicHash: `0x${'cd'.repeat(32)}`,
      phasesMs: new Map([
        ['snapshot', 1.5],
        ['submit', 12_000.25],
      ] as const),
    };
    await weightSets.update(submitted);
    expect(await weightSets.at(360)).toEqual(submitted);
    for (const action of [
      { kind: 'retry_now' },
      { kind: 'retry_at_block', block: 720 },
      { kind: 'stop' },
    ] as const) {
      const failed = {
        ...submitted,
        state: 'failed' as const,
        failure: { reason: 'SettingWeightsTooFast', message: 'too early', action },
      };
      await weightSets.update(failed);
      expect(await weightSets.at(360)).toEqual(failed);
    }
  });

  it('cannot change before they are recorded', async () => {
    const { weightSets } = await open();
    await expect(weightSets.update(sampleWeightSet())).rejects.toMatchObject({
      code: 'weight_set_not_found',
    });
  });

  it('are recorded once per block: the second writer is refused and leaves nothing', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleWeightSet(), sampleAllocation());
    const second = sampleWeightSet({ versionKey: 99 });
    await expect(weightSets.record(second, sampleAllocation())).rejects.toMatchObject({
      code: 'weight_set_in_progress',
    });
    expect(await rows('emission_metrics')).toHaveLength(1);
    expect(await rows('weight_allocation_history')).toHaveLength(2);
    expect((await weightSets.at(360))?.versionKey).toBe(3);
  });

  it('are recorded whole or not at all', async () => {
    const { weightSets, rows } = await open();
    const broken = { ...sampleAllocation(), categories: [] };
    await expect(weightSets.record(sampleWeightSet(), broken)).rejects.toThrow(AssertionError);
    const unowned = sampleWeightSet({ hotkeys: [] });
    await expect(weightSets.record(unowned, sampleAllocation())).rejects.toThrow(AssertionError);
    expect(await rows('weight_submissions')).toEqual([]);
    expect(await rows('emission_metrics')).toEqual([]);
  });

  it('are the newest by block, of this subnet and mechanism', async () => {
    const { weightSets } = await open();
    for (const [netuid, mecid, block] of [
      [39, 0, 720],
      [39, 0, 360],
      [39, 1, 1_080],
      [40, 0, 1_080],
    ] as const) {
      await weightSets.record(sampleWeightSet({ netuid, mecid, block }), sampleAllocation());
    }
    expect((await weightSets.latest())?.block).toBe(720);
    expect(await weightSets.at(1_080)).toBeUndefined();
  });

  it('count as taken from finalized on, unless they failed', async () => {
    const { weightSets } = await open();
    const failure = { reason: 'X', message: 'x', action: { kind: 'stop' } } as const;
    const states: readonly [WeightSetState, boolean][] = [
      ['computed', false],
      ['submitted', false],
      ['in_block', false],
      ['finalized', true],
      ['committed', true],
      ['revealed', true],
      ['verified', true],
      ['failed', false],
    ];
    let taken = 0;
    for (const [index, [state, isTaken]] of states.entries()) {
      const block = (index + 1) * 360;
      const set = sampleWeightSet({ block, state, ...(state === 'failed' ? { failure } : {}) });
      await weightSets.record(set, sampleAllocation());
      if (isTaken) taken = block;
      expect((await weightSets.latestTaken())?.block ?? 0).toBe(taken);
    }
  });

  it.each([
    [{ weights_json: '{}' }, 'weights_json is not a list'],
    [{ weights_json: '[7]' }, 'an entry of another form'],
    [{ weights_json: '[[65536,1,"x"]]' }, 'an entry of another form'],
    [{ weights_json: '[[1,1,"x"]]' }, 'weights_json[0]'],
    [{ categories_json: '[{}]' }, 'categories_json.0'],
    [{ exclusions_json: '{"WHIM":1}' }, 'exclusions_json'],
    [{ phases_json: 'nothing' }, 'the row 360 of weight_submissions'],
    [{ failure_action: null, failure_reason: 'X', state: 'failed' }, 'a failure has an action'],
  ])('say which row is damaged: %j', async (damage, message) => {
    const { weightSets, overwrite } = await open();
    await weightSets.record(sampleWeightSet(), sampleAllocation());
    await overwrite('weight_submissions', damage);
    const failure = weightSets.latest();
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ code: 'store_unusable' });
  });
});

describe.each(TESTED_DATABASES)('emission configurations in $name', ({ open }) => {
  it('come back as they were appended, the newest first', async () => {
    const { emissionConfigs } = await open();
    expect(await emissionConfigs.latest()).toBeUndefined();
    const first = version(1);
    const second = version(2, {
      burnPercentage: 0.000_001,
      burnTarget: 17,
      unallocated: 'redistribute',
      attribution: 'primary',
      gpuCount: 'ignore',
      resolution: 'sum',
      hasPositiveFloor: false,
    });
    expect(await emissionConfigs.append(first)).toBe(true);
    expect(await emissionConfigs.latest()).toEqual(first);
    expect(await emissionConfigs.append(second)).toBe(true);
    expect(await emissionConfigs.latest()).toEqual(second);
  });

  it('are appended once per number: the second writer hears of it', async () => {
    const { emissionConfigs } = await open();
    const first = version(1);
    await emissionConfigs.append(first);
    expect(await emissionConfigs.append(version(1, { burnPercentage: 50 }))).toBe(false);
    expect(await emissionConfigs.latest()).toEqual(first);
  });

  it('know the newest that a process was started with', async () => {
    const { emissionConfigs } = await open();
    const sources = ['default', 'file', 'api', 'api'] as const;
    const expected = [1, 2, 2, 2];
    expect(await emissionConfigs.latestFromFile()).toBeUndefined();
    for (const [index, source] of sources.entries()) {
      await emissionConfigs.append({ ...version(index + 1), source });
      expect((await emissionConfigs.latestFromFile())?.version).toBe(expected[index]);
    }
  });

  it('say which row is damaged', async () => {
    const { emissionConfigs, overwrite } = await open();
    await emissionConfigs.append(version(1));
    await overwrite('emission_configs', { config_json: '{"burn_percentage":"much"}' });
    const failure = emissionConfigs.latest();
    await expect(failure).rejects.toThrow('the row 1 of emission_configs is damaged: config_json.');
    await expect(failure).rejects.toMatchObject({ code: 'store_unusable' });
  });
});

function version(number: number, changes: Partial<EmissionConfig> = {}): EmissionConfigVersion {
  const config = { ...defaultEmissionConfig(), ...changes };
  return {
    config,
    version: number,
    digest: sha256Hex(canonicalEmissionText(config)),
    source: 'file',
    createdAtMs: SAMPLE_TIME_MS,
  };
}
