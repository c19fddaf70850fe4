import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultEmissionConfig } from '../../../src/domain/emission-rules.ts';
import type { CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import { toEmissionConfigMessage } from '../../../src/grpc/emission-config/emission-config-message.ts';
import type { EmissionConfig } from '../../../src/grpc/generated/assay/v1/EmissionConfig.ts';
import type { GetEmissionConfigResponse__Output } from '../../../src/grpc/generated/assay/v1/GetEmissionConfigResponse.ts';
import type { UpdateEmissionConfigRequest } from '../../../src/grpc/generated/assay/v1/UpdateEmissionConfigRequest.ts';
import type { UpdateEmissionConfigResponse__Output } from '../../../src/grpc/generated/assay/v1/UpdateEmissionConfigResponse.ts';
import { answer, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture } from '../../support/grpc-fixture.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
afterEach(() => fixture.close());

async function current() {
  const { version } = await answer<GetEmissionConfigResponse__Output>((callback) =>
    client.emissionConfig.GetEmissionConfig({}, callback),
  );
  if (version === null) throw new Error('no version');
  return version;
}

const update = (request: UpdateEmissionConfigRequest) =>
  answer<UpdateEmissionConfigResponse__Output>((callback) =>
    client.emissionConfig.UpdateEmissionConfig(request, callback),
  );
const refused = (request: UpdateEmissionConfigRequest) =>
  refusal((callback) => client.emissionConfig.UpdateEmissionConfig(request, callback));

const OTHER: EmissionConfig = {
  burn_percentage: 2.5,
  burn_uid: 0,
  gpu_allocations: {
    h100: { weight: 60, min_gpu_count: 4, min_gpu_vram: 80 },
    rtx4090: { weight: 40 },
  },
  weight_set_interval_blocks: 100,
  min_miners_per_category: 2,
  unallocated: 'UNALLOCATED_POLICY_REDISTRIBUTE',
  attribution: 'ATTRIBUTION_PRIMARY',
  gpu_count: 'GPU_COUNT_POLICY_IGNORE',
  resolution: 'WEIGHT_RESOLUTION_SUM',
  positive_floor: false,
};

describe('GetEmissionConfig', () => {
  it('returns the configuration with its version', async () => {
    expect(await current()).toMatchObject({
      version: 1,
      etag: expect.stringMatching(/^[0-9a-f]{64}$/),
      source: 'default',
      emission_config: {
        burn_percentage: 0,
        gpu_allocations: { H100: { weight: 30, min_gpu_count: 0, min_gpu_vram: 0 } },
        weight_set_interval_blocks: 360,
        unallocated: 'UNALLOCATED_POLICY_BURN',
        attribution: 'ATTRIBUTION_ALL',
        gpu_count: 'GPU_COUNT_POLICY_LINEAR',
        resolution: 'WEIGHT_RESOLUTION_MAX',
        positive_floor: true,
      },
    });
    expect((await current()).emission_config).not.toHaveProperty('burn_uid');
  });
});

describe('UpdateEmissionConfig', () => {
  it('replaces the whole configuration and says what changed', async () => {
    const { etag } = await current();
    const { version, changes } = await update({ emission_config: OTHER, etag });
    expect(version).toMatchObject({ version: 2, source: 'api' });
    expect(version?.emission_config).toMatchObject({
      ...OTHER,
      gpu_allocations: {
        H100: { weight: 60, min_gpu_count: 4, min_gpu_vram: 80 },
        RTX4090: { weight: 40, min_gpu_count: 0, min_gpu_vram: 0 },
      },
    });
    expect(changes.map(({ field }) => field)).toContain('burn_percentage');
    expect(await current()).toEqual(version);
  });

  it('takes what is unspecified as its default', async () => {
    const { etag } = await current();
    const unspecified: EmissionConfig = {
      gpu_allocations: toEmissionConfigMessage(defaultEmissionConfig()).gpu_allocations ?? {},
      weight_set_interval_blocks: 360,
      min_miners_per_category: 1,
    };
    const { version, changes } = await update({ emission_config: unspecified, etag });
    expect(changes).toEqual([]);
    expect(version).toMatchObject({ version: 1 });
  });

  it('only checks and compares with validate_only', async () => {
    const before = await current();
    const { version, changes } = await update({
      emission_config: OTHER,
      etag: before.etag,
      validate_only: true,
    });
    expect(version).toEqual(before);
    expect(changes.length).toBeGreaterThan(0);
    expect(await current()).toEqual(before);
  });

  it('is aborted when another version is current', async () => {
    const { etag } = await current();
    await update({ emission_config: OTHER, etag });
    expect(await refused({ emission_config: OTHER, etag })).toMatchObject({
      code: 'ABORTED',
      reason: 'ETAG_MISMATCH',
      metadata: { current_version: '2' },
    });
  });

  it.each([
    ['a configuration', { etag: 'x' }, 'emission_config'],
    ['an etag', { emission_config: OTHER }, 'etag'],
  ])('requires %s', async (_, request, field) => {
    expect(await refused(request)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field, description: 'is required; got (empty)' }],
    });
  });

  it('names every broken rule at once', async () => {
    const { etag } = await current();
    const emission_config = {
      ...OTHER,
      burn_percentage: Number.NaN,
      burn_uid: 65_536,
      gpu_allocations: { H100: { weight: 60 }, h100: { weight: 40 }, H1000: { weight: 40 } },
      weight_set_interval_blocks: 0,
      unallocated: 99 as never,
      resolution: 7 as never,
    };
    const { code, violations = [] } = await refused({ emission_config, etag });
    expect(code).toBe('INVALID_ARGUMENT');
    expect(violations.map(({ field }) => field).sort()).toEqual([
      'burn_percentage',
      'burn_uid',
      'gpu_allocations.H1000',
      'gpu_allocations.h100',
      'resolution',
      'unallocated',
      'weight_set_interval_blocks',
    ]);
    expect(violations.find(({ field }) => field === 'unallocated')?.description).toBe(
      'is UNALLOCATED_POLICY_BURN or UNALLOCATED_POLICY_REDISTRIBUTE; got 99',
    );
    expect(await current()).toMatchObject({ version: 1 });
  });

  it('writes what it reads', () => {
    const config = {
      ...defaultEmissionConfig(),
      burnTarget: 3,
      gpuAllocations: new Map([
        ['H100' as CategoryKey, { weight: 100, minGpuCount: 1, minGpuVramGib: 2 }],
      ]),
    };
    expect(toEmissionConfigMessage(config)).toMatchObject({
      burn_uid: 3,
      gpu_allocations: { H100: { weight: 100, min_gpu_count: 1, min_gpu_vram: 2 } },
    });
  });
});
