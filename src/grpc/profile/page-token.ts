import { createHash } from 'node:crypto';
import { AssayError } from '../../domain/errors.ts';
import { MINER_UID_MAX } from '../../domain/ids.ts';

const DIGEST_CHARACTERS = 8;
const TOKEN_CHARACTERS_MAX = 64;

/** The token of the page after `lastUid`; the filter is part of its checksum. */
export function pageTokenAfter(lastUid: number, filter: string): string {
  const digest = createHash('sha256').update(`assay.profiles.1 ${lastUid} ${filter}`).digest('hex');
  const text = `${lastUid}.${digest.slice(0, DIGEST_CHARACTERS)}`;
  return Buffer.from(text).toString('base64url');
}

/**
 * The UID after which the page begins; -1 for an empty token.
 *
 * @throws AssayError `invalid_argument` when the token was changed or made with another filter.
 */
export function uidOfPageToken(token: string, filter: string): number {
  if (token === '') return -1;
  const isShort = token.length <= TOKEN_CHARACTERS_MAX;
  const uid = isShort ? Number.parseInt(Buffer.from(token, 'base64url').toString(), 10) : NaN;
  if (!(uid >= 0 && uid <= MINER_UID_MAX) || token !== pageTokenAfter(uid, filter)) {
    const rule = 'is the next_page_token of a request with the same filter';
    throw AssayError.invalid({ field: 'page_token', value: token, rule });
  }
  return uid;
}
