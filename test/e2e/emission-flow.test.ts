import { describe, expect, it } from 'vitest';
import type { GetProfileResponse__Output } from '../../src/grpc/generated/assay/v1/GetProfileResponse.ts';
import type { GetWeightsResponse__Output } from '../../src/grpc/generated/assay/v1/GetWeightsResponse.ts';
import type { ListProfilesResponse__Output } from '../../src/grpc/generated/assay/v1/ListProfilesResponse.ts';
import type { PreviewAllocationResponse__Output } from '../../src/grpc/generated/assay/v1/PreviewAllocationResponse.ts';
import { answer } from '../support/grpc-client.ts';
import { A100, H100 } from '../support/report-samples.ts';
import { RunningService, scaled, weightByUid } from '../support/running-service.ts';

/**
 * Burn 10 %, H100 60 %, A100 40 % of the rest, out of 65535: 6553.5, 35388.9 and 23592.6, so that by largest remainder
 * the burn gets 6553, H100 35389 and A100 23593. The H100 pool is divided 2 : 1 by score.
 */
const TOML = `
[emission]
burn_percentage = 10
burn_uid = 0
resolution = "sum"
gpu_allocations = { H100 = 60, A100 = 40 }
`;
const WEIGHTS = { 0: 6_553, 2: 23_593, 3: 11_796, 4: 23_593 };

async function threeMiners(): Promise<RunningService> {
  const service = await RunningService.start({ toml: TOML });
  await service
    .prover()
    .deliver(
      service.report(2),
      service.report(3, { score: 0.5 }),
      service.report(4, { gpus: [[A100, 4]] }),
      service.report(5, { gpus: [['NVIDIA GeForce RTX 4090', 8]] }),
      service.report(6, { isValid: false }),
    );
  return service;
}

describe('reports of several GPU models', () => {
  it('become weights on chain as the configuration divides them, burn included', async () => {
    const service = await threeMiners();
    const set = await service.nextSet();
    expect(set).toMatchObject({ block: 10, state: 'verified', totalWeight: 65_535 });
    expect(weightByUid(set.vector)).toEqual(WEIGHTS);
    expect(await service.onChain()).toEqual(scaled(WEIGHTS));
  });

  it('become profiles with categories, counts and scores', async () => {
    const service = await threeMiners();
    const { profile } = service.client();
    const one = await answer<GetProfileResponse__Output>((done) =>
      profile.GetProfile({ miner_uid: 3 }, done),
    );
    expect(one.profile).toMatchObject({
      miner_uid: 3,
      primary_gpu_model: 'H100',
      gpu_counts: { H100: 8 },
      total_score: 0.5,
      verification_count: 1,
      revision: 1,
      executors: [
        { executor_id: 'executor-1', gpus: [{ model: H100, gpu_model: 'H100', count: 8 }] },
      ],
    });
    const all = await answer<ListProfilesResponse__Output>((done) =>
      profile.ListProfiles({}, done),
    );
    expect(
      all.profiles.map(({ miner_uid, primary_gpu_model }) => [miner_uid, primary_gpu_model]),
    ).toEqual([
      [2, 'H100'],
      [3, 'H100'],
      [4, 'A100'],
      [5, 'RTX4090'],
      [6, 'OTHER'],
    ]);
    const h100 = await answer<ListProfilesResponse__Output>((done) =>
      profile.ListProfiles({ gpu_model: 'H100' }, done),
    );
    expect(h100.profiles.map(({ miner_uid }) => miner_uid)).toEqual([2, 3]);
  });

  it('are in the tables with the burn, the categories and each miner’s part', async () => {
    const service = await threeMiners();
    await service.nextSet();
    expect(
      service.rows('select block, state, burn_uid, miners_served from weight_submissions'),
    ).toEqual([{ block: 10, state: 'verified', burn_uid: 0, miners_served: 3 }]);
    const [metrics] = service.rows('select * from emission_metrics');
    expect(metrics).toMatchObject({
      burn_amount: 6_553,
      burn_percentage: (6_553 / 65_535) * 100,
      total_miners: 3,
      weight_set_block: 10,
    });
    expect(JSON.parse(String(metrics?.category_distributions_json))).toEqual({
      H100: {
        gpu_model: 'H100',
        miner_count: 2,
        total_score: 12,
        weight_allocation: 35_389,
        allocation_percentage: 60,
      },
      A100: {
        gpu_model: 'A100',
        miner_count: 1,
        total_score: 4,
        weight_allocation: 23_593,
        allocation_percentage: 40,
      },
    });
    expect(
      service.rows(
        `select miner_uid, gpu_category, allocated_weight, miner_score
         from weight_allocation_history where exclusion_reason is null order by miner_uid`,
      ),
    ).toEqual([
      { miner_uid: 2, gpu_category: 'H100', allocated_weight: 23_593, miner_score: 1 },
      { miner_uid: 3, gpu_category: 'H100', allocated_weight: 11_796, miner_score: 0.5 },
      { miner_uid: 4, gpu_category: 'A100', allocated_weight: 23_593, miner_score: 1 },
    ]);
    expect(
      service.rows(
        'select miner_uid, gpu_category, gpu_count from miner_prover_results order by miner_uid',
      ),
    ).toEqual([
      { miner_uid: 2, gpu_category: 'H100', gpu_count: 8 },
      { miner_uid: 3, gpu_category: 'H100', gpu_count: 8 },
      { miner_uid: 4, gpu_category: 'A100', gpu_count: 4 },
      { miner_uid: 5, gpu_category: 'RTX4090', gpu_count: 8 },
      { miner_uid: 6, gpu_category: 'H100', gpu_count: 8 },
    ]);
  });

  it('give the statistics of the newest weight set', async () => {
    const service = await threeMiners();
    const { allocation } = service.client();
    const before = await answer((done) => allocation.GetAllocationStatistics({}, done));
    expect(before).toMatchObject({
      last_weight_set_block: 0,
      total_weight: 0,
      burn_statistics: null,
    });
    await service.nextSet();
    await service.reach(15);
    const after = await answer((done) => allocation.GetAllocationStatistics({}, done));
    expect(after).toMatchObject({
      netuid: 1,
      mecid: 0,
      last_weight_set_block: 10,
      next_weight_set_block: 20,
      burn_statistics: { amount_burned: 6_553, burn_uid: 0, configured_percentage: 10 },
      category_statistics: {
        H100: { miners_count: 2, total_allocation: 35_389, average_score: 0.75 },
        A100: { miners_count: 1, total_allocation: 23_593, average_score: 1 },
      },
      total_miners_served: 3,
      total_weight: 65_535,
      as_of_block: 15,
      as_of_block_hash: service.chain.head.hash,
    });
  });

  it('are answered by block, with who held each UID, and counted where they were left out', async () => {
    const service = await threeMiners();
    const set = await service.nextSet();
    const { allocation } = service.client();
    const newest = await answer<GetWeightsResponse__Output>((done) =>
      allocation.GetWeights({}, done),
    );
    const byBlock = await answer<GetWeightsResponse__Output>((done) =>
      allocation.GetWeights({ block: 10 }, done),
    );
    expect(byBlock).toEqual(newest);
    expect(newest.weight_set?.weights.map(({ uid, weight }) => [uid, weight])).toEqual(
      Object.entries(WEIGHTS).map(([uid, weight]) => [Number(uid), weight]),
    );
    expect(newest.weight_set?.weights.map(({ hotkey }) => hotkey)).toEqual(set.hotkeys);
    expect(newest.weight_set?.exclusions).toEqual({ CATEGORY_NOT_REWARDED: 1, NO_VALID_GPU: 1 });
  });

  it('are shown in the status of the service', async () => {
    const service = await threeMiners();
    const client = service.client();
    await service.nextSet();
    const prover = service.prover('prover-2');
    const unknown = service.report(7, { gpus: [['NVIDIA Q900', 1]] });
    expect(await prover.deliver(unknown)).toEqual(['APPLIED']);
    const malformed = { ...service.report(7), executors: [] };
    expect(await prover.deliver(unknown, malformed)).toEqual(['DUPLICATE', 'REFUSED']);
    const status = await answer((done) => client.operations.GetStatus({}, done));
    expect(status).toMatchObject({
      chain: 'dev',
      head_block: service.chain.head.block,
      registered_miners: 10,
      profiles: 6,
      active_actors: 6,
      queued_reports: 0,
      open_streams: 2,
      reports: { applied: 6, duplicate: 1, stale: 0, refused: 1 },
      last_weight_set_block: 10,
      next_weight_set_block: 20,
      last_weight_set: { state: 'WEIGHT_SET_STATE_VERIFIED', weights: [] },
      is_setting_weights: false,
      alarm: '',
      unknown_gpu_models: { 'NVIDIA Q900': 1 },
    });
    expect(service.app.tallies()).toEqual({ APPLIED: 6, DUPLICATE: 1, STALE: 0, REFUSED: 1 });
  });
});

describe('a preview', () => {
  it('says what a candidate would give and changes nothing', async () => {
    const service = await threeMiners();
    await service.reach(3);
    const { allocation } = service.client();
    const current = await answer<PreviewAllocationResponse__Output>((done) =>
      allocation.PreviewAllocation({}, done),
    );
    expect(current.weight_set?.weights.map(({ weight }) => weight)).toEqual(Object.values(WEIGHTS));
    const candidate = await answer<PreviewAllocationResponse__Output>((done) =>
      allocation.PreviewAllocation(
        {
          emission_config: {
            burn_percentage: 0,
            gpu_allocations: { RTX4090: { weight: 100 } },
            weight_set_interval_blocks: 10,
            min_miners_per_category: 1,
            resolution: 'WEIGHT_RESOLUTION_SUM',
          },
        },
        done,
      ),
    );
    expect(candidate.weight_set).toMatchObject({
      state: 'WEIGHT_SET_STATE_COMPUTED',
      weights: [{ uid: 5, weight: 65_535 }],
    });
    expect(service.rows('select * from weight_submissions')).toEqual([]);
    expect(weightByUid((await service.nextSet()).vector)).toEqual(WEIGHTS);
  });
});

describe('several rounds of reports', () => {
  it('move the score by its smoothing, and with it the next weights', async () => {
    const service = await threeMiners();
    const prover = service.prover('prover-2');
    await service.nextSet();
    await service.clock.advance(60_000);
    expect(await prover.deliver(service.report(2, { score: 0 }))).toEqual(['APPLIED']);
    await service.clock.advance(60_000);
    expect(await prover.deliver(service.report(2, { score: 0 }))).toEqual(['APPLIED']);
    const set = await service.nextSet();
    // 1 · 0.7 · 0.7 = 0.49 against 0.5, so 0.49 / 0.99 of 35389 = 17515.8.
    expect(weightByUid(set.vector)).toEqual({ ...WEIGHTS, 2: 17_516, 3: 17_873 });
    expect(set.categories.find(({ category }) => category === 'H100')?.averageScore).toBe(0.495);
  });
});

describe('a chain with commit-reveal', () => {
  it('has the weights once their epoch has come, and the set is verified only then', async () => {
    const service = await RunningService.start({
      toml: `${TOML}weight_set_interval_blocks = 100\n`,
      chain: { isCommitRevealEnabled: true, tempoBlocks: 20 },
    });
    await service.prover().deliver(service.report(2), service.report(4, { gpus: [[A100, 4]] }));
    await service.reach(100);
    await service.submitted();
    await service.reach(101);
    await service.reach(102);
    const states = () => service.rows('select state from weight_submissions');
    await service.comesTo(() => states()[0]?.state === 'committed');
    expect(states()).toEqual([{ state: 'committed' }]);
    expect(await service.onChain()).toEqual({});
    await service.reach(150);
    const set = await service.endOfSet(100);
    expect(set).toMatchObject({ block: 100, state: 'verified' });
    expect(await service.onChain()).toEqual(scaled(weightByUid(set.vector)));
  });
});
