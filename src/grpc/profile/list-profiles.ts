import type { ProfileReader } from '../../actors/ports.ts';
import { MINER_UID_MAX } from '../../domain/ids.ts';
import type { UnaryHandler } from '../calls.ts';
import type { ListProfilesRequest__Output } from '../generated/assay/v1/ListProfilesRequest.ts';
import type { ListProfilesResponse } from '../generated/assay/v1/ListProfilesResponse.ts';
import { categoryFilter, timeFilter } from '../list-filters.ts';
import { readPage } from '../page-token.ts';
import { toProfileMessage } from './profile-message.ts';

type Handler = UnaryHandler<ListProfilesRequest__Output, ListProfilesResponse>;

export function listProfiles(profiles: Pick<ProfileReader, 'page'>): Handler {
  return async (request) => {
    const filters = filtersOf(request);
    const page = await readPage(request, {
      method: 'ListProfiles',
      filters,
      keyMax: { uid: MINER_UID_MAX },
      read: (limit, after) => profiles.page({ ...filters, afterUid: after?.uid ?? -1, limit }),
      keyOf: ({ miner }) => ({ uid: miner.uid }),
    });
    return {
      profiles: page.rows.map(toProfileMessage),
      next_page_token: page.nextPageToken,
    };
  };
}

function filtersOf(request: ListProfilesRequest__Output) {
  const { category: primaryCategory } = categoryFilter(request);
  const updatedSinceMs = timeFilter('updated_since_time', request.updated_since_time);
  return {
    ...(primaryCategory === undefined ? {} : { primaryCategory }),
    ...(updatedSinceMs === undefined ? {} : { updatedSinceMs }),
  };
}
