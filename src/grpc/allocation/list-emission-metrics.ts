import type { WeightHistoryReader } from '../../actors/record-ports.ts';
import type { UnaryHandler } from '../calls.ts';
import type { ListEmissionMetricsRequest__Output } from '../generated/assay/v1/ListEmissionMetricsRequest.ts';
import type { ListEmissionMetricsResponse } from '../generated/assay/v1/ListEmissionMetricsResponse.ts';
import { blockRange, timeRange } from '../list-filters.ts';
import { readPage } from '../page-token.ts';
import { toEmissionMetricsMessage } from './weight-history-message.ts';

type Handler = UnaryHandler<ListEmissionMetricsRequest__Output, ListEmissionMetricsResponse>;

export function listEmissionMetrics(history: Pick<WeightHistoryReader, 'metrics'>): Handler {
  return async (request) => {
    const filters = { ...blockRange(request), ...timeRange(request) };
    const page = await readPage(request, {
      method: 'ListEmissionMetrics',
      filters,
      keyMax: { beforeBlock: Number.MAX_SAFE_INTEGER },
      read: (limit, after) => history.metrics({ ...filters, ...after, limit }),
      keyOf: ({ block }) => ({ beforeBlock: block }),
    });
    return {
      metrics: page.rows.map(toEmissionMetricsMessage),
      next_page_token: page.nextPageToken,
    };
  };
}
