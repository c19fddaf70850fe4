import { errorText } from '../../lib/error-text.ts';
import { shownUrl } from '../../lib/shown-url.ts';
import { shortText } from './chain-failures.ts';

/** An endpoint as it may be shown: what can be a key (user, path, query) is left out. */
export function endpointText(endpoint: string): string {
  if (!URL.canParse(endpoint)) return 'an endpoint that is no URL';
  return shownUrl(endpoint);
}

/**
 * What went wrong with an endpoint, on one short line: errors of a transport may repeat its URL. That is replaced before the
 * line is shortened, since of a URL that is cut off nothing could be found any more.
 */
export function failureText(error: unknown, endpoint: string): string {
  return shortText(errorText(error).replaceAll(endpoint, endpointText(endpoint)));
}
