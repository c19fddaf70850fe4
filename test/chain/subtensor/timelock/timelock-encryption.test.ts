import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUICKNET } from '../../../../src/chain/subtensor/timelock/drand-beacon.ts';
import {
  COMMIT_BYTES_MAX,
  encryptTimelocked,
  TIMELOCK_OVERHEAD_BYTES,
} from '../../../../src/chain/subtensor/timelock/timelock-encryption.ts';
import { encodePayload } from '../../../../src/chain/subtensor/timelock/timelock-payload.ts';
import { AssertionError } from '../../../../src/lib/assert.ts';
import {
  decodePayload,
  decryptTimelocked,
  QUICKNET_SIGNATURE_1000,
  TestBeacon,
  timelockedParts,
} from '../../../support/timelock-decryption.ts';

const beacon = new TestBeacon('encryption');
const message = new TextEncoder().encode('weights of an epoch');

/** 32 bytes of 1, then 32 of 2, then 12 of 3. */
function countingRandom() {
  let calls = 0;
  return (size: number) => {
    calls += 1;
    return new Uint8Array(size).fill(calls);
  };
}

function payloadOf(count: number): Uint8Array {
  const uids = Uint16Array.from({ length: count }, (_, index) => index);
  const values = uids.map((uid) => 65_535 - uid);
  return encodePayload({
    ...{ form: 'hotkey', hotkey: new Uint8Array(32).fill(7), uids, values, versionKey: 3 },
  });
}

describe('timelock encryption', () => {
  it('is opened by what quicknet published for the round', () => {
    const ciphertext = encryptTimelocked(payloadOf(3), { beacon: QUICKNET, round: 1_000 });
    expect(decodePayload(decryptTimelocked(ciphertext, QUICKNET_SIGNATURE_1000))).toEqual({
      hotkey: new Uint8Array(32).fill(7),
      uids: [0, 1, 2],
      values: [65_535, 65_534, 65_533],
      versionKey: 3n,
    });
  });

  it('is opened by the signature of its round and its beacon alone', () => {
    const ciphertext = encryptTimelocked(message, { beacon, round: 77 });
    expect(decryptTimelocked(ciphertext, beacon.signature(77))).toEqual(message);
    const others = [beacon.signature(78), new TestBeacon('another').signature(77)];
    for (const signature of others) {
      expect(() => decryptTimelocked(ciphertext, signature)).toThrow();
    }
  });

  it('has the layout that the runtime reads', () => {
    const ciphertext = encryptTimelocked(message, { beacon, round: 77, random: countingRandom() });
    const { u, v, w, sealed, nonce } = timelockedParts(ciphertext);
    expect([u, v, w, nonce].map(({ length }) => length)).toEqual([96, 32, 32, 12]);
    expect(sealed).toHaveLength(message.length + 16);
    expect(nonce).toEqual(Buffer.alloc(12, 3));
    const sigma = createHash('sha256').update(Buffer.alloc(32, 2)).digest();
    expect(w).toEqual(sigma.map((byte) => byte ^ 1));
    expect(decryptTimelocked(ciphertext, beacon.signature(77))).toEqual(message);
  });

  it('gives the same bytes for the same chance', () => {
    const target = { beacon: QUICKNET, round: 1_000, random: countingRandom() };
    const ciphertext = encryptTimelocked(payloadOf(3), target);
    expect(createHash('sha256').update(ciphertext).digest('hex')).toBe(
      '9d8edd2f92e56769c1258dbf41fef9ca8f7c03b94ae9106944ee7f654bcbe5fa',
    );
  });

  it('takes new chance every time', () => {
    const target = { beacon, round: 77 };
    const [one, two] = [encryptTimelocked(message, target), encryptTimelocked(message, target)];
    expect(timelockedParts(one).u).not.toEqual(timelockedParts(two).u);
    expect(timelockedParts(one).nonce).not.toEqual(timelockedParts(two).nonce);
  });

  it('adds 244 bytes, so that 256 UIDs make 1313', () => {
    const plaintext = payloadOf(256);
    const ciphertext = encryptTimelocked(plaintext, { beacon, round: 1 });
    expect(ciphertext).toHaveLength(plaintext.length + TIMELOCK_OVERHEAD_BYTES);
    expect(ciphertext).toHaveLength(1_313);
    expect(ciphertext.buffer.byteLength).toBe(1_313);
  });

  it('opens to any plaintext that was encrypted', () => {
    const plaintexts = fc.uint8Array({ maxLength: 2_000 });
    fc.assert(
      fc.property(plaintexts, fc.integer({ min: 1, max: 2 ** 40 }), (plaintext, round) => {
        const ciphertext = encryptTimelocked(plaintext, { beacon, round });
        expect(ciphertext).toHaveLength(plaintext.length + TIMELOCK_OVERHEAD_BYTES);
        expect(decryptTimelocked(ciphertext, beacon.signature(round))).toEqual(plaintext);
      }),
      { numRuns: 6 },
    );
  });

  it('does not open once a byte has changed', () => {
    const ciphertext = encryptTimelocked(message, { beacon, round: 77 });
    const signature = beacon.signature(77);
    const [v, w, sealed] = [96 + 8, 96 + 8 + 32 + 8, 96 + 2 * 40 + 16];
    const places = [1, v, w, sealed, sealed + message.length, ciphertext.length - 1];
    for (const place of places) {
      const tampered = ciphertext.map((byte, index) => (index === place ? byte ^ 1 : byte));
      expect(() => decryptTimelocked(tampered, signature), `byte ${place}`).toThrow();
    }
  });

  it('refuses what the chain would not take, and says how many UIDs fit', () => {
    const most = payloadOf(1_177);
    expect(encryptTimelocked(most, { beacon, round: 1 }).length).toBeLessThanOrEqual(
      COMMIT_BYTES_MAX,
    );
    expect(() => encryptTimelocked(payloadOf(1_178), { beacon, round: 1 })).toThrow(
      expect.objectContaining({
        code: 'chain_unusable',
        message: expect.stringContaining('at most 1177 UIDs fit'),
      }),
    );
  });

  it('takes no key that is not a point of the curve', () => {
    const broken = { publicKey: QUICKNET.publicKey.map((byte) => byte ^ 1) };
    expect(() => encryptTimelocked(message, { beacon: broken, round: 1 })).toThrow();
  });

  it.each([0, 1.5, Number.NaN])('never encrypts to round %d', (round) => {
    expect(() => encryptTimelocked(message, { beacon, round })).toThrow(AssertionError);
  });
});
