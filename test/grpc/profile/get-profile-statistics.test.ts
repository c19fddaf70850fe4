import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import type { GetProfileStatisticsResponse__Output } from '../../../src/grpc/generated/assay/v1/GetProfileStatisticsResponse.ts';
import { answer } from '../../support/grpc-client.ts';
import { GrpcFixture } from '../../support/grpc-fixture.ts';
import { SAMPLE_TIME_MS, sampleProfile } from '../../support/profile-samples.ts';

let fixture: GrpcFixture;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
});
afterEach(() => fixture.close());

function statistics() {
  const client = fixture.client();
  return answer<GetProfileStatisticsResponse__Output>((callback) =>
    client.profile.GetProfileStatistics({}, callback),
  );
}

describe('GetProfileStatistics', () => {
  it('is empty without profiles', async () => {
    expect(await statistics()).toEqual({
      total_profiles: 0,
      gpu_model_distribution: {},
      average_score_by_model: {},
      last_updated_time: null,
    });
  });

  it('counts and averages by primary category, and says when a profile changed last', async () => {
    const put = (uid: number, category: string, score: number) =>
      fixture.profiles.put(
        sampleProfile({
          uid,
          score,
          primaryCategory: category as CategoryKey,
          updatedAtMs: SAMPLE_TIME_MS + uid,
        }),
      );
    put(1, 'H100', 0.5);
    put(2, 'H100', 1);
    put(3, 'A100', 0.25);
    expect(await statistics()).toEqual({
      total_profiles: 3,
      gpu_model_distribution: { H100: 2, A100: 1 },
      average_score_by_model: { H100: 0.75, A100: 0.25 },
      last_updated_time: { seconds: SAMPLE_TIME_MS / 1_000, nanos: 3_000_000 },
    });
  });
});
