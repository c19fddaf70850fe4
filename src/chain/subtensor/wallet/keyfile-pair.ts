/** The key pair that a key file holds, checked against every public key that the file states. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { decodeSs58, encodeSs58 } from '../../../lib/ss58.ts';
import { type CryptoType, type KeyPair, keyPairOf, seedOfPhrase } from './key-pair.ts';
import { type KeyfileFields, keyfileFields, type Unusable } from './keyfile-fields.ts';

const PUBLIC_KEY_BYTES = 32;

/** A secret and the field that it comes from. */
interface FoundSecret {
  readonly field: string;
  readonly bytes: Uint8Array;
}

/** A public key that the file states. */
interface StatedKey {
  readonly field: string;
  readonly bytes: Uint8Array;
}

export function keyfilePair(bytes: Uint8Array): KeyPair | Unusable {
  const fields = keyfileFields(bytes);
  if ('problem' in fields) return fields;
  const secret = secretOf(fields);
  if ('problem' in secret) return secret;
  const stated = statedKeys(fields);
  try {
    return 'problem' in stated ? stated : checkedPair(secret, stated, fields.cryptoType);
  } finally {
    secret.bytes.fill(0);
  }
}

/** btcli's order: the phrase, the seed, the private key. */
function secretOf({ secretPhrase, secretSeed, privateKey }: KeyfileFields): FoundSecret | Unusable {
  if (secretPhrase !== undefined) return found('secretPhrase', seedOfPhrase(secretPhrase));
  if (secretSeed !== undefined) return found('secretSeed', hexBytes(secretSeed));
  if (privateKey !== undefined) return found('privateKey', hexBytes(privateKey));
  return { problem: 'holds no private key' };
}

function found(field: string, bytes: Uint8Array | undefined): FoundSecret | Unusable {
  return bytes === undefined ? malformed(field) : { field, bytes };
}

function statedKeys({
  ss58Address,
  accountId,
  publicKey,
}: KeyfileFields): readonly StatedKey[] | Unusable {
  const address = ss58Address === undefined ? undefined : decodeSs58(ss58Address);
  if (ss58Address !== undefined && address === undefined) {
    return { problem: 'has an ss58Address that is not an SS58 address with prefix 42' };
  }
  const keys = [
    { field: 'ss58Address', text: ss58Address, bytes: address },
    { field: 'accountId', text: accountId, bytes: hexBytes(accountId) },
    { field: 'publicKey', text: publicKey, bytes: hexBytes(publicKey) },
  ].filter(({ text }) => text !== undefined);
  const stated = keys.flatMap(({ field, bytes }) =>
    bytes?.length === PUBLIC_KEY_BYTES ? [{ field, bytes }] : [],
  );
  const wrong = keys.find(({ field }) => !stated.some((key) => key.field === field));
  return wrong === undefined ? stated : malformed(wrong.field);
}

/** As in btcli, a stated key outweighs the type: old files name none, or the wrong one. */
function checkedPair(
  { field, bytes }: FoundSecret,
  stated: readonly StatedKey[],
  cryptoType: CryptoType,
): KeyPair | Unusable {
  const pair = keyPairOf(bytes, cryptoType);
  const wrong = pair === undefined ? undefined : mismatch(pair, stated);
  if (pair !== undefined && wrong === undefined) return pair;
  const other = keyPairOf(bytes, cryptoType === 'sr25519' ? 'ed25519' : 'sr25519');
  if (other !== undefined && stated.length > 0 && mismatch(other, stated) === undefined)
    return other;
  if (pair === undefined || wrong === undefined) return malformed(field);
  const [states, gives] = [encodeSs58(wrong.bytes), encodeSs58(pair.publicKey)];
  return { problem: `states ${states} as ${wrong.field}, but its ${field} gives ${gives}` };
}

function mismatch({ publicKey }: KeyPair, stated: readonly StatedKey[]): StatedKey | undefined {
  return stated.find(({ bytes }) => bytes.some((byte, index) => byte !== publicKey[index]));
}

function hexBytes(text: string | undefined): Uint8Array | undefined {
  try {
    return text === undefined ? undefined : hexToBytes(text.replace(/^0x/, ''));
  } catch {
    return undefined;
  }
}

function malformed(field: string): Unusable {
  return { problem: `has a malformed ${field}` };
}
