import { describe, expect, it } from 'vitest';
import type { EmissionConfig, EmissionConfigVersion } from '../../src/domain/emission.ts';
import { canonicalEmissionText } from '../../src/domain/emission-diff.ts';
import { defaultEmissionConfig } from '../../src/domain/emission-rules.ts';
import { exclusionCode } from '../../src/domain/population.ts';
import type { WeightSetState } from '../../src/domain/weight-set.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { SAMPLE_TIME_MS, sampleHotkey } from '../support/profile-samples.ts';
import { uid } from '../support/report-samples.ts';
import { TESTED_DATABASES } from '../support/temporary-database.ts';
import {
  sampleAllocation,
  sampleDecision,
  sampleExtrinsic,
  sampleWeightSet,
} from '../support/weight-set-samples.ts';

describe.each(TESTED_DATABASES)('weight sets in $name', ({ open }) => {
  it('come back as they were recorded', async () => {
    const { weightSets } = await open();
    const set = sampleWeightSet();
    await weightSets.record(sampleDecision());
    expect(await weightSets.at(360)).toEqual(set);
    expect(await weightSets.latest()).toEqual(set);
  });

  it('say where the units of the burn come from', async () => {
    const { weightSets, rows } = await open();
    const burn = {
      ...sampleAllocation().burn,
      weight: 111,
      configuredWeight: 50,
      emptyCategoryWeight: 40,
      belowMinimumWeight: 19,
      roundingWeight: 2,
    };
    await weightSets.record(sampleDecision({ burn }));
    expect((await weightSets.at(360))?.burn).toEqual(burn);
    expect((await rows('weight_submissions'))[0]).toMatchObject({
      burn_weight: 111,
      burn_configured_weight: 50,
      burn_unallocated_weight: 59,
      burn_below_minimum_weight: 19,
      burn_rounding_weight: 2,
    });
  });

  it('are undefined where none is recorded', async () => {
    const { weightSets } = await open();
    expect(await weightSets.newestBlock()).toBeUndefined();
    expect(await weightSets.latest()).toBeUndefined();
    expect(await weightSets.latestTaken()).toBeUndefined();
    expect(await weightSets.at(1)).toBeUndefined();
    expect(await weightSets.unfinished()).toEqual([]);
  });

  it('are unfinished until they are verified, failed or lost, the oldest first', async () => {
    const { weightSets } = await open();
    for (const block of [360, 720, 1_080, 1_440]) {
      await weightSets.record(sampleDecision({ block }));
    }
    const failure = { reason: 'STOPPED', message: 'stopped', action: { kind: 'stop' } } as const;
    await weightSets.update({ ...sampleWeightSet(), block: 1_080, state: 'failed', failure });
    await weightSets.update({ ...sampleWeightSet(), block: 1_440, state: 'lost', failure });
    await weightSets.update({ ...sampleWeightSet(), block: 720, state: 'committed' });
    expect((await weightSets.unfinished()).map(({ block }) => block)).toEqual([360, 720]);
    await weightSets.update({ ...sampleWeightSet(), block: 360, state: 'verified' });
    expect((await weightSets.unfinished()).map(({ block }) => block)).toEqual([720]);
  });

  it('leave emission metrics in the form of the plan', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleDecision());
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

  it('leave one history row per pair, the last pair first', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleDecision());
    const history = await rows('weight_allocation_history');
    const [metrics] = await rows('emission_metrics');
    const columns = ['miner_uid', 'gpu_count', 'miner_score', 'allocated_weight'] as const;
    expect(history.map((row) => columns.map((column) => row[column]))).toEqual([
      [9, 4, 0.25, 100],
      [8, 8, 0.5, 0],
      [7, 8, 1, 800],
    ]);
    expect(history.map((row) => row.exclusion_reason)).toEqual([null, 'STALE', null]);
    expect(history[2]).toMatchObject({
      emission_metrics_id: metrics?.id,
      gpu_category: 'H100',
      miner_hotkey: sampleHotkey(7),
      basis: 8_000_000,
      category_total_score: 9_007_199_254.740_992,
      weight_set_block: 360,
      timestamp: '2026-01-01T12:00:00.000Z',
    });
  });

  it('leave a row without a category for a miner without a valid GPU', async () => {
    const { weightSets, rows } = await open();
    const { pairs, ...allocation } = sampleAllocation();
    const none = {
      ...pairs,
      category: Uint16Array.from([...pairs.category.subarray(0, 2), 65_535]),
      reason: Uint8Array.from([...pairs.reason.subarray(0, 2), exclusionCode('NO_VALID_GPU')]),
    };
    await weightSets.record(sampleDecision({}, { ...allocation, pairs: none }));
    expect((await rows('weight_allocation_history'))[0]).toMatchObject({
      miner_uid: 9,
      gpu_category: '',
      exclusion_reason: 'NO_VALID_GPU',
      category_total_score: 0,
    });
  });

  it('change their state, extrinsic, failure and phases, and nothing else', async () => {
    const { weightSets } = await open();
    const set = sampleWeightSet({ burn: { ...sampleAllocation().burn, uid: null } });
    await weightSets.record(sampleDecision(set));
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

  it('say what became of them, and what each UID has', async () => {
    const { weightSets } = await open();
    const { vector } = sampleWeightSet();
    await weightSets.record(sampleDecision());
    for (const [index, each] of vector.uids.entries()) {
      const weight = vector.weights[index];
      expect(await weightSets.outcomeAt(360, uid(each))).toEqual({ state: 'computed', weight });
    }
    const failure = { reason: 'NOT_REVEALED', message: 'x', action: { kind: 'stop' } } as const;
    await weightSets.update(sampleWeightSet({ state: 'failed', failure }));
    const ended = { state: 'failed', failure, weight: 0 };
    expect(await weightSets.outcomeAt(360, uid(65_535))).toEqual(ended);
    expect(await weightSets.outcomeAt(361, uid(0))).toBeUndefined();
  });

  it.each(['failed', 'lost'] as const)('have a failure exactly when they are %s', async (state) => {
    const { weightSets } = await open();
    await weightSets.record(sampleDecision());
    const failure = { reason: 'NOT_REVEALED', message: 'x', action: { kind: 'stop' } } as const;
    const ended = sampleWeightSet({ state, failure });
    await weightSets.update(ended);
    expect(await weightSets.at(360)).toEqual(ended);
    await expect(weightSets.update(sampleWeightSet({ state }))).rejects.toThrow('valid_failure');
    const stillOpen = sampleWeightSet({ state: 'committed', failure });
    await expect(weightSets.update(stillOpen)).rejects.toThrow('valid_failure');
    expect(await weightSets.at(360)).toEqual(ended);
  });

  it('cannot change before they are recorded', async () => {
    const { weightSets, rows } = await open();
    for (const set of [sampleWeightSet(), sampleWeightSet({ extrinsic: sampleExtrinsic() })]) {
      await expect(weightSets.update(set)).rejects.toMatchObject({ code: 'weight_set_not_found' });
    }
    expect(await rows('signed_extrinsics')).toEqual([]);
  });

  it('are recorded once per block: the second writer is refused and leaves nothing', async () => {
    const { weightSets, rows } = await open();
    await weightSets.record(sampleDecision());
    const second = sampleWeightSet({ versionKey: 99 });
    await expect(weightSets.record(sampleDecision(second))).rejects.toMatchObject({
      code: 'weight_set_in_progress',
    });
    expect(await rows('emission_metrics')).toHaveLength(1);
    expect(await rows('weight_allocation_history')).toHaveLength(3);
    expect((await weightSets.at(360))?.versionKey).toBe(3);
  });

  it('are recorded whole or not at all', async () => {
    const { weightSets, rows } = await open();
    const broken = { ...sampleAllocation(), categories: [] };
    await expect(weightSets.record(sampleDecision({}, broken))).rejects.toThrow(AssertionError);
    const unowned = sampleWeightSet({ hotkeys: [] });
    await expect(weightSets.record(sampleDecision(unowned))).rejects.toThrow(AssertionError);
    const { basis, ...decided } = sampleDecision();
    const noMiners = { ...basis, holders: [] };
    await expect(weightSets.record({ ...decided, basis: noMiners })).rejects.toThrow(
      AssertionError,
    );
    expect(await rows('weight_submissions')).toEqual([]);
    expect(await rows('emission_metrics')).toEqual([]);
    expect(await rows('ledger_entries')).toEqual([]);
  });

  it('are the newest by block, of this subnet and mechanism', async () => {
    const { weightSets } = await open();
    for (const [netuid, mecid, block] of [
      [39, 0, 360],
      [39, 0, 720],
      [39, 1, 1_080],
      [40, 0, 1_080],
    ] as const) {
      await weightSets.record(sampleDecision({ netuid, mecid, block }));
    }
    expect((await weightSets.latest())?.block).toBe(720);
    expect(await weightSets.at(1_080)).toBeUndefined();
  });

  it('count as taken from finalized on, unless they failed or were lost', async () => {
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
      ['lost', false],
    ];
    let taken = 0;
    for (const [index, [state, isTaken]] of states.entries()) {
      const block = (index + 1) * 360;
      const hasFailed = state === 'failed' || state === 'lost';
      const set = sampleWeightSet({ block, state, ...(hasFailed ? { failure } : {}) });
      await weightSets.record(sampleDecision(set));
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
    await weightSets.record(sampleDecision());
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

  it('are read by number, with the version that each one brought back', async () => {
    const { emissionConfigs, rows } = await open();
    const first = version(1);
    const restored = { ...version(2, { burnPercentage: 5 }), restoredFrom: 1 };
    await emissionConfigs.append(first);
    await emissionConfigs.append(restored);
    expect(await emissionConfigs.at(1)).toEqual(first);
    expect(await emissionConfigs.at(2)).toEqual(restored);
    for (const missing of [0, 3, Number.MAX_SAFE_INTEGER]) {
      expect(await emissionConfigs.at(missing)).toBeUndefined();
    }
    expect((await rows('emission_configs')).map((row) => row.restored_from)).toEqual([null, 1]);
  });

  it('come in pages, the newest first', async () => {
    const { emissionConfigs } = await open();
    expect(await emissionConfigs.page({ limit: 10 })).toEqual([]);
    const stored = [1, 2, 3, 4].map((number) => version(number, { burnPercentage: number }));
    for (const each of stored) await emissionConfigs.append(each);
    const newestFirst = stored.toReversed();
    expect(await emissionConfigs.page({ limit: 10 })).toEqual(newestFirst);
    expect(await emissionConfigs.page({ limit: 3 })).toEqual(newestFirst.slice(0, 3));
    expect(await emissionConfigs.page({ beforeVersion: 2, limit: 3 })).toEqual([stored[0]]);
    expect(await emissionConfigs.page({ beforeVersion: 1, limit: 3 })).toEqual([]);
  });

  it('say which row is damaged', async () => {
    const { emissionConfigs, overwrite } = await open();
    await emissionConfigs.append(version(1));
    await overwrite('emission_configs', { config_json: '{"burn_percentage":"much"}' });
    const failure = emissionConfigs.latest();
    await expect(failure).rejects.toThrow('the row 1 of emission_configs is damaged: config_json.');
    await expect(failure).rejects.toMatchObject({ code: 'store_unusable' });
    await expect(emissionConfigs.at(1)).rejects.toMatchObject({ code: 'store_unusable' });
    await expect(emissionConfigs.page({ limit: 1 })).rejects.toMatchObject({
      code: 'store_unusable',
    });
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
