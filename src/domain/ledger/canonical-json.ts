import { assert } from '../../lib/assert.ts';

/** A value that canonical text can be made of: no fractions, because writers spell them differently. */
export type CanonicalValue =
  | number
  | string
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue };

/**
 * JSON on one line without spaces, the keys of every object by rising code unit: what Python's
 * `json.dumps(value, sort_keys=True, separators=(',', ':'))` writes for integers and printable ASCII text. Digests are taken of it.
 *
 * @throws AssertionError when a number is not an integer within ±(2⁵³ − 1).
 */
export function canonicalJson(value: CanonicalValue): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
  }
  const isExact = typeof value !== 'number' || Number.isSafeInteger(value);
  assert(isExact, `a canonical number is an integer within ±(2⁵³ − 1), not ${value}`);
  return JSON.stringify(value);
}

function isList(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
