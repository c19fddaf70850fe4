import { blake2b } from '@noble/hashes/blake2.js';
import { base58 } from '@scure/base';
import { assert } from './assert.ts';

/** The address prefix of Bittensor, and of Substrate in general. */
const SS58_PREFIX = 42;

const PREFIX_MAX = 16_383;
const PUBLIC_KEY_BYTES = 32;
const CHECKSUM_BYTES = 2;
const CHECKSUM_CONTEXT = new TextEncoder().encode('SS58PRE');
/** The longest address of a 32-byte key has 50 characters; base58 of longer text costs time that grows as its square. */
const CHARACTERS_MAX = 64;

/**
 * The SS58 address of a 32-byte public key: base58 of prefix, key and the first two bytes of
 * blake2b-512("SS58PRE" ‖ prefix ‖ key).
 *
 * @throws AssertionError when the key has another length or the prefix is not 0 to 16383.
 */
export function encodeSs58(publicKey: Uint8Array, prefix = SS58_PREFIX): string {
  assert(publicKey.length === PUBLIC_KEY_BYTES, `a public key has 32 bytes: ${publicKey.length}`);
  assert(Number.isInteger(prefix) && prefix >= 0 && prefix <= PREFIX_MAX, `prefix ${prefix}`);
  const body = joined(prefixBytes(prefix), publicKey);
  return base58.encode(joined(body, checksum(body)));
}

/**
 * The 32-byte public key of an SS58 address, or `undefined` when the text is not one: another alphabet, length or prefix,
 * or a wrong checksum.
 */
export function decodeSs58(text: string, prefix = SS58_PREFIX): Uint8Array | undefined {
  const bytes = decodedBase58(text);
  const head = prefixBytes(prefix);
  if (bytes?.length !== head.length + PUBLIC_KEY_BYTES + CHECKSUM_BYTES) return undefined;
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  const isWhole = isEqual(bytes.subarray(-CHECKSUM_BYTES), checksum(body));
  const hasPrefix = isEqual(body.subarray(0, head.length), head);
  return isWhole && hasPrefix ? body.slice(head.length) : undefined;
}

function decodedBase58(text: string): Uint8Array | undefined {
  if (text.length > CHARACTERS_MAX) return undefined;
  try {
    return base58.decode(text);
  } catch {
    return undefined;
  }
}

/** One byte up to 63; above, two bytes with the marker bits 01 (the layout of `Ss58AddressFormat`). */
function prefixBytes(prefix: number): Uint8Array {
  if (prefix < 64) return Uint8Array.of(prefix);
  return Uint8Array.of(
    ((prefix & 0b1111_1100) >> 2) | 0b0100_0000,
    (prefix >> 8) | ((prefix & 0b11) << 6),
  );
}

function checksum(body: Uint8Array): Uint8Array {
  return blake2b(joined(CHECKSUM_CONTEXT, body), { dkLen: 64 }).subarray(0, CHECKSUM_BYTES);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
