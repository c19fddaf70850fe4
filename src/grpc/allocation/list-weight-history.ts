import type { WeightHistoryReader } from '../../actors/record-ports.ts';
import type { UnaryHandler } from '../calls.ts';
import type { ListWeightHistoryRequest__Output } from '../generated/assay/v1/ListWeightHistoryRequest.ts';
import type { ListWeightHistoryResponse } from '../generated/assay/v1/ListWeightHistoryResponse.ts';
import {
  blockRange,
  categoryFilter,
  hotkeyFilter,
  minerFilter,
  timeRange,
} from '../list-filters.ts';
import { readPage } from '../page-token.ts';
import { toWeightHistoryEntry } from './weight-history-message.ts';

type Handler = UnaryHandler<ListWeightHistoryRequest__Output, ListWeightHistoryResponse>;

export function listWeightHistory(history: Pick<WeightHistoryReader, 'pairs'>): Handler {
  return async (request) => {
    const filters = {
      ...minerFilter(request),
      ...hotkeyFilter(request),
      ...categoryFilter(request),
      ...blockRange(request),
      ...timeRange(request),
    };
    const page = await readPage(request, {
      method: 'ListWeightHistory',
      filters,
      keyMax: { block: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER },
      read: (limit, after) =>
        history.pairs({ ...filters, ...(after === undefined ? {} : { after }), limit }),
      keyOf: ({ block, id }) => ({ block, id }),
    });
    return {
      entries: page.rows.map(toWeightHistoryEntry),
      next_page_token: page.nextPageToken,
    };
  };
}
