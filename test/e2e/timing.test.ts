import { describe, expect, it } from 'vitest';
import type { GetStatusResponse__Output } from '../../src/grpc/generated/assay/v1/GetStatusResponse.ts';
import type { SetWeightsResponse__Output } from '../../src/grpc/generated/assay/v1/SetWeightsResponse.ts';
import { answer, refusal } from '../support/grpc-client.ts';
import { RunningService, type ServiceSetup } from '../support/running-service.ts';

const DEFAULT_INTERVAL = '[emission]\nweight_set_interval_blocks = 360\n';

async function served(setup: ServiceSetup = {}): Promise<RunningService> {
  const service = await RunningService.start(setup);
  await service.prover().deliver(service.report(2));
  return service;
}

function setBlocks(service: RunningService) {
  return service.rows('select block, state from weight_submissions order by block');
}

/** The answer to an early request, which also says that the service is done with its newest block. */
function early(service: RunningService) {
  const { operations } = service.client();
  return refusal((done) => operations.SetWeights({}, done));
}

describe('the interval', () => {
  it('of 360 blocks passes before each set, and no set comes early', async () => {
    const service = await served({ toml: DEFAULT_INTERVAL });
    await service.reach(359);
    await early(service);
    expect(setBlocks(service)).toEqual([]);
    expect(await service.nextSet()).toMatchObject({ block: 360, state: 'verified' });
    await service.clock.advance(60_000);
    await service.prover('prover-2').deliver(service.report(2));
    await service.reach(719);
    await early(service);
    expect(setBlocks(service)).toEqual([{ block: 360, state: 'verified' }]);
    expect(await service.nextSet()).toMatchObject({ block: 720, state: 'verified' });
  });

  it('counts from the set, not from a multiple: a set that comes late moves those after it', async () => {
    const service = await served();
    await service.reach(17);
    expect(await service.endOfSet(17)).toMatchObject({ block: 17, state: 'verified' });
    const { operations } = service.client();
    const status = await answer<GetStatusResponse__Output>((done) =>
      operations.GetStatus({}, done),
    );
    expect(status).toMatchObject({ last_weight_set_block: 17, next_weight_set_block: 27 });
  });

  it('that was missed by many blocks is made up for by one set', async () => {
    const service = await served();
    await service.reach(95);
    await service.endOfSet(95);
    await early(service);
    expect(setBlocks(service)).toEqual([{ block: 95, state: 'verified' }]);
  });
});

describe('SetWeights', () => {
  it('is refused too early, with the block at which it becomes possible', async () => {
    const service = await served();
    await service.nextSet();
    await service.reach(15);
    expect(await early(service)).toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'WEIGHT_SET_TOO_EARLY',
      metadata: { next_block: '20' },
    });
  });

  it('only calculates with dry_run, at any block', async () => {
    const service = await served();
    await service.nextSet();
    const { operations } = service.client();
    const { weight_set } = await answer<SetWeightsResponse__Output>((done) =>
      operations.SetWeights({ dry_run: true }, done),
    );
    expect(weight_set).toMatchObject({ state: 'WEIGHT_SET_STATE_COMPUTED' });
    expect(weight_set?.weights.map(({ uid }) => uid)).toContain(2);
    expect(setBlocks(service).length).toBe(1);
  });

  it('sets the weights that an alarm held back, and answers with the end of the set', async () => {
    const service = await served();
    service.chain.setHyperparameters({ weightsVersionKey: 7 });
    expect(await service.nextSet()).toMatchObject({ block: 10, state: 'failed' });
    await service.reach(30);
    expect(service.app.weightSetting.status().alarm).toContain('version key');
    expect(setBlocks(service)).toEqual([{ block: 10, state: 'failed' }]);
    service.chain.setHyperparameters({ weightsVersionKey: 0 });
    await service.reach(31);
    const { operations } = service.client();
    const asked = answer<SetWeightsResponse__Output>((done) => operations.SetWeights({}, done));
    await service.endOfSet(31);
    expect((await asked).weight_set).toMatchObject({
      block: 31,
      state: 'WEIGHT_SET_STATE_VERIFIED',
    });
    expect(service.app.weightSetting.status().alarm).toBe(undefined);
  });

  it('is turned away while a set is under way', async () => {
    const service = await served();
    await service.reach(10);
    await service.submitted();
    expect(await early(service)).toMatchObject({
      code: 'ABORTED',
      reason: 'WEIGHT_SET_IN_PROGRESS',
    });
    expect(await service.endOfSet(10)).toMatchObject({ block: 10, state: 'verified' });
  });
});

describe('the chain’s own rate limit', () => {
  it('is kept when it is longer than the interval', async () => {
    const service = await served({ chain: { weightsRateLimitBlocks: 25 } });
    await service.nextSet();
    // Decided at 10, included at 11, so not before 36.
    expect(service.app.weightSetting.status().nextSetBlock).toBe(36);
    await service.reach(35);
    await early(service);
    expect(setBlocks(service).length).toBe(1);
    expect(await service.nextSet()).toMatchObject({ block: 36, state: 'verified' });
  });

  it('holds for a validator that has set weights with another program', async () => {
    const service = await served();
    await service.reach(3);
    service.chain.changeNeuron(1, { lastUpdateBlock: 3 });
    await service.reach(12);
    await early(service);
    expect(setBlocks(service)).toEqual([]);
    expect(await service.nextSet()).toMatchObject({ block: 13, state: 'verified' });
  });
});
