import { HIDDEN } from './secret.ts';

const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#\\]*@)?([^/?#\\]*)(.*)$/is;

/**
 * `scheme://host:port` of a URL: user, path and query can be keys, and messages end up in tickets and logs. With an `@` behind
 * the host nothing tells the host from a password with a slash in it, so neither is shown.
 */
export function shownUrl(url: string): string {
  const [, scheme = '', host = '', rest = ''] = URL_PARTS.exec(url) ?? [];
  return `${scheme}${rest.includes('@') ? HIDDEN : host}`;
}
