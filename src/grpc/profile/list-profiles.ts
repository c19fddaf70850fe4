import type { ProfileReader } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import { type CategoryKey, nearestCategory, parseCategoryKey } from '../../domain/gpu/catalogue.ts';
import type { UnaryHandler } from '../calls.ts';
import type { ListProfilesRequest__Output } from '../generated/assay/v1/ListProfilesRequest.ts';
import type { ListProfilesResponse } from '../generated/assay/v1/ListProfilesResponse.ts';
import { pageTokenAfter, uidOfPageToken } from './page-token.ts';
import { toProfileMessage } from './profile-message.ts';

type Handler = UnaryHandler<ListProfilesRequest__Output, ListProfilesResponse>;

const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 1_000;

export function listProfiles(profiles: Pick<ProfileReader, 'page'>): Handler {
  return async ({ page_size, page_token, gpu_model }) => {
    const size = pageSize(page_size);
    const category = categoryFilter(gpu_model);
    const afterUid = uidOfPageToken(page_token, category ?? '');
    const found = await profiles.page({
      afterUid,
      limit: size + 1,
      ...(category === undefined ? {} : { primaryCategory: category }),
    });
    const shown = found.slice(0, size);
    const last = shown.at(-1);
    const hasMore = found.length > size && last !== undefined;
    return {
      profiles: shown.map(toProfileMessage),
      next_page_token: hasMore ? pageTokenAfter(last.miner.uid, category ?? '') : '',
    };
  };
}

function pageSize(given: number): number {
  if (given < 0) {
    const rule = `is 1 to ${PAGE_SIZE_MAX}, or 0 for ${PAGE_SIZE_DEFAULT}`;
    throw AssayError.invalid({ field: 'page_size', value: given, rule });
  }
  return given === 0 ? PAGE_SIZE_DEFAULT : Math.min(given, PAGE_SIZE_MAX);
}

function categoryFilter(given: string): CategoryKey | undefined {
  if (given === '') return undefined;
  const category = parseCategoryKey(given);
  if (category !== undefined) return category;
  const nearest = nearestCategory(given);
  const rule = `is a known category${nearest === undefined ? '' : `, the nearest is ${nearest}`}`;
  throw AssayError.invalid({ field: 'gpu_model', value: given, rule });
}
