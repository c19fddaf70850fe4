import { ed25519Verify, sr25519Verify } from '@polkadot/util-crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CryptoType,
  keyPairOf,
  seedOfPhrase,
  signedBy,
} from '../../../../src/chain/subtensor/wallet/key-pair.ts';
import { encodeSs58 } from '../../../../src/lib/ss58.ts';
import { btcliFields, hex, PHRASE } from '../../../support/keyfiles.ts';

/** The published keys of the development account Alice. */
const ALICE = {
  address: '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY',
  seed: 'e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a',
  privateKey:
    '33a6f3093f158a7109f679410bef1a0c54168145e0cecb4df006c1c2fffb1f09925a225d97aa00682d6a59b95b18780c10d7032336e88f3442b42361f4a66011',
  polkadotJsSecretKey:
    '98319d4ff8a9508c4bb0cf0b5a78d760a0b2082c02775e6e82370816fedfff48925a225d97aa00682d6a59b95b18780c10d7032336e88f3442b42361f4a66011',
} as const;
const ED25519_ALICE = {
  address: '5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu',
  seed: 'abf8e5bdbe30c65656c0a3cbd181ff8a56294a69dfedd27982aace4a76909115',
} as const;

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const SR25519 = { cryptoType: 'sr25519', type: 1, verify: sr25519Verify } as const;
const ED25519 = { cryptoType: 'ed25519', type: 0, verify: ed25519Verify } as const;
const MESSAGE = new TextEncoder().encode('weights');

describe('a key pair', () => {
  it("comes from a seed, and an expanded sr25519 key in btcli's form gives the same", () => {
    const fromSeed = pairOf(ALICE.seed, 'sr25519');
    expect(encodeSs58(fromSeed.publicKey)).toBe(ALICE.address);
    expect(hex(fromSeed.secretKey)).toBe(`0x${ALICE.polkadotJsSecretKey}`);
    expect(pairOf(ALICE.privateKey, 'sr25519')).toEqual(fromSeed);
  });

  it('comes from an ed25519 seed, alone or followed by its public key', () => {
    const fromSeed = pairOf(ED25519_ALICE.seed, 'ed25519');
    expect(encodeSs58(fromSeed.publicKey)).toBe(ED25519_ALICE.address);
    const joined = ED25519_ALICE.seed + hex(fromSeed.publicKey).slice(2);
    expect(pairOf(joined, 'ed25519')).toEqual(fromSeed);
  });

  it('is the same from seed and expanded key for every seed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const expanded = btcliFields(seed).privateKey.slice(2);
        expect(pairOf(expanded, 'sr25519')).toEqual(keyPairOf(seed, 'sr25519'));
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['another length', new Uint8Array(33), 'sr25519'],
    ['nothing', new Uint8Array(0), 'ed25519'],
    ['a zero scalar', new Uint8Array(64).fill(7, 32), 'sr25519'],
    ['the order of the group as scalar', scalar(ORDER), 'sr25519'],
    ["polkadot.js's form of the scalar", Buffer.from(ALICE.polkadotJsSecretKey, 'hex'), 'sr25519'],
    ['a seed with a strange public key', new Uint8Array(64).fill(1), 'ed25519'],
  ] as const)('is not made of %s', (_, secret, cryptoType) => {
    expect(keyPairOf(secret, cryptoType)).toBeUndefined();
  });

  it('is made of the largest scalar', () => {
    const pair = keyPairOf(scalar(ORDER - 1n), 'sr25519');
    expect(
      Buffer.from(pair?.secretKey.slice(0, 32) ?? [])
        .reverse()
        .toString('hex'),
    ).toBe((8n * (ORDER - 1n)).toString(16).padStart(64, '0'));
  });

  it('leaves the secret that it was made of as it is', () => {
    const secret = Buffer.from(ALICE.privateKey, 'hex');
    keyPairOf(secret, 'sr25519');
    expect(secret.toString('hex')).toBe(ALICE.privateKey);
  });
});

describe('a phrase', () => {
  it('gives a seed, unless its words or its checksum are wrong', () => {
    expect(seedOfPhrase(PHRASE)).toHaveLength(32);
    expect(seedOfPhrase(PHRASE.replace('about', 'abandon'))).toBeUndefined();
    expect(seedOfPhrase('these are no words')).toBeUndefined();
  });
});

describe('a signature', () => {
  it.each([
    ['from an sr25519 seed', ALICE.seed, SR25519],
    ['from an expanded sr25519 key', ALICE.privateKey, SR25519],
    ['from an ed25519 seed', ED25519_ALICE.seed, ED25519],
  ] as const)('%s has its type, and verifies', (_, secret, { cryptoType, type, verify }) => {
    const pair = pairOf(secret, cryptoType);
    const signature = signedBy(pair, MESSAGE);
    expect(signature).toHaveLength(65);
    expect(signature[0]).toBe(type);
    expect(verify(MESSAGE, signature.slice(1), pair.publicKey)).toBe(true);
    expect(verify(MESSAGE.slice(1), signature.slice(1), pair.publicKey)).toBe(false);
  });
});

function pairOf(secretHex: string, cryptoType: CryptoType) {
  const pair = keyPairOf(Uint8Array.from(Buffer.from(secretHex, 'hex')), cryptoType);
  if (pair === undefined) throw new Error('no pair');
  return pair;
}

function scalar(value: bigint): Uint8Array {
  const bytes = Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
  return Uint8Array.from([...bytes, ...new Uint8Array(32).fill(9)]);
}
