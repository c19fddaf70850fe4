/**
 * Key pairs of the two schemes that sign for a hotkey. An expanded sr25519 secret has two forms: btcli writes the scalar
 * itself (`SecretKey::to_bytes` of schnorrkel), and the signing function expects eight times the scalar, as an expanded
 * Ed25519 secret is (`to_ed25519_bytes`). Taking one for the other signs without an error and verifies never.
 */
import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import {
  ed25519PairFromSeed,
  ed25519Sign,
  mnemonicToMiniSecret,
  sr25519PairFromSeed,
  sr25519Sign,
} from '@polkadot/util-crypto';

export type CryptoType = 'sr25519' | 'ed25519';

export interface KeyPair {
  readonly cryptoType: CryptoType;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes, in the form that the signing function expects. */
  readonly secretKey: Uint8Array;
}

const SEED_BYTES = 32;
const EXPANDED_BYTES = 64;
/** The type byte of a `MultiSignature`. */
const SIGNATURE_TYPES: Readonly<Record<CryptoType, number>> = { ed25519: 0, sr25519: 1 };
const COFACTOR_BITS = 3;

/** The seed of a BIP39 phrase without a passphrase, or `undefined` when its words or its checksum are wrong. */
export function seedOfPhrase(phrase: string): Uint8Array | undefined {
  try {
    return mnemonicToMiniSecret(phrase);
  } catch {
    return undefined;
  }
}

/**
 * The pair of a secret: a seed of 32 bytes; or 64 bytes, which are scalar ‖ nonce for sr25519 and seed ‖ public key for
 * ed25519. `undefined` when the bytes are no secret of this type.
 */
export function keyPairOf(secret: Uint8Array, cryptoType: CryptoType): KeyPair | undefined {
  if (secret.length === SEED_BYTES) return pairOfSeed(secret, cryptoType);
  if (secret.length !== EXPANDED_BYTES) return undefined;
  return cryptoType === 'sr25519' ? pairOfScalar(secret) : pairOfSeedAndPublicKey(secret);
}

/** 65 bytes: the type of the signature, then the signature. */
export function signedBy(pair: KeyPair, message: Uint8Array): Uint8Array {
  const sign = pair.cryptoType === 'sr25519' ? sr25519Sign : ed25519Sign;
  return Uint8Array.of(SIGNATURE_TYPES[pair.cryptoType], ...sign(message, pair));
}

function pairOfSeed(seed: Uint8Array, cryptoType: CryptoType): KeyPair {
  const fromSeed = cryptoType === 'sr25519' ? sr25519PairFromSeed : ed25519PairFromSeed;
  const { publicKey, secretKey } = fromSeed(seed);
  return { cryptoType, publicKey, secretKey };
}

function pairOfScalar(secret: Uint8Array): KeyPair | undefined {
  const publicKey = publicKeyOfScalar(secret.subarray(0, SEED_BYTES));
  if (publicKey === undefined) return undefined;
  const secretKey = Uint8Array.from(secret);
  timesCofactor(secretKey.subarray(0, SEED_BYTES));
  return { cryptoType: 'sr25519', publicKey, secretKey };
}

function publicKeyOfScalar(scalar: Uint8Array): Uint8Array | undefined {
  try {
    return ristretto255.Point.BASE.multiply(ed25519.Point.Fn.fromBytes(scalar)).toBytes();
  } catch {
    return undefined;
  }
}

/** Times eight, in place. The scalar is below 2^253, so that nothing is lost at the upper end. */
function timesCofactor(scalar: Uint8Array): void {
  let carry = 0;
  for (const [index, byte] of scalar.entries()) {
    scalar[index] = (byte << COFACTOR_BITS) | carry;
    carry = byte >> (8 - COFACTOR_BITS);
  }
}

function pairOfSeedAndPublicKey(secret: Uint8Array): KeyPair | undefined {
  const pair = pairOfSeed(secret.subarray(0, SEED_BYTES), 'ed25519');
  const isSame = pair.publicKey.every((byte, index) => byte === secret[SEED_BYTES + index]);
  return isSame ? pair : undefined;
}
