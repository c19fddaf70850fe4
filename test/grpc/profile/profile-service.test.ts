import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import type { GetProfileResponse__Output } from '../../../src/grpc/generated/assay/v1/GetProfileResponse.ts';
import type { ListProfilesRequest } from '../../../src/grpc/generated/assay/v1/ListProfilesRequest.ts';
import type { ListProfilesResponse__Output } from '../../../src/grpc/generated/assay/v1/ListProfilesResponse.ts';
import { answer, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture } from '../../support/grpc-fixture.ts';
import { sampleExecutor, sampleProfile } from '../../support/profile-samples.ts';
import { sampleHotkey } from '../../support/report-samples.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
afterEach(() => fixture.close());

function put(uid: number, category = 'H100') {
  fixture.profiles.put(
    sampleProfile({
      uid,
      hotkey: sampleHotkey(uid),
      primaryCategory: category as CategoryKey,
      executors: [sampleExecutor({ networkBandwidthMbps: 250 })],
    }),
  );
}

describe('GetProfile', () => {
  const refused = (miner_uid: number) =>
    refusal((callback) => client.profile.GetProfile({ miner_uid }, callback));

  it('returns the profile of the miner now registered, with its executors', async () => {
    put(7);
    const { profile } = await answer<GetProfileResponse__Output>((callback) =>
      client.profile.GetProfile({ miner_uid: 7 }, callback),
    );
    expect(profile).toMatchObject({
      miner_uid: 7,
      miner_hotkey: sampleHotkey(7),
      registered_at_block: 100,
      primary_gpu_model: 'H100',
      gpu_counts: { H100: 8 },
      total_score: 0.9,
      verification_count: 1,
      revision: 1,
      executors: [
        {
          executor_id: 'executor-1',
          is_valid: true,
          attestation_valid: true,
          hardware_score: 0.9,
          network_bandwidth_mbps: 250,
          gpus: [
            { model: 'NVIDIA H100 80GB HBM3', gpu_model: 'H100', count: 8, memory_mib: 81_559 },
          ],
        },
      ],
    });
  });

  it('finds nothing where nobody is registered, nothing was applied, or the miner has changed', async () => {
    put(5);
    fixture.profiles.put(sampleProfile({ uid: 8, hotkey: sampleHotkey(8), registeredAtBlock: 99 }));
    for (const uid of [5, 6, 8]) {
      expect(await refused(uid)).toMatchObject({ code: 'NOT_FOUND', reason: 'PROFILE_NOT_FOUND' });
    }
  });

  it('refuses a UID that cannot be', async () => {
    expect(await refused(65_536)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'miner_uid', description: 'is an integer from 0 to 65535; got 65536' }],
    });
  });

  it('is busy until the chain was read', async () => {
    fixture.loseMetagraph();
    expect(await refused(7)).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 1_000 });
  });
});

describe('ListProfiles', () => {
  const list = (request: ListProfilesRequest) =>
    answer<ListProfilesResponse__Output>((callback) =>
      client.profile.ListProfiles(request, callback),
    );
  const refused = (request: ListProfilesRequest) =>
    refusal((callback) => client.profile.ListProfiles(request, callback));
  const uids = ({ profiles }: ListProfilesResponse__Output) =>
    profiles.map(({ miner_uid }) => miner_uid);

  it('lists every profile by rising UID, page by page, without executors', async () => {
    for (const uid of [9, 3, 65_535, 7, 5]) put(uid);
    const first = await list({ page_size: 2 });
    expect(uids(first)).toEqual([3, 5]);
    expect(first.profiles[0]?.executors).toEqual([]);
    const second = await list({ page_size: 2, page_token: first.next_page_token });
    expect(uids(second)).toEqual([7, 9]);
    const third = await list({ page_size: 2, page_token: second.next_page_token });
    expect(uids(third)).toEqual([65_535]);
    expect(third.next_page_token).toBe('');
  });

  it('ends on a full page without a token', async () => {
    for (const uid of [1, 2]) put(uid);
    expect((await list({ page_size: 2 })).next_page_token).toBe('');
  });

  it('takes 100 for 0 and 1,000 for more', async () => {
    for (let uid = 0; uid < 1_001; uid += 1) put(uid);
    expect((await list({})).profiles).toHaveLength(100);
    expect((await list({ page_size: 2_000_000 })).profiles).toHaveLength(1_000);
  });

  it('filters by category in any spelling', async () => {
    put(1, 'H100');
    put(2, 'A100');
    expect(uids(await list({ gpu_model: 'a100' }))).toEqual([2]);
  });

  it('refuses an unknown category with the nearest one, and a negative page size', async () => {
    expect(await refused({ gpu_model: 'H10' })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'gpu_model', description: expect.stringContaining('the nearest is') }],
    });
    expect(await refused({ page_size: -1 })).toMatchObject({
      violations: [{ field: 'page_size' }],
    });
  });

  it('refuses a token that was changed or made with another filter', async () => {
    for (const uid of [1, 2, 3]) put(uid);
    const { next_page_token: token } = await list({ page_size: 1 });
    const forged = Buffer.from('2.00000000').toString('base64url');
    const others = [
      { page_token: `${token}A` },
      { page_token: token.slice(1) },
      { page_token: `.${token}` },
      { page_token: forged },
      { page_token: 'x'.repeat(1_000) },
      { page_token: token, gpu_model: 'H100' },
    ];
    for (const request of others) {
      expect(await refused(request)).toMatchObject({
        code: 'INVALID_ARGUMENT',
        violations: [{ field: 'page_token' }],
      });
    }
  });
});
