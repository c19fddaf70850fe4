import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmissionConfig } from '../../../src/domain/emission.ts';
import { defaultEmissionConfig } from '../../../src/domain/emission-rules.ts';
import { AssayError } from '../../../src/domain/errors.ts';
import type { WeightSet } from '../../../src/domain/weight-set.ts';
import { toEmissionConfigMessage } from '../../../src/grpc/emission-config/emission-config-message.ts';
import type { PreviewAllocationResponse__Output } from '../../../src/grpc/generated/assay/v1/PreviewAllocationResponse.ts';
import type { UpdateEmissionConfigResponse__Output } from '../../../src/grpc/generated/assay/v1/UpdateEmissionConfigResponse.ts';
import { AssertionError } from '../../../src/lib/assert.ts';
import { answer, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture } from '../../support/grpc-fixture.ts';
import { settle } from '../../support/manual-clock.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';
import { sampleWeightSet } from '../../support/weight-set-samples.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
afterEach(() => fixture.close());

const CANDIDATE: EmissionConfig = { ...defaultEmissionConfig(), burnPercentage: 20, burnTarget: 0 };

/** Miner 7 gets 700 instead of 800 of 1000, the burn 200 instead of 100. */
function candidateSet(): WeightSet {
  const { burn, categories, ...set } = sampleWeightSet();
  return {
    ...set,
    burn: { ...burn, weight: 200, percentage: 20 },
    categories: categories.map((category) => ({ ...category, weightPool: 800 })),
    vector: { uids: Uint16Array.of(0, 7, 9), weights: Uint16Array.of(200, 700, 100) },
  };
}

const IMPACT = {
  old_burn_percentage: 10,
  new_burn_percentage: 20,
  categories: [
    {
      gpu_model: 'H100',
      old_percentage: 90,
      new_percentage: 80,
      old_miner_count: 2,
      new_miner_count: 2,
    },
  ],
  miners: [{ miner_uid: 7, miner_hotkey: sampleHotkey(7), old_percentage: 80, new_percentage: 70 }],
};

function calculateBoth() {
  fixture.weightSetting.calculate = async (candidate) =>
    candidate === undefined ? sampleWeightSet() : candidateSet();
}

/** One of the two calculations fails. */
function fail(which: 'current' | 'candidate', error: Error) {
  fixture.weightSetting.calculate = (candidate) =>
    (candidate === undefined) === (which === 'current')
      ? Promise.reject(error)
      : Promise.resolve(sampleWeightSet());
}

const withheld = () =>
  new AssayError('weight_set_withheld', 'nobody is there', { metadata: { reason: 'X' } });

function request(config: EmissionConfig, validate_only = false) {
  const etag = fixture.emissionConfigVersions.versions.at(-1)?.digest ?? '';
  return { emission_config: toEmissionConfigMessage(config), etag, validate_only };
}

const update = (config: EmissionConfig, validateOnly = false) =>
  answer<UpdateEmissionConfigResponse__Output>((callback) =>
    client.emissionConfig.UpdateEmissionConfig(request(config, validateOnly), callback),
  );

describe('the impact of an update', () => {
  it.each([
    { validateOnly: true, versions: 1 },
    { validateOnly: false, versions: 2 },
  ])(
    'compares what is in force with what is asked for (validate_only: $validateOnly)',
    async ({ validateOnly, versions }) => {
      calculateBoth();
      const { impact, impact_unavailable } = await update(CANDIDATE, validateOnly);
      expect({ impact, impact_unavailable }).toEqual({ impact: IMPACT, impact_unavailable: '' });
      expect(fixture.weightSetting.previews).toEqual([undefined, CANDIDATE]);
      expect(fixture.emissionConfigVersions.versions).toHaveLength(versions);
    },
  );

  it('is calculated before the update takes effect', async () => {
    const versionsThen: number[] = [];
    fixture.weightSetting.calculate = async () => {
      versionsThen.push(fixture.emissionConfigVersions.versions.length);
      return sampleWeightSet();
    };
    await update(CANDIDATE);
    expect(versionsThen).toEqual([1, 1]);
    expect(fixture.emissionConfigVersions.versions).toHaveLength(2);
  });

  it('of what is in force already names no miner, and takes one calculation', async () => {
    const { changes, impact, version } = await update(defaultEmissionConfig());
    expect({ changes, version: version?.version }).toEqual({ changes: [], version: 1 });
    expect(impact).toMatchObject({
      old_burn_percentage: 10,
      new_burn_percentage: 10,
      categories: [{ old_percentage: 90, new_percentage: 90 }],
      miners: [],
    });
    expect(fixture.weightSetting.previews).toEqual([undefined]);
  });

  it.each([
    ['current', 'under the configuration in force: nobody is there'],
    ['candidate', 'under the new configuration: nobody is there'],
  ] as const)(
    'is absent with its reason when weights of the %s are withheld',
    async (which, why) => {
      fail(which, withheld());
      const { impact, impact_unavailable, version } = await update(CANDIDATE);
      expect({ impact, impact_unavailable }).toEqual({ impact: null, impact_unavailable: why });
      expect(version).toMatchObject({ version: 2 });
    },
  );

  it.each(['metagraph_unavailable', 'chain_unreachable', 'compute_unavailable'] as const)(
    'is absent, and the update takes effect, in case of %s',
    async (code) => {
      fail('current', new AssayError(code, 'not now'));
      const { impact, impact_unavailable } = await update(CANDIDATE);
      expect(impact).toBeNull();
      expect(impact_unavailable).toContain('not now');
      expect(fixture.emissionConfigVersions.versions).toHaveLength(2);
    },
  );

  it('is not waited for longer than 10 seconds', async () => {
    fixture.weightSetting.calculate = () => new Promise(() => undefined);
    const answered = update(CANDIDATE);
    while (fixture.weightSetting.previews.length < 2) await settle();
    await fixture.clock.advance(10_000);
    const { impact, impact_unavailable } = await answered;
    expect(impact).toBeNull();
    expect(impact_unavailable).toBe('the calculation takes longer than 10 s');
    expect(fixture.emissionConfigVersions.versions).toHaveLength(2);
  });

  it('that meets a broken invariant is a bug, and nothing is stored', async () => {
    fail('candidate', new AssertionError('broken'));
    const failed = await refusal((callback) =>
      client.emissionConfig.UpdateEmissionConfig(request(CANDIDATE), callback),
    );
    expect(failed).toMatchObject({ code: 'INTERNAL' });
    expect(fixture.bugs).toHaveLength(1);
    expect(fixture.emissionConfigVersions.versions).toHaveLength(1);
  });

  it('is not calculated for an update that is refused', async () => {
    const failed = await refusal((callback) =>
      client.emissionConfig.UpdateEmissionConfig({ ...request(CANDIDATE), etag: 'old' }, callback),
    );
    expect(failed).toMatchObject({ code: 'ABORTED', reason: 'ETAG_MISMATCH' });
    expect(fixture.weightSetting.previews).toEqual([]);
  });
});

describe('the preview of a candidate', () => {
  const preview = (config: EmissionConfig) =>
    answer<PreviewAllocationResponse__Output>((callback) =>
      client.allocation.PreviewAllocation(
        { emission_config: toEmissionConfigMessage(config) },
        callback,
      ),
    );

  it('says what would change beside the set', async () => {
    calculateBoth();
    const { weight_set, changes, impact, impact_unavailable } = await preview(CANDIDATE);
    expect(weight_set?.burn).toMatchObject({ weight: 200 });
    expect(changes).toEqual([
      { field: 'burn_percentage', old_value: '0', new_value: '20' },
      { field: 'burn_target', old_value: 'owner', new_value: '0' },
    ]);
    expect({ impact, impact_unavailable }).toEqual({ impact: IMPACT, impact_unavailable: '' });
    expect(fixture.emissionConfigVersions.versions).toHaveLength(1);
  });

  it('that is in force already says that nothing would', async () => {
    const { changes, impact } = await preview(defaultEmissionConfig());
    expect(changes).toEqual([]);
    expect(impact).toMatchObject({ old_burn_percentage: 10, new_burn_percentage: 10, miners: [] });
    expect(fixture.weightSetting.previews).toHaveLength(1);
  });

  it('is there without the impact, and says why, when what is in force pays nobody', async () => {
    fail('current', withheld());
    const { weight_set, changes, ...comparison } = await preview(CANDIDATE);
    expect(weight_set).not.toBeNull();
    expect(changes).toHaveLength(2);
    expect(comparison).toEqual({
      impact: null,
      impact_unavailable: 'under the configuration in force: nobody is there',
    });
  });

  it('fails as it would without the comparison', async () => {
    fail('candidate', withheld());
    const emission_config = toEmissionConfigMessage(CANDIDATE);
    const failed = await refusal((callback) =>
      client.allocation.PreviewAllocation({ emission_config }, callback),
    );
    expect(failed).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'WEIGHT_SET_WITHHELD' });
  });

  it('that meets a broken invariant under what is in force is a bug', async () => {
    fail('current', new AssertionError('broken'));
    const emission_config = toEmissionConfigMessage(CANDIDATE);
    const failed = await refusal((callback) =>
      client.allocation.PreviewAllocation({ emission_config }, callback),
    );
    expect(failed).toMatchObject({ code: 'INTERNAL' });
    expect(fixture.bugs).toHaveLength(1);
  });

  it.each([
    [{ burn_percentage: 101 }, 'burn_percentage'],
    [{ burn_uid: 65_536 }, 'burn_uid'],
    [{ weight_set_interval_blocks: 0 }, 'weight_set_interval_blocks'],
    [{ gpu_allocations: { H1OO: { weight: 100 } } }, 'gpu_allocations.H1OO'],
    [{ resolution: 7 as never }, 'resolution'],
  ])('is refused for %j as an update is', async (fields, field) => {
    const { emission_config, etag } = request(CANDIDATE);
    const candidate = { emission_config: { ...emission_config, ...fields } };
    const [previewed, updated] = [
      await refusal((callback) => client.allocation.PreviewAllocation(candidate, callback)),
      await refusal((callback) =>
        client.emissionConfig.UpdateEmissionConfig({ ...candidate, etag }, callback),
      ),
    ];
    expect(previewed).toEqual(updated);
    expect(previewed.violations?.map((violation) => violation.field)).toEqual([field]);
  });
});
