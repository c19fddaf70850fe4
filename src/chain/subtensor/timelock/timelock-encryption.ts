/**
 * Timelock encryption as Subtensor's runtime opens it: identity-based encryption (Boneh-Franklin, made secure against chosen
 * ciphertexts by Fujisaki-Okamoto) to a drand round of a key that encrypts the plaintext. With H = SHA-256, the round's point
 * Q, and 32 random bytes each for the key and for σ: r = H(σ‖key) mod order, U = r·G2, V = σ ⊕ H(e(Q, r·beacon)),
 * W = key ⊕ H(σ); AES-256-GCM under the key takes a random nonce of 12 bytes. Its form is that of the crate `tle`
 * (ideal-lab5/timelock 5416406, `tlock.rs`, `ibe/fullident.rs`, `stream_ciphers.rs`) in arkworks' compressed serialisation:
 * U ‖ vec(V) ‖ vec(W) ‖ vec(vec(ciphertext‖tag) ‖ vec(nonce)) ‖ vec("AES_GCM_"), each vec led by its length.
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381';
import { AssayError } from '../../../domain/errors.ts';
import { assert } from '../../../lib/assert.ts';
import type { DrandBeacon } from './drand-beacon.ts';

/** What a plaintext is encrypted to. */
export interface TimelockTarget {
  readonly beacon: DrandBeacon;
  /** The round whose signature opens it, at least 1. */
  readonly round: number;
  /** Source of random bytes, for tests; asked for the key, σ and the nonce in this order. */
  readonly random?: (size: number) => Uint8Array;
}

/** What crosses to the thread that encrypts; the plaintext's memory goes with it. */
export interface TimelockTask {
  readonly plaintext: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly round: number;
}

/** Bytes that a commitment is longer than its plaintext. */
export const TIMELOCK_OVERHEAD_BYTES = 244;

/** Bytes of a commitment, at most: the chain's `MAX_CRV3_COMMIT_SIZE_BYTES`. */
export const COMMIT_BYTES_MAX = 5_000;

const DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const CIPHER = 'aes-256-gcm';
const CIPHER_NAME = Buffer.from('AES_GCM_');
const KEY_BYTES = 32;
const SIGMA_BYTES = 32;
const NONCE_BYTES = 12;
const LENGTH_BYTES = 8;

/** 32 bytes of hotkey, 8 of version key and 5 of lengths. */
const PAYLOAD_BYTES_BESIDES_UIDS = 45;
const BYTES_PER_UID = 4;

const { G1, G2, fields, pairing } = bls12_381;

type Target = ReturnType<typeof pairing>;

/**
 * Encrypts a plaintext so that the signature of the round opens it: 244 bytes more than the plaintext. Takes about 70 ms.
 *
 * @throws AssayError `chain_unusable` when it would be longer than the chain takes; Error when the beacon's key is no point of G2.
 */
export function encryptTimelocked(plaintext: Uint8Array, target: TimelockTarget): Uint8Array {
  const { beacon, round, random = randomBytes } = target;
  checkEncryptable(plaintext, round);
  const [key, sigma] = [random(KEY_BYTES), random(SIGMA_BYTES)];
  const nonce = random(NONCE_BYTES);
  const { ephemeral, shared } = encapsulate(sha256(sigma, key), { beacon, round });
  const sealed = seal(plaintext, { key, nonce });
  const parts = Buffer.concat([
    ephemeral,
    ...vec(exclusiveOr(sigma, sha256(targetBytes(shared)))),
    ...vec(exclusiveOr(key, sha256(sigma))),
    ...vec(Buffer.concat([...vec(sealed), ...vec(nonce)])),
    ...vec(CIPHER_NAME),
  ]);
  const size = plaintext.length + TIMELOCK_OVERHEAD_BYTES;
  assert(parts.length === size, `a commitment of ${parts.length} bytes, not ${size}`);
  // A thread can hand over only memory that is not shared with other buffers.
  return Uint8Array.from(parts);
}

/** @throws AssayError `chain_unusable` when the commitment would be longer than the chain takes. */
export function checkEncryptable(plaintext: Uint8Array, round: number): void {
  assert(Number.isSafeInteger(round) && round >= 1, `a drand round is at least 1: ${round}`);
  const size = plaintext.length + TIMELOCK_OVERHEAD_BYTES;
  if (size <= COMMIT_BYTES_MAX) return;
  const uidsBytes = COMMIT_BYTES_MAX - TIMELOCK_OVERHEAD_BYTES - PAYLOAD_BYTES_BESIDES_UIDS;
  const uidsMax = Math.floor(uidsBytes / BYTES_PER_UID);
  throw new AssayError(
    'chain_unusable',
    `a commitment of ${size} bytes is longer than the chain's limit of ${COMMIT_BYTES_MAX}: ` +
      `at most ${uidsMax} UIDs fit, so give weights to fewer miners`,
  );
}

/** U = r·G2, and e(Q, r·beacon). */
function encapsulate(seed: Uint8Array, { beacon, round }: TimelockTarget) {
  const scalar = fields.Fr.create(BigInt(`0x${Buffer.from(seed).toString('hex')}`));
  const publicKey = G2.ProjectivePoint.fromHex(beacon.publicKey);
  publicKey.assertValidity();
  return {
    ephemeral: G2.ProjectivePoint.BASE.multiply(scalar).toBytes(true),
    shared: pairing(roundPoint(round), publicKey.multiply(scalar)),
  };
}

/** The point that a beacon signs for a round: a hash to G1 of the SHA-256 of the round's number, 8 bytes big-endian. */
function roundPoint(round: number) {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(round));
  const { x, y } = G1.hashToCurve(sha256(number), { DST }).toAffine();
  return G1.ProjectivePoint.fromAffine({ x, y });
}

function seal(plaintext: Uint8Array, { key, nonce }: { key: Uint8Array; nonce: Uint8Array }) {
  const cipher = createCipheriv(CIPHER, key, nonce);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** A pairing's value as arkworks writes it: its twelve elements of Fp from c0.c0.c0 to c1.c2.c1, little-endian. */
function targetBytes({ c0, c1 }: Target): Uint8Array {
  const elements = [c0.c0, c0.c1, c0.c2, c1.c0, c1.c1, c1.c2].flatMap((pair) => [pair.c0, pair.c1]);
  return Buffer.concat(elements.map((element) => fields.Fp.toBytes(element).reverse()));
}

/** Bytes after their length in arkworks' form, 64 bits little-endian. */
function vec(bytes: Uint8Array): readonly Uint8Array[] {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return [length, bytes];
}

function exclusiveOr(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] ?? 0));
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
