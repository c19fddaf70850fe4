import { Keyring } from '@polkadot/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/lib/random.ts';
import { decodeSs58, encodeSs58 } from '../../src/lib/ss58.ts';

/** The oracle: polkadot's own codec. */
const oracle = new Keyring({ type: 'ed25519', ss58Format: 42 });
const publicKeys = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** 46 and 47 are reserved: polkadot refuses them. */
const prefixes = fc.integer({ min: 0, max: 16_383 }).filter((prefix) => ![46, 47].includes(prefix));

describe('SS58 addresses', () => {
  it('are those of polkadot for every key and prefix', () => {
    fc.assert(
      fc.property(publicKeys, prefixes, (key, prefix) => {
        const address = oracle.encodeAddress(key, prefix);
        expect(encodeSs58(key, prefix)).toBe(address);
        expect(decodeSs58(address, prefix)).toEqual(key);
      }),
    );
  });

  it('are those of a key pair in a polkadot keyring', () => {
    const pair = oracle.addFromSeed(random(1).bytes(32));
    expect(encodeSs58(pair.publicKey)).toBe(pair.address);
    expect(decodeSs58(pair.address)).toEqual(oracle.decodeAddress(pair.address));
  });

  it('are the published ones of a well-known account', () => {
    const alice = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY';
    const key = decodeSs58(alice);
    expect(Buffer.from(key ?? []).toString('hex')).toBe(
      'd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d',
    );
  });

  it('are refused when a single character changes', () => {
    const address = encodeSs58(random(2).bytes(32));
    for (let index = 0; index < address.length; index += 1) {
      const other = address[index] === 'z' ? 'y' : 'z';
      const changed = `${address.slice(0, index)}${other}${address.slice(index + 1)}`;
      expect(decodeSs58(changed), changed).toBeUndefined();
    }
  });

  it('are refused with another prefix, another key length or foreign characters', () => {
    const key = random(3).bytes(32);
    expect(decodeSs58(encodeSs58(key, 0))).toBeUndefined();
    expect(decodeSs58(encodeSs58(key, 16_383))).toBeUndefined();
    expect(decodeSs58(oracle.encodeAddress(key.subarray(0, 8), 42))).toBeUndefined();
    expect(decodeSs58('')).toBeUndefined();
    expect(decodeSs58('0OIl')).toBeUndefined();
    expect(decodeSs58('5'.repeat(1_000_000))).toBeUndefined();
  });

  it('are made of 32 bytes and a known prefix only', () => {
    expect(() => encodeSs58(new Uint8Array(31))).toThrow('a public key has 32 bytes');
    expect(() => encodeSs58(new Uint8Array(32), 16_384)).toThrow('prefix 16384');
    expect(() => encodeSs58(new Uint8Array(32), -1)).toThrow('prefix -1');
  });
});
