import { describe, expect, it } from 'vitest';
import type { GetProfileResponse__Output } from '../../src/grpc/generated/assay/v1/GetProfileResponse.ts';
import { answer, refusal } from '../support/grpc-client.ts';
import { A100 } from '../support/report-samples.ts';
import { RunningService, weightByUid } from '../support/running-service.ts';

const TOML = `
[emission]
burn_uid = 0
resolution = "sum"
gpu_allocations = { H100 = 60, A100 = 40 }
`;

async function served(): Promise<RunningService> {
  const service = await RunningService.start({ toml: TOML });
  const prover = service.prover();
  await prover.deliver(service.report(2, { id: 'first', score: 0.5 }));
  await prover.deliver(service.report(3, { gpus: [[A100, 8]] }));
  return service;
}

async function profileOf(service: RunningService, miner_uid: number) {
  const { profile } = service.client();
  return answer<GetProfileResponse__Output>((done) => profile.GetProfile({ miner_uid }, done));
}

describe('a restart on the same file', () => {
  it('keeps the profiles, and what was reported before is a duplicate', async () => {
    const before = await served();
    const [two, three] = [await profileOf(before, 2), await profileOf(before, 3)];
    const after = await before.restart();
    expect(await profileOf(after, 2)).toEqual(two);
    expect(await profileOf(after, 3)).toEqual(three);
    const again = after.report(2, { id: 'first', score: 0.5 });
    expect(await after.prover().deliver(again)).toEqual(['DUPLICATE']);
    expect(await profileOf(after, 2)).toEqual(two);
  });

  it('goes on with the score where it was', async () => {
    const before = await served();
    await before.clock.advance(1_000);
    const after = await before.restart();
    await after.prover().deliver(after.report(2, { score: 1 }));
    const { profile } = await profileOf(after, 2);
    expect(profile?.total_score).toBeCloseTo(0.65, 12);
    expect(profile).toMatchObject({ verification_count: 2, revision: 2 });
  });

  it('keeps the configuration that was changed over the API, and its version', async () => {
    const before = await served();
    const client = before.client().emissionConfig;
    const { version } = await answer<{
      version: { etag: string; emission_config: object };
    }>((done) => client.GetEmissionConfig({}, done as never));
    const emission_config = { ...version.emission_config, burn_percentage: 25 };
    await answer((done) =>
      client.UpdateEmissionConfig({ emission_config, etag: version.etag }, done),
    );
    const after = await before.restart();
    const kept = await answer((done) => after.client().emissionConfig.GetEmissionConfig({}, done));
    expect(kept).toMatchObject({
      version: { version: 2, source: 'api', emission_config: { burn_percentage: 25 } },
    });
    expect((await after.nextSet()).burn.weight).toBe(16_384);
  });

  it('takes a file that has changed meanwhile as a new version', async () => {
    const before = await served();
    const after = await before.restart({
      toml: TOML.replace('H100 = 60, A100 = 40', 'H100 = 100'),
    });
    const set = await after.nextSet();
    expect(set.emissionConfigVersion).toBe(2);
    expect(weightByUid(set.vector)).toEqual({ 2: 65_535 });
  });

  it('keeps the last set, and sets nothing before the interval has passed', async () => {
    const before = await served();
    const set = await before.nextSet();
    const after = await before.restart();
    const { allocation, operations } = after.client();
    const newest = await answer((done) => allocation.GetWeights({}, done));
    expect(newest).toMatchObject({
      weight_set: { block: 10, state: 'WEIGHT_SET_STATE_VERIFIED', total_weight: set.totalWeight },
    });
    await after.reach(19);
    const early = await refusal((done) => operations.SetWeights({}, done));
    expect(early.metadata).toEqual({ next_block: '20' });
    expect(after.rows('select block from weight_submissions')).toEqual([{ block: 10 }]);
    expect(await after.nextSet()).toMatchObject({ block: 20, state: 'verified' });
  });

  it('finds out from the chain what became of a set that was under way', async () => {
    const before = await served();
    await before.reach(10);
    await before.submitted();
    // The chain takes the extrinsic in the block in which the service goes down.
    before.chain.produceBlock();
    const after = await before.restart();
    await after.reach(12);
    expect(await after.endOfSet(10)).toMatchObject({ block: 10, state: 'verified' });
    expect(after.rows('select block, state from weight_submissions')).toEqual([
      { block: 10, state: 'verified' },
    ]);
  });

  it('can be done again and again without the file changing its form', async () => {
    let service = await served();
    const schema = 'select sql from sqlite_master where sql is not null order by name';
    const first = service.rows(schema);
    for (let times = 0; times < 3; times += 1) service = await service.restart();
    expect(service.rows(schema)).toEqual(first);
    expect(service.rows('select count(*) as count from emission_configs')).toEqual([{ count: 1 }]);
  });
});
