/**
 * The plaintext of a timelocked commitment in SCALE, as the pallet's `WeightsTlockPayload` decodes it (with the hotkey,
 * commit-reveal version 4) or its `LegacyWeightsTlockPayload` (without, before).
 */
import { assert } from '../../../lib/assert.ts';

/** Weights that go into a commitment. */
export interface TimelockPayload {
  /** `hotkey` begins with the signer's hotkey, `legacy` does not. */
  readonly form: 'hotkey' | 'legacy';
  /** The signer's public key, 32 bytes. */
  readonly hotkey: Uint8Array;
  readonly uids: Uint16Array;
  /** As many as UIDs. */
  readonly values: Uint16Array;
  /** Unsigned, 64 bits. */
  readonly versionKey: number | bigint;
}

const HOTKEY_BYTES = 32;
const VERSION_KEY_BYTES = 8;
const U64_MAX = 2n ** 64n - 1n;
const COMPACT_ONE_BYTE_MAX = 63;
const COMPACT_TWO_BYTES_MAX = 16_383;

/** The payload's bytes. */
export function encodePayload(payload: TimelockPayload): Uint8Array {
  const { form, hotkey, uids, values } = payload;
  assert(hotkey.length === HOTKEY_BYTES, `a hotkey has 32 bytes: ${hotkey.length}`);
  assert(uids.length === values.length, `${uids.length} UIDs, ${values.length} values`);
  const parts = Buffer.concat([
    ...(form === 'hotkey' ? [compact(hotkey.length), hotkey] : []),
    ...[compact(uids.length), unsigned16(uids), compact(values.length), unsigned16(values)],
    unsigned64(BigInt(payload.versionKey)),
  ]);
  // A thread can be given only memory that is not shared with other buffers.
  return Uint8Array.from(parts);
}

/** A length in SCALE's compact form; 65,535 UIDs need its mode of four bytes at most. */
function compact(length: number): Uint8Array {
  if (length <= COMPACT_ONE_BYTE_MAX) return Buffer.from([length << 2]);
  const bytes = Buffer.alloc(length <= COMPACT_TWO_BYTES_MAX ? 2 : 4);
  bytes.writeUIntLE(length * 4 + (bytes.length === 2 ? 1 : 2), 0, bytes.length);
  return bytes;
}

function unsigned16(numbers: Uint16Array): Uint8Array {
  const bytes = Buffer.alloc(2 * numbers.length);
  numbers.forEach((number, index) => {
    bytes.writeUInt16LE(number, 2 * index);
  });
  return bytes;
}

function unsigned64(number: bigint): Uint8Array {
  assert(number >= 0n && number <= U64_MAX, `a version key has 64 bits: ${number}`);
  const bytes = Buffer.alloc(VERSION_KEY_BYTES);
  bytes.writeBigUInt64LE(number);
  return bytes;
}
