import { describe, expect, it } from 'vitest';
import type { EmissionConfig } from '../../src/grpc/generated/assay/v1/EmissionConfig.ts';
import type { GetEmissionConfigResponse__Output } from '../../src/grpc/generated/assay/v1/GetEmissionConfigResponse.ts';
import type { UpdateEmissionConfigResponse__Output } from '../../src/grpc/generated/assay/v1/UpdateEmissionConfigResponse.ts';
import { answer, refusal } from '../support/grpc-client.ts';
import { A100 } from '../support/report-samples.ts';
import { RunningService, scaled, weightByUid } from '../support/running-service.ts';

const TOML = `
[emission]
burn_uid = 0
resolution = "sum"
gpu_allocations = { H100 = 60, A100 = 40 }
`;

/** UID 2 has H100, UID 3 A100. */
async function twoMiners(toml = TOML) {
  const service = await RunningService.start({ toml });
  const prover = service.prover();
  const outcomes = await prover.deliver(
    service.report(2),
    service.report(3, { gpus: [[A100, 8]] }),
  );
  expect(outcomes).toEqual(['APPLIED', 'APPLIED']);
  return { service, prover, emission: new Emission(service) };
}

/** The operator's side of the emission configuration. */
class Emission {
  readonly #client: ReturnType<RunningService['client']>['emissionConfig'];

  constructor(service: RunningService) {
    this.#client = service.client().emissionConfig;
  }

  async current() {
    const { version } = await answer<GetEmissionConfigResponse__Output>((done) =>
      this.#client.GetEmissionConfig({}, done),
    );
    return version;
  }

  /** Changes what is in force, and gives back the fields that differ. */
  async change(fields: EmissionConfig): Promise<readonly string[]> {
    const version = await this.current();
    const emission_config = { ...version?.emission_config, ...fields };
    const { changes } = await answer<UpdateEmissionConfigResponse__Output>((done) =>
      this.#client.UpdateEmissionConfig({ emission_config, etag: version?.etag ?? '' }, done),
    );
    return changes.map(({ field }) => field);
  }

  async refused(fields: EmissionConfig) {
    const version = await this.current();
    const emission_config = { ...version?.emission_config, ...fields };
    return refusal((done) =>
      this.#client.UpdateEmissionConfig({ emission_config, etag: version?.etag ?? '' }, done),
    );
  }
}

describe('a configuration that changes between two sets', () => {
  it('rules the next set, while the reports go on streaming', async () => {
    const { service, prover, emission } = await twoMiners();
    const first = await service.nextSet();
    expect(weightByUid(first.vector)).toEqual({ 2: 39_321, 3: 26_214 });
    await service.clock.advance(1_000);
    const streamed = [4, 5, 6, 7].map((uid) =>
      prover.send([service.report(uid, { gpus: [[A100, 8]] })]),
    );
    const changed = await emission.change({
      gpu_allocations: { A100: { weight: 75 }, H100: { weight: 25 } },
    });
    expect(changed).toEqual(['gpu_allocations.A100.weight', 'gpu_allocations.H100.weight']);
    const last = prover.send([service.report(8, { gpus: [[A100, 8]] })]);
    await prover.stream.acknowledgedUpTo(last);
    const second = await service.nextSet();
    expect(second).toMatchObject({ emissionConfigVersion: 2, minersServed: 7, state: 'verified' });
    // H100 has 25 % of 65535 = 16383.75; six miners share 49151 by 8192 and, for the first ones, one unit less.
    expect(weightByUid(second.vector)[2]).toBe(16_384);
    const a100 = [3, 4, 5, 6, 7, 8].map((uid) => weightByUid(second.vector)[uid] ?? 0);
    expect(a100.reduce((sum, weight) => sum + weight, 0)).toBe(49_151);
    expect(Math.max(...a100) - Math.min(...a100)).toBeLessThanOrEqual(1);
    expect(streamed).toEqual([2, 3, 4, 5]);
    expect(service.rows('select count(*) as count from verification_reports')).toEqual([
      { count: 7 },
    ]);
    expect(service.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(service.rows('pragma foreign_key_check')).toEqual([]);
  });

  it('keeps the old rules for what was set before', async () => {
    const { service, emission } = await twoMiners();
    const first = await service.nextSet();
    await emission.change({ burn_percentage: 50 });
    const { allocation } = service.client();
    const shown = await answer((done) => allocation.GetWeights({ block: first.block }, done));
    expect(shown).toMatchObject({
      weight_set: { emission_config_version: 1, burn: { configured_percentage: 0 } },
    });
  });

  it('is refused whole with each broken rule, and the old one stays in force', async () => {
    const { service, emission } = await twoMiners();
    const refused = await emission.refused({
      burn_percentage: 101,
      gpu_allocations: { H100: { weight: 60 }, H1OO: { weight: 30 } },
      weight_set_interval_blocks: 0,
    });
    expect(refused.code).toBe('INVALID_ARGUMENT');
    expect(refused.violations?.map(({ field }) => field)).toEqual([
      'burn_percentage',
      'gpu_allocations.H1OO',
      'gpu_allocations',
      'weight_set_interval_blocks',
    ]);
    expect(await emission.current()).toMatchObject({ version: 1, source: 'file' });
    expect(weightByUid((await service.nextSet()).vector)).toEqual({ 2: 39_321, 3: 26_214 });
  });

  it('changes the interval from the next set on', async () => {
    const { service, emission } = await twoMiners();
    await service.nextSet();
    await emission.change({ weight_set_interval_blocks: 30 });
    expect(service.app.weightSetting.status().nextSetBlock).toBe(40);
    await service.reach(39);
    expect(service.rows('select block from weight_submissions')).toEqual([{ block: 10 }]);
    expect(await service.nextSet()).toMatchObject({ block: 40, state: 'verified' });
  });
});

describe('the burn', () => {
  it('goes from 0 to 50 to 100 % to the burn target, and the miners divide the rest', async () => {
    const { service, emission } = await twoMiners();
    expect(weightByUid((await service.nextSet()).vector)).toEqual({ 2: 39_321, 3: 26_214 });
    await emission.change({ burn_percentage: 50 });
    const half = await service.nextSet();
    // 32767.5, 19660.5 and 13107: the tie of the two halves goes to the burn.
    expect(weightByUid(half.vector)).toEqual({ 0: 32_768, 2: 19_660, 3: 13_107 });
    expect(await service.onChain()).toEqual(scaled({ 0: 32_768, 2: 19_660, 3: 13_107 }));
    await emission.change({ burn_percentage: 100 });
    const whole = await service.nextSet();
    expect(weightByUid(whole.vector)).toEqual({ 0: 65_535 });
    expect(whole).toMatchObject({ minersServed: 0, burn: { percentage: 100 } });
    expect(await service.onChain()).toEqual({ 0: 65_535 });
  });

  it('takes what a category without miners leaves', async () => {
    const { service, emission } = await twoMiners();
    await emission.change({
      gpu_allocations: { H100: { weight: 50 }, A100: { weight: 30 }, H200: { weight: 20 } },
    });
    const set = await service.nextSet();
    expect(weightByUid(set.vector)).toEqual({ 0: 13_107, 2: 32_768, 3: 19_660 });
    expect(set.burn).toMatchObject({ weight: 13_107, emptyCategoryWeight: 13_107, percentage: 20 });
  });

  it('is withheld with an alarm when its target is not the owner any more, and nothing is set', async () => {
    const { service, emission } = await twoMiners();
    await service.nextSet();
    await emission.change({ burn_percentage: 10 });
    service.chain.setOwnerHotkey(service.chain.register());
    await service.reach(20);
    expect(service.app.weightSetting.status().alarm).toContain('belongs to');
    expect(service.rows('select block from weight_submissions')).toEqual([{ block: 10 }]);
    expect(await service.onChain()).toEqual(scaled({ 2: 39_321, 3: 26_214 }));
  });
});

describe('a configuration without anything new in it', () => {
  it('takes the plain form of an allocation, and every other key from the defaults', async () => {
    const { service, emission } = await twoMiners(
      '[emission.gpu_allocations]\nH100 = 30.0\nA100 = 70.0\n',
    );
    expect(await emission.current()).toMatchObject({
      version: 1,
      source: 'file',
      emission_config: {
        burn_percentage: 0,
        gpu_allocations: {
          H100: { weight: 30, min_gpu_count: 0, min_gpu_vram: 0 },
          A100: { weight: 70, min_gpu_count: 0, min_gpu_vram: 0 },
        },
        min_miners_per_category: 1,
        unallocated: 'UNALLOCATED_POLICY_BURN',
        attribution: 'ATTRIBUTION_ALL',
        gpu_count: 'GPU_COUNT_POLICY_LINEAR',
        resolution: 'WEIGHT_RESOLUTION_MAX',
        positive_floor: true,
      },
    });
    // The largest total whose 70 % still fit is 93622: 65535.4 and 28086.6, and the second has the larger remainder.
    expect(weightByUid((await service.nextSet()).vector)).toEqual({ 2: 28_087, 3: 65_535 });
  });

  it('may be empty: the defaults alone divide', async () => {
    const { service } = await twoMiners('');
    const set = await service.nextSet();
    const shares = set.categories.map(({ category, shareMicroPercent }) => [
      category,
      shareMicroPercent / 1e6,
    ]);
    expect(Object.fromEntries(shares)).toEqual({
      H200: 30,
      H100: 30,
      A100: 20,
      RTX4090: 12,
      RTX3090: 8,
    });
    // Nobody has H200, RTX4090 or RTX3090: half of everything is burned to the owner's UID.
    expect(weightByUid(set.vector)).toEqual({ 0: 65_535, 2: 39_321, 3: 26_214 });
  });
});
