import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AssayError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { GetStatusResponse__Output } from '../../../src/grpc/generated/assay/v1/GetStatusResponse.ts';
import { AssertionError } from '../../../src/lib/assert.ts';
import { answer, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture, reportMessage } from '../../support/grpc-fixture.ts';
import { sampleProfile } from '../../support/profile-samples.ts';
import { SAMPLE_NOW_MS } from '../../support/report-samples.ts';
import {
  sampleCommitment,
  sampleExtrinsic,
  sampleWeightSet,
} from '../../support/weight-set-samples.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start({ setWeightsDeadlineMs: 90_000 });
  client = fixture.client();
});
afterEach(() => fixture.close());

describe('GetStatus', () => {
  const get = () =>
    answer<GetStatusResponse__Output>((callback) => client.operations.GetStatus({}, callback));

  it('says in one answer how the service does', async () => {
    fixture.profiles.put(sampleProfile());
    const extrinsic = sampleExtrinsic({ commitment: sampleCommitment() });
    fixture.weightSets.sets.push(sampleWeightSet({ block: 360, state: 'verified', extrinsic }));
    fixture.weightSetting.state = {
      head: { block: 400, hash: '0xabc', timeMs: SAMPLE_NOW_MS },
      lastSetBlock: 360,
      nextSetBlock: 720,
      isSetting: true,
      alarm: 'the burn target is a stranger',
    };
    const stream = fixture.stream();
    const bad = reportMessage({ executors: [] });
    stream.call.write({ prover_id: 'p', sequence: 1, reports: [bad, reportMessage(), bad] });
    await stream.acknowledgedUpTo(1);
    expect(fixture.server.formRefusals).toBe(2);
    expect(await get()).toMatchObject({
      version: '1.2.3',
      uptime: { seconds: 61, nanos: 500_000_000 },
      netuid: 39,
      mecid: 1,
      chain: 'dev',
      head_block: 400,
      head_time: { seconds: SAMPLE_NOW_MS / 1_000, nanos: 0 },
      registered_miners: 3,
      profiles: 1,
      active_actors: 4,
      queued_reports: 5,
      open_streams: 1,
      reports: { applied: 10, duplicate: 2, stale: 3, refused: 6 },
      last_weight_set_block: 360,
      next_weight_set_block: 720,
      last_weight_set: {
        block: 360,
        weights: [],
        total_weight: 1_000,
        extrinsic: {
          call: 'set_mechanism_weights',
          weights: [],
          commitment: { reveal_round: 17_000_001, ciphertext: Buffer.of() },
        },
      },
      is_setting_weights: true,
      alarm: 'the burn target is a stranger',
      unknown_gpu_models: { 'NVIDIA Q900': 6 },
    });
    stream.call.end();
    await stream.ended;
    expect(await get()).toMatchObject({ open_streams: 0 });
  });

  it('answers also before the chain was read', async () => {
    fixture.loseMetagraph();
    expect(await get()).toMatchObject({
      head_block: 0,
      head_time: null,
      registered_miners: 0,
      last_weight_set: null,
      alarm: '',
    });
  });
});

describe('SetWeights', () => {
  const refused = () => refusal((callback) => client.operations.SetWeights({}, callback));

  it('answers with the set when it has ended', async () => {
    const given = await answer((callback) => client.operations.SetWeights({}, callback));
    expect(given).toMatchObject({
      weight_set: { state: 'WEIGHT_SET_STATE_VERIFIED', weights: [{}, {}, {}] },
    });
  });

  it('only calculates with dry_run', async () => {
    fixture.weightSetting.setNow = () => Promise.reject(new Error('must not be called'));
    const given = await answer((callback) =>
      client.operations.SetWeights({ dry_run: true }, callback),
    );
    expect(given).toMatchObject({ weight_set: { state: 'WEIGHT_SET_STATE_COMPUTED' } });
    expect(fixture.weightSetting.previews).toEqual([undefined]);
  });

  it.each<[ErrorCode, string]>([
    ['weight_set_too_early', 'FAILED_PRECONDITION'],
    ['weight_set_withheld', 'FAILED_PRECONDITION'],
    ['weight_set_in_progress', 'ABORTED'],
    ['metagraph_unavailable', 'UNAVAILABLE'],
    ['chain_unreachable', 'UNAVAILABLE'],
    ['store_unavailable', 'UNAVAILABLE'],
    ['compute_unavailable', 'UNAVAILABLE'],
  ])('passes %s on as %s', async (code, status) => {
    const metadata = { next_block: '720' };
    fixture.weightSetting.setNow = () => Promise.reject(new AssayError(code, 'no', { metadata }));
    expect(await refused()).toMatchObject({ code: status, reason: code.toUpperCase(), metadata });
    expect(fixture.bugs).toEqual([]);
  });

  it('hides a bug from the caller and tells the process', async () => {
    const bug = new AssertionError('the sum is wrong');
    fixture.weightSetting.setNow = () => Promise.reject(bug);
    expect(await refused()).toEqual({ code: 'INTERNAL', message: 'internal error' });
    expect(fixture.bugs).toEqual([bug]);
    expect(fixture.logger.about('bug')).toEqual([
      { where: '/assay.v1.OperationsService/SetWeights', err: bug },
    ]);
  });

  it('waits longer than other calls for the chain', async () => {
    const called = new Promise<void>((resolve) => {
      fixture.weightSetting.setNow = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const late = refused();
    await called;
    await fixture.clock.advance(90_000);
    expect(await late).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('90000 ms'),
    });
  });
});
