import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady, ed25519PairFromSeed } from '@polkadot/util-crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CryptoType } from '../../../../src/chain/subtensor/wallet/key-pair.ts';
import { keyfilePair } from '../../../../src/chain/subtensor/wallet/keyfile-pair.ts';
import { encodeSs58 } from '../../../../src/lib/ss58.ts';
import { btcliFields, hex, PHRASE, sampleSeed } from '../../../support/keyfiles.ts';

const SEED = sampleSeed(7);
const OTHER = btcliFields(sampleSeed(8));

beforeAll(() => cryptoWaitReady());

describe('a key file', () => {
  const whole = btcliFields(SEED);
  const { secretSeed, privateKey, ss58Address, accountId, publicKey } = whole;

  it.each([
    ['all fields', whole],
    ['no cryptoType', { ...whole, cryptoType: undefined }],
    ['null fields', { ...whole, secretPhrase: null, cryptoType: null, accountId: null }],
    ['an empty phrase', { ...whole, secretPhrase: '' }],
    ['cryptoType as text', { ...whole, cryptoType: '1' }],
    ['the seed only', { secretSeed }],
    ['the seed without 0x', { secretSeed: secretSeed.slice(2) }],
    ['the private key only', { privateKey }],
    ['the private key and the address', { privateKey, ss58Address }],
    ['the private key and the public key', { privateKey, publicKey, accountId }],
    ['a space before the name of the address', { privateKey, ' ss58Address': ss58Address }],
    ['fields that others add', { ...whole, accountType: 'sr25519', signingScheme: 'sr25519' }],
  ])('with %s is read', (_, fields) => {
    expect(addressOf(fields)).toBe(ss58Address);
  });

  it('is read when it is a bare key', () => {
    expect(addressOf(secretSeed)).toBe(ss58Address);
    expect(addressOf(`${secretSeed.slice(2).toUpperCase()}\n`)).toBe(ss58Address);
    expect(addressOf(privateKey)).toBe(ss58Address);
  });

  it.each(['sr25519', 'ed25519'] as const)('is read when it holds a phrase (%s)', (type) => {
    const { address } = new Keyring({ type, ss58Format: 42 }).addFromUri(PHRASE);
    const cryptoType = type === 'sr25519' ? 1 : 0;
    expect(addressOf({ secretPhrase: PHRASE, cryptoType })).toBe(address);
    expect(addressOf({ secretPhrase: PHRASE, ss58Address: address, cryptoType })).toBe(address);
  });

  it('is read when it is a bare phrase', () => {
    const { address } = new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(PHRASE);
    expect(addressOf(`${PHRASE}\n`)).toBe(address);
  });

  it('is read by its phrase before its seed, and by its seed before its private key', () => {
    const { address } = new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(PHRASE);
    expect(addressOf({ secretPhrase: PHRASE, secretSeed, privateKey })).toBe(address);
    expect(addressOf({ secretSeed, privateKey: OTHER.privateKey })).toBe(ss58Address);
  });

  it('is read as ed25519 when it says so', () => {
    const ed25519 = ed25519PairFromSeed(SEED);
    const address = encodeSs58(ed25519.publicKey);
    expect(pairIn({ secretSeed, cryptoType: 0 })).toMatchObject({ cryptoType: 'ed25519' });
    for (const fields of [
      { secretSeed, ss58Address: address, cryptoType: '0' },
      { privateKey: secretSeed, ss58Address: address, cryptoType: 0 },
      { privateKey: hex(ed25519.secretKey), publicKey: hex(ed25519.publicKey), cryptoType: 0 },
    ]) {
      expect(addressOf(fields)).toBe(address);
    }
  });

  it('is read as the other type when only that gives the stated address', () => {
    const ed25519 = ed25519PairFromSeed(SEED);
    const address = encodeSs58(ed25519.publicKey);
    expect(typeOf({ secretSeed, ss58Address: address })).toBe('ed25519');
    expect(typeOf({ privateKey: hex(ed25519.secretKey), ss58Address: address })).toBe('ed25519');
    expect(typeOf({ secretSeed, ss58Address, cryptoType: 0 })).toBe('sr25519');
  });

  it.each([
    ['ss58Address', { ss58Address: OTHER.ss58Address }],
    ['accountId', { accountId: OTHER.accountId }],
    ['publicKey', { publicKey: OTHER.publicKey }],
  ])('is refused, with both addresses, when its %s is another', (field, fields) => {
    const problem = `states ${OTHER.ss58Address} as ${field}, but its secretSeed gives ${ss58Address}`;
    expect(pairIn({ ...whole, ...fields })).toEqual({ problem });
  });

  it.each([
    ['holds no private key', { ss58Address, publicKey, accountId, cryptoType: 1 }],
    ['holds no private key', {}],
    ['has a malformed secretPhrase', { secretPhrase: 'wrong words' }],
    ['has a malformed secretSeed', { secretSeed: '0xzz' }],
    ['has a malformed secretSeed', { secretSeed: '0x00' }],
    ['has a malformed privateKey', { privateKey: secretSeed.slice(0, -1) }],
    ['has a malformed privateKey', { privateKey: '0x00', ss58Address }],
    ['has a malformed accountId', { ...whole, accountId: '0x00' }],
    ['has a malformed publicKey', { ...whole, publicKey: 'key' }],
    ['has a secretSeed that is not text', { secretSeed: 5 }],
    ['has a secretPhrase that is not text', { secretPhrase: [PHRASE] }],
    [
      'has an ss58Address that is not an SS58 address with prefix 42',
      { ...whole, ss58Address: encodeSs58(sampleSeed(1), 0) },
    ],
    ['has a cryptoType that is neither 0 (ed25519) nor 1 (sr25519)', { ...whole, cryptoType: 2 }],
    [
      'is an account exported by polkadot.js, not a key file of btcli',
      { encoded: '', encoding: {} },
    ],
    ['is neither JSON nor a bare key or phrase as btcli writes them', '{"secretSeed": "0x01'],
    ['is neither JSON nor a bare key or phrase as btcli writes them', '[]'],
    ['is neither JSON nor a bare key or phrase as btcli writes them', 'null'],
    ['is neither JSON nor a bare key or phrase as btcli writes them', '  '],
    ['is neither text nor encrypted by btcli', Uint8Array.of(0xff, 0xfe, 0x00)],
  ])('%s', (problem, content) => {
    expect(pairIn(content)).toEqual({ problem });
  });
});

function pairIn(content: unknown) {
  if (content instanceof Uint8Array) return keyfilePair(content);
  return keyfilePair(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)));
}

function loaded(content: unknown) {
  const pair = pairIn(content);
  if ('problem' in pair) throw new Error(pair.problem);
  return pair;
}

function addressOf(content: unknown): string {
  return encodeSs58(loaded(content).publicKey);
}

function typeOf(content: unknown): CryptoType {
  return loaded(content).cryptoType;
}
