import type { ProfileReader } from '../../actors/ports.ts';
import type { UnaryHandler } from '../calls.ts';
import type { GetProfileStatisticsRequest__Output } from '../generated/assay/v1/GetProfileStatisticsRequest.ts';
import type { GetProfileStatisticsResponse } from '../generated/assay/v1/GetProfileStatisticsResponse.ts';
import { toTimestamp } from '../wire-values.ts';

type Handler = UnaryHandler<GetProfileStatisticsRequest__Output, GetProfileStatisticsResponse>;

export function getProfileStatistics(profiles: Pick<ProfileReader, 'statistics'>): Handler {
  return async () => {
    const { profileCount, byCategory, updatedAtMs } = await profiles.statistics();
    const categories = [...byCategory];
    return {
      total_profiles: profileCount,
      gpu_model_distribution: Object.fromEntries(
        categories.map(([category, each]) => [category, each.profileCount]),
      ),
      average_score_by_model: Object.fromEntries(
        categories.map(([category, each]) => [category, each.averageScore]),
      ),
      ...(updatedAtMs === undefined ? {} : { last_updated_time: toTimestamp(updatedAtMs) }),
    };
  };
}
