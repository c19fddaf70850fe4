import { describe, expect, it } from 'vitest';
import type { EmissionConfig } from '../../src/grpc/generated/assay/v1/EmissionConfig.ts';
import type { GetEmissionConfigResponse__Output } from '../../src/grpc/generated/assay/v1/GetEmissionConfigResponse.ts';
import type { ListEmissionConfigsResponse__Output } from '../../src/grpc/generated/assay/v1/ListEmissionConfigsResponse.ts';
import type { PreviewAllocationResponse__Output } from '../../src/grpc/generated/assay/v1/PreviewAllocationResponse.ts';
import type { RestoreEmissionConfigResponse__Output } from '../../src/grpc/generated/assay/v1/RestoreEmissionConfigResponse.ts';
import type { UpdateEmissionConfigResponse__Output } from '../../src/grpc/generated/assay/v1/UpdateEmissionConfigResponse.ts';
import { present } from '../../src/lib/assert.ts';
import { answer } from '../support/grpc-client.ts';
import { A100 } from '../support/report-samples.ts';
import { RunningService, weightByUid } from '../support/running-service.ts';

const toml = (burn: number) => `
[emission]
burn_uid = 0
burn_percentage = ${burn}
resolution = "sum"
gpu_allocations = { H100 = 60, A100 = 40 }
`;

/** UID 2 has H100, UID 3 both, UID 4 A100. */
async function threeMiners() {
  const service = await RunningService.start({ toml: toml(0) });
  const outcomes = await service.prover().deliver(
    service.report(2),
    service.report(3, {
      gpus: [
        ['NVIDIA H100 80GB HBM3', 4],
        [A100, 8],
      ],
    }),
    service.report(4, { gpus: [[A100, 8]] }),
  );
  expect(outcomes).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
  return service;
}

/** The operator's side of one running service. */
function operator(service: RunningService) {
  const { emissionConfig, allocation } = service.client();
  const current = async () => {
    const { version } = await answer<GetEmissionConfigResponse__Output>((done) =>
      emissionConfig.GetEmissionConfig({}, done),
    );
    return present(version, 'there is always a version');
  };
  const withFields = async (fields: EmissionConfig) => {
    const { emission_config, etag } = await current();
    return { emission_config: { ...emission_config, ...fields }, etag };
  };
  return {
    current,
    update: async (fields: EmissionConfig) => {
      const request = await withFields(fields);
      return answer<UpdateEmissionConfigResponse__Output>((done) =>
        emissionConfig.UpdateEmissionConfig(request, done),
      );
    },
    preview: async (fields: EmissionConfig) => {
      const { emission_config } = await withFields(fields);
      return answer<PreviewAllocationResponse__Output>((done) =>
        allocation.PreviewAllocation({ emission_config }, done),
      );
    },
    restore: async (version: number) => {
      const { etag } = await current();
      return answer<RestoreEmissionConfigResponse__Output>((done) =>
        emissionConfig.RestoreEmissionConfig({ version, etag }, done),
      );
    },
    /** What is listed of every version: its number, source, burn, and what it brought back. */
    list: async () => {
      const { versions } = await answer<ListEmissionConfigsResponse__Output>((done) =>
        emissionConfig.ListEmissionConfigs({}, done),
      );
      return versions.map(({ version, source, emission_config, restored_from_version }) => [
        version,
        source,
        emission_config?.burn_percentage,
        restored_from_version,
      ]);
    },
  };
}

describe('the versions of the emission configuration', () => {
  it('survive restarts, come back when restored, and give way to a changed file', async () => {
    const first = await threeMiners();
    const { etag } = await operator(first).current();
    await operator(first).update({ burn_percentage: 10 });

    const second = await first.restart();
    const updated = [
      [2, 'api', 10, 0],
      [1, 'file', 0, 0],
    ];
    expect(await operator(second).list()).toEqual(updated);
    const { version } = await operator(second).restore(1);
    expect(version).toMatchObject({ version: 3, etag, source: 'api', restored_from_version: 1 });

    const third = await second.restart();
    expect(await operator(third).list()).toEqual([[3, 'api', 0, 1], ...updated]);
    expect(await operator(third).current()).toEqual(version);

    const fourth = await third.restart({ toml: toml(20) });
    expect(await operator(fourth).list()).toEqual([
      [4, 'file', 20, 0],
      [3, 'api', 0, 1],
      ...updated,
    ]);
    const set = await fourth.nextSet();
    expect(set).toMatchObject({ emissionConfigVersion: 4, configuredBurnPercentage: 20 });
  });

  it('are rows with digest, source and time', async () => {
    const service = await threeMiners();
    await service.clock.advance(60_000);
    const { version } = await operator(service).update({ burn_percentage: 10 });
    const rows = service.rows(
      'select version, digest, source, created_at, restored_from from emission_configs order by version',
    );
    expect(rows).toEqual([
      {
        version: 1,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        source: 'file',
        created_at: new Date(service.clock.now() - 60_000).toISOString(),
        restored_from: null,
      },
      {
        version: 2,
        digest: version?.etag,
        source: 'api',
        created_at: new Date(service.clock.now()).toISOString(),
        restored_from: null,
      },
    ]);
  });
});

describe('a candidate', () => {
  const CANDIDATE: EmissionConfig = {
    burn_percentage: 12.5,
    gpu_allocations: { H100: { weight: 25 }, A100: { weight: 70 }, H200: { weight: 5 } },
    attribution: 'ATTRIBUTION_PRIMARY',
  };

  it('previewed gives the weights that the next set under it has when nothing else changes', async () => {
    const service = await threeMiners();
    const before = await service.nextSet();
    const { weight_set, changes, impact } = await operator(service).preview(CANDIDATE);
    const { changes: made, impact: told } = await operator(service).update(CANDIDATE);
    expect({ changes: made, impact: told }).toEqual({ changes, impact });
    const after = await service.nextSet();
    const previewed = weight_set?.weights.map(({ uid, weight }) => [uid, weight]);
    expect(Object.fromEntries(previewed ?? [])).toEqual(weightByUid(after.vector));
    expect(weightByUid(after.vector)).not.toEqual(weightByUid(before.vector));
  });

  it('changes of each category and miner what the sets before and after it show', async () => {
    const service = await threeMiners();
    const before = await service.nextSet();
    const { impact } = await operator(service).update(CANDIDATE);
    const after = await service.nextSet();
    expect(impact).toMatchObject({
      old_burn_percentage: before.burn.percentage,
      new_burn_percentage: after.burn.percentage,
    });
    expect(
      impact?.categories.map((category) => [
        category.gpu_model,
        category.old_miner_count,
        category.new_miner_count,
      ]),
    ).toEqual([
      ['H200', 0, 0],
      ['H100', 2, 1],
      ['A100', 2, 2],
    ]);
    // The burn target is UID 0, no miner's.
    const part = (set: typeof before, uid: number) =>
      ((weightByUid(set.vector)[uid] ?? 0) * 100) / set.totalWeight;
    const expected = [2, 3, 4]
      .map((uid) => ({ uid, old: part(before, uid), now: part(after, uid) }))
      .sort((a, b) => Math.abs(b.now - b.old) - Math.abs(a.now - a.old));
    expect(
      impact?.miners.map(({ miner_uid, old_percentage, new_percentage }) => ({
        uid: miner_uid,
        old: old_percentage,
        now: new_percentage,
      })),
    ).toEqual(expected);
  });
});
