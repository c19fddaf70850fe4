import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeleteProfileResponse__Output } from '../../../src/grpc/generated/assay/v1/DeleteProfileResponse.ts';
import { answer, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture } from '../../support/grpc-fixture.ts';
import { sampleExecutor, sampleHotkey, sampleProfile } from '../../support/profile-samples.ts';
import { uid } from '../../support/report-samples.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
afterEach(() => fixture.close());

describe('DeleteProfile', () => {
  const refused = (miner_uid: number) =>
    refusal((callback) => client.profile.DeleteProfile({ miner_uid }, callback));

  it('returns the profile as it was, without its executors, and logs who went', async () => {
    fixture.profiles.put(sampleProfile({ uid: 7, revision: 3 }));
    const { profile } = await answer<DeleteProfileResponse__Output>((callback) =>
      client.profile.DeleteProfile({ miner_uid: 7 }, callback),
    );
    expect(profile).toMatchObject({
      miner_uid: 7,
      miner_hotkey: sampleHotkey(7),
      revision: 3,
      executors: [],
    });
    expect(fixture.profiles.peek(uid(7))).toBeUndefined();
    expect(fixture.logger.about('profile deleted')).toEqual([
      { uid: 7, hotkey: sampleHotkey(7), revision: 3 },
    ]);
  });

  it('gives an answer that can be read, however many executors went', async () => {
    const executors = Array.from({ length: 4_096 }, (_, index) =>
      sampleExecutor({ executorId: `${index}-${'x'.repeat(1_024)}` }),
    );
    fixture.profiles.put(sampleProfile({ uid: 7, executors }));
    const { profile } = await answer<DeleteProfileResponse__Output>((callback) =>
      client.profile.DeleteProfile({ miner_uid: 7 }, callback),
    );
    expect(profile).toMatchObject({ miner_uid: 7, executors: [] });
  });

  it('deletes what is stored at the UID, whoever it belongs to', async () => {
    fixture.loseMetagraph();
    fixture.profiles.put(sampleProfile({ uid: 8, hotkey: sampleHotkey(99) }));
    const { profile } = await answer<DeleteProfileResponse__Output>((callback) =>
      client.profile.DeleteProfile({ miner_uid: 8 }, callback),
    );
    expect(profile?.miner_hotkey).toBe(sampleHotkey(99));
  });

  it('finds nothing where nothing is stored, and a second time', async () => {
    const nothing = { code: 'NOT_FOUND', reason: 'PROFILE_NOT_FOUND' };
    expect(await refused(7)).toMatchObject(nothing);
    fixture.profiles.put(sampleProfile({ uid: 7 }));
    await answer((callback) => client.profile.DeleteProfile({ miner_uid: 7 }, callback));
    expect(await refused(7)).toMatchObject(nothing);
    expect(fixture.logger.about('profile deleted')).toHaveLength(1);
  });

  it('refuses a UID that cannot be', async () => {
    expect(await refused(65_536)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'miner_uid', description: 'is an integer from 0 to 65535; got 65536' }],
    });
  });
});
