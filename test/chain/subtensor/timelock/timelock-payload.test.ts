import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodePayload,
  type TimelockPayload,
} from '../../../../src/chain/subtensor/timelock/timelock-payload.ts';
import { AssertionError } from '../../../../src/lib/assert.ts';
import { decodePayload } from '../../../support/timelock-decryption.ts';

const hotkey = Uint8Array.from({ length: 32 }, (_, index) => index);

function payloadOf(overrides: Partial<TimelockPayload> = {}): TimelockPayload {
  const [uids, values] = [Uint16Array.of(1, 258), Uint16Array.of(10, 65_535)];
  return { form: 'hotkey', hotkey, uids, values, versionKey: 841, ...overrides };
}

function hex(payload: TimelockPayload): string {
  return Buffer.from(encodePayload(payload)).toString('hex');
}

describe('the payload of a commitment', () => {
  it('is the hotkey, the UIDs, the values and the version key', () => {
    const weights = '08 0100 0201 08 0a00 ffff 4903000000000000'.replaceAll(' ', '');
    expect(hex(payloadOf())).toBe(`80${Buffer.from(hotkey).toString('hex')}${weights}`);
    expect(hex(payloadOf({ form: 'legacy' }))).toBe(weights);
  });

  it('takes a version key of 64 bits', () => {
    expect(hex(payloadOf({ versionKey: 2n ** 64n - 1n }))).toMatch(/f{16}$/);
    expect(hex(payloadOf({ versionKey: Number.MAX_SAFE_INTEGER }))).toMatch(/ffffffffffff1f00$/);
  });

  it.each([
    [63, 'fc'],
    [64, '0101'],
    [16_383, 'fdff'],
    [16_384, '02000100'],
    [65_535, 'feff0300'],
  ])('writes the length %i as 0x%s', (length, prefix) => {
    const column = new Uint16Array(length);
    const legacy = payloadOf({ form: 'legacy', uids: column, values: column });
    expect(hex(legacy).startsWith(`${prefix}0000`)).toBe(true);
    expect(decodePayload(encodePayload(legacy)).uids).toHaveLength(length);
  });

  it('is read back as it was', () => {
    const weights = fc.array(fc.tuple(fc.nat(65_535), fc.nat(65_535)), { maxLength: 300 });
    const versionKey = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(weights, versionKey, (pairs, key) => {
        const uids = pairs.map(([uid]) => uid);
        const values = pairs.map(([, value]) => value);
        const columns = { uids: Uint16Array.from(uids), values: Uint16Array.from(values) };
        const bytes = encodePayload(payloadOf({ ...columns, versionKey: key }));
        expect(decodePayload(bytes)).toEqual({ hotkey, uids, values, versionKey: key });
      }),
    );
  });

  it.each<[string, Partial<TimelockPayload>]>([
    ['a hotkey of another length', { hotkey: new Uint8Array(33) }],
    ['a UID without a value', { values: Uint16Array.of(1) }],
    ['a negative version key', { versionKey: -1 }],
    ['a version key beyond 64 bits', { versionKey: 2n ** 64n }],
  ])('is never %s', (_, overrides) => {
    expect(() => encodePayload(payloadOf(overrides))).toThrow(AssertionError);
  });
});
