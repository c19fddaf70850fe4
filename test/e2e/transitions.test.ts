import { describe, expect, it } from 'vitest';
import type { GetProfileResponse__Output } from '../../src/grpc/generated/assay/v1/GetProfileResponse.ts';
import { answer, refusal } from '../support/grpc-client.ts';
import { RunningService, weightByUid } from '../support/running-service.ts';
import { H200 } from '../support/wire-reports.ts';

const EMISSION = `
[emission]
resolution = "sum"
gpu_allocations = { H200 = 50, H100 = 50 }
`;

async function profileOf(service: RunningService, miner_uid: number) {
  const { profile } = service.client();
  const response = await answer<GetProfileResponse__Output>((done) =>
    profile.GetProfile({ miner_uid }, done),
  );
  return response.profile;
}

/** UIDs 2 and 3 have H100 and scores 0.4 and 1; then UID 2 shows eight H200 with a full score. */
async function changedModel(onModelChange: string) {
  const toml = `${EMISSION}\n[scoring]\non_model_change = "${onModelChange}"\n`;
  const service = await RunningService.start({ toml });
  const prover = service.prover();
  await prover.deliver(service.report(2, { score: 0.4 }), service.report(3));
  const before = await service.nextSet();
  expect(weightByUid(before.vector)).toEqual({ 0: 32_768, 2: 9_362, 3: 23_405 });
  await service.clock.advance(60_000);
  await prover.deliver(service.report(2, { gpus: [[H200, 8]] }));
  return service;
}

describe('a miner that changes from H100 to H200', () => {
  it('moves to the new category and starts its score again', async () => {
    const service = await changedModel('reset');
    expect(await profileOf(service, 2)).toMatchObject({
      primary_gpu_model: 'H200',
      gpu_counts: { H200: 8 },
      total_score: 1,
      verification_count: 2,
    });
    const set = await service.nextSet();
    expect(weightByUid(set.vector)).toEqual({ 2: 32_768, 3: 32_767 });
    expect(set.categories.map(({ category, averageScore }) => [category, averageScore])).toEqual([
      ['H200', 1],
      ['H100', 1],
    ]);
  });

  it('keeps its score when the configuration says so', async () => {
    const service = await changedModel('keep');
    const profile = await profileOf(service, 2);
    expect(profile?.primary_gpu_model).toBe('H200');
    // 0.3 · 1 + 0.7 · 0.4
    expect(profile?.total_score).toBeCloseTo(0.58, 12);
    const set = await service.nextSet();
    expect(weightByUid(set.vector)).toEqual({ 2: 32_768, 3: 32_767 });
    expect(set.categories[0]?.averageScore).toBeCloseTo(0.58, 6);
  });

  it('keeps what was verified before in the results', async () => {
    const service = await changedModel('reset');
    expect(
      service.rows('select gpu_category from miner_prover_results where miner_uid = 2 order by id'),
    ).toEqual([{ gpu_category: 'H100' }, { gpu_category: 'H200' }]);
  });
});

describe('a UID that changes hands', () => {
  it('starts clean: the old profile pays nobody, and the new miner begins at its own first report', async () => {
    const service = await RunningService.start({ toml: EMISSION });
    const prover = service.prover();
    await prover.deliver(service.report(2, { score: 0.2 }), service.report(3));
    await service.nextSet();
    const old = service.report(2, { id: 'from-the-old-miner' });
    await service.replace(2);
    expect(await prover.deliver(old)).toEqual(['REFUSED']);
    const client = service.client();
    const missing = await refusal((done) => client.profile.GetProfile({ miner_uid: 2 }, done));
    expect(missing.code).toBe('NOT_FOUND');
    const without = await service.nextSet();
    expect(Object.keys(weightByUid(without.vector))).toEqual(['0', '3']);
    expect(without.exclusions.get('HOTKEY_CHANGED')).toBe(1);
    await service.clock.advance(1_000);
    expect(await prover.deliver(service.report(2, { gpus: [[H200, 2]] }))).toEqual(['APPLIED']);
    expect(await profileOf(service, 2)).toMatchObject({
      registered_at_block: 12,
      gpu_counts: { H200: 2 },
      total_score: 1,
      verification_count: 1,
    });
    const set = await service.nextSet();
    expect(weightByUid(set.vector)).toEqual({ 2: 32_768, 3: 32_767 });
  });

  it('leaves the results of the miner before readable', async () => {
    const service = await RunningService.start({ toml: EMISSION });
    const prover = service.prover();
    await prover.deliver(service.report(2));
    await service.replace(2);
    await prover.deliver(service.report(2));
    const rows = service.rows(
      'select count(distinct hotkey) as hotkeys from verification_reports where miner_uid = 2',
    );
    expect(rows).toEqual([{ hotkeys: 2 }]);
  });
});
