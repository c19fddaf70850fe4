import type { EmissionConfigStore } from '../../actors/ports.ts';
import type { UnaryHandler } from '../calls.ts';
import type { ListEmissionConfigsRequest__Output } from '../generated/assay/v1/ListEmissionConfigsRequest.ts';
import type { ListEmissionConfigsResponse } from '../generated/assay/v1/ListEmissionConfigsResponse.ts';
import { readPage } from '../page-token.ts';
import { toVersionMessage } from './emission-config-message.ts';

type Handler = UnaryHandler<ListEmissionConfigsRequest__Output, ListEmissionConfigsResponse>;

export function listEmissionConfigs(versions: Pick<EmissionConfigStore, 'page'>): Handler {
  return async (request) => {
    const page = await readPage(request, {
      method: 'ListEmissionConfigs',
      filters: {},
      keyMax: { version: Number.MAX_SAFE_INTEGER },
      read: (limit, after) =>
        versions.page({ limit, ...(after === undefined ? {} : { beforeVersion: after.version }) }),
      keyOf: ({ version }) => ({ version }),
    });
    return { versions: page.rows.map(toVersionMessage), next_page_token: page.nextPageToken };
  };
}
