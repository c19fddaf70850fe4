/**
 * Pages, for every RPC that lists. A page token is the key of the last row shown with a checksum over the method, the
 * filters and that key: it is of no use to another method or with other filters.
 */
import { createHash } from 'node:crypto';
import { AssayError } from '../domain/errors.ts';

/** What every request for a page has. */
export interface PageRequest {
  readonly page_size: number;
  readonly page_token: string;
}

/** What one method lists. `Key` is what the rows are ordered by, as whole numbers from 0. */
export interface Listing<Row, Key extends Readonly<Record<string, number>>> {
  readonly method: string;
  /** As they were understood, so that another spelling of the same filters continues the same list. */
  readonly filters: object;
  /** The largest value of each part of a key. */
  readonly keyMax: Key;
  /** Reads so many rows after a key, from the beginning without one. */
  read(limit: number, after: Key | undefined): Promise<readonly Row[]>;
  keyOf(row: Row): Key;
}

interface Page<Row> {
  readonly rows: readonly Row[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 1_000;
const CHECKSUM_CHARACTERS = 16;
const TOKEN_CHARACTERS_MAX = 128;

/** @throws AssayError `invalid_argument` when the page size is negative, or the token was changed or made elsewhere. */
export async function readPage<Row, Key extends Readonly<Record<string, number>>>(
  { page_size, page_token }: PageRequest,
  listing: Listing<Row, Key>,
): Promise<Page<Row>> {
  const size = pageSize(page_size);
  const after = page_token === '' ? undefined : keyOfToken(page_token, listing);
  const found = await listing.read(size + 1, after);
  const rows = found.slice(0, size);
  const last = found.length > size ? rows.at(-1) : undefined;
  return { rows, nextPageToken: last === undefined ? '' : tokenOf(listing.keyOf(last), listing) };
}

/**
 * How many rows a page holds: 100 for 0, at most 1,000.
 *
 * @throws AssayError `invalid_argument` when it is negative.
 */
export function pageSize(given: number): number {
  if (given < 0) {
    const rule = `is 1 to ${PAGE_SIZE_MAX}, or 0 for ${PAGE_SIZE_DEFAULT}`;
    throw AssayError.invalid({ field: 'page_size', value: given, rule });
  }
  return given === 0 ? PAGE_SIZE_DEFAULT : Math.min(given, PAGE_SIZE_MAX);
}

type Bound<Key> = Pick<Listing<never, never>, 'method' | 'filters'> & { readonly keyMax: Key };

/** The parts of a key stand in the order of `keyMax`. */
function tokenOf<Key extends Readonly<Record<string, number>>>(key: Key, bound: Bound<Key>) {
  const parts = Object.keys(bound.keyMax).map((name) => key[name]);
  const checked = JSON.stringify(['assay.page.1', bound.method, bound.filters, parts]);
  const checksum = createHash('sha256').update(checked).digest('hex');
  const text = [...parts, checksum.slice(0, CHECKSUM_CHARACTERS)].join('.');
  return Buffer.from(text).toString('base64url');
}

/** Anyone can make the checksum of a key that no row has, so every part must be one that a read can take. */
function keyOfToken<Key extends Readonly<Record<string, number>>>(
  token: string,
  bound: Bound<Key>,
): Key {
  const isShort = token.length <= TOKEN_CHARACTERS_MAX;
  const parts = isShort ? Buffer.from(token, 'base64url').toString().split('.').map(Number) : [];
  const limits = Object.entries(bound.keyMax);
  const isKey = limits.every(([, max], index) => isPart(parts[index], max));
  const key = Object.fromEntries(limits.map(([name], index) => [name, parts[index]])) as Key;
  if (!isKey || token !== tokenOf(key, bound)) {
    const rule = 'is the next_page_token of a request with the same filters';
    throw AssayError.invalid({ field: 'page_token', value: token, rule });
  }
  return key;
}

function isPart(part: number | undefined, max: number): boolean {
  return part !== undefined && Number.isSafeInteger(part) && part >= 0 && part <= max;
}
