/** What may be shown of values that can carry a key: messages and `assay config show` end up in tickets and logs. */

import { shownUrl } from '../lib/shown-url.ts';

const SECRET_NAME = /pass(?:w|phrase)|mnemonic|secret|seed_?phrase|private_?key/i;

/** A value of the configuration with every URL in it as `shownUrl` has it. */
export function withoutUrlKeys(value: unknown): unknown {
  if (typeof value === 'string')
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? shownUrl(value) : value;
  return Array.isArray(value) ? value.map(withoutUrlKeys) : value;
}

/** Whether what is written under a key that does not exist may be a password or a seed phrase. */
export function isSecretPath(path: string): boolean {
  return path === 'wallet' || path.startsWith('wallet.') || SECRET_NAME.test(path);
}
