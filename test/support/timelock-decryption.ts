/** The chain's side of the timelock: a drand beacon that a test owns, and what a runtime does with a commitment. */
import { createDecipheriv, createHash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381';

const { G1, G2, fields, pairing } = bls12_381;

const DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const POINT_BYTES = 96;
const LENGTH_BYTES = 8;
const TAG_BYTES = 16;

/** What quicknet published for its round 1000: it opens what is encrypted to that round. */
export const QUICKNET_SIGNATURE_1000: Uint8Array = Buffer.from(
  'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
  'hex',
);

/** A drand key pair of scheme bls-unchained-g1-rfc9380 (quicknet's), made from a seed. */
export class TestBeacon {
  /** 96 bytes, a compressed point of G2. */
  readonly publicKey: Uint8Array;
  readonly #secret: bigint;

  constructor(seed: number | string) {
    this.#secret = fields.Fr.create(toBigint(sha256(`test beacon ${seed}`)));
    this.publicKey = G2.ProjectivePoint.BASE.multiply(this.#secret).toBytes(true);
  }

  /** The signature that the beacon publishes for a round: 48 bytes, a compressed point of G1. */
  signature(round: number): Uint8Array {
    const { x, y } = G1.hashToCurve(roundMessage(round), { DST }).toAffine();
    return G1.ProjectivePoint.fromAffine({ x, y }).multiply(this.#secret).toBytes(true);
  }
}

/** What a beacon signs for a round. */
export function roundMessage(round: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(round));
  return sha256(bytes);
}

/** Opens a commitment with the signature of its round. @throws Error when it is not what `tle` would open. */
export function decryptTimelocked(ciphertext: Uint8Array, signature: Uint8Array): Uint8Array {
  const { u, v, w, sealed, nonce } = timelockedParts(ciphertext);
  const ephemeral = G2.ProjectivePoint.fromHex(u);
  const shared = pairing(G1.ProjectivePoint.fromHex(signature), ephemeral);
  const sigma = exclusiveOr(v, sha256(targetBytes(shared)));
  const key = exclusiveOr(w, sha256(sigma));
  const scalar = fields.Fr.create(toBigint(sha256(Buffer.concat([sigma, key]))));
  if (!G2.ProjectivePoint.BASE.multiply(scalar).equals(ephemeral)) {
    throw new Error('U is not r times the generator');
  }
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const opened = [decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()];
  return new Uint8Array(Buffer.concat(opened));
}

/** The parts of a commitment, in their order. @throws Error when its layout is another. */
export function timelockedParts(ciphertext: Uint8Array) {
  const outer = new LengthPrefixed(ciphertext.subarray(POINT_BYTES));
  const [v, w, body, suite] = [outer.next(), outer.next(), outer.next(), outer.next()];
  outer.end();
  const inner = new LengthPrefixed(body);
  const [sealed, nonce] = [inner.next(), inner.next()];
  inner.end();
  if (v.length !== 32 || w.length !== 32) throw new Error('V and W have 32 bytes');
  if (Buffer.from(suite).toString() !== 'AES_GCM_') throw new Error('the cipher is not AES-GCM');
  return { u: ciphertext.subarray(0, POINT_BYTES), v, w, sealed, nonce };
}

/** A decoded plaintext; `hotkey` is there in the form that begins with it. */
export interface DecodedPayload {
  readonly hotkey?: Uint8Array;
  readonly uids: readonly number[];
  readonly values: readonly number[];
  readonly versionKey: bigint;
}

/** Decodes a plaintext as the runtime does: with a hotkey first, else without. @throws Error when it is neither. */
export function decodePayload(bytes: Uint8Array): DecodedPayload {
  try {
    const reader = new ScaleReader(bytes);
    return { hotkey: reader.bytes(), ...reader.weights() };
  } catch {
    return new ScaleReader(bytes).weights();
  }
}

class ScaleReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#take(this.#compact()));
  }

  weights() {
    const [uids, values] = [this.#numbers(), this.#numbers()];
    const versionKey = this.#take(8).readBigUInt64LE();
    if (this.#at !== this.#bytes.length) throw new Error('bytes are left');
    return { uids, values, versionKey };
  }

  #numbers(): readonly number[] {
    return Array.from({ length: this.#compact() }, () => this.#take(2).readUInt16LE());
  }

  #compact(): number {
    const mode = this.#bytes.readUInt8(this.#at) % 4;
    if (mode === 0) return this.#take(1).readUInt8() >>> 2;
    if (mode === 1) return this.#take(2).readUInt16LE() >>> 2;
    if (mode === 2) return this.#take(4).readUInt32LE() >>> 2;
    throw new Error('a length of more than four bytes');
  }

  #take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw new Error('too few bytes');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

/** Byte strings that are each preceded by their length, a 64-bit little-endian number. */
class LengthPrefixed {
  #rest: Buffer;

  constructor(bytes: Uint8Array) {
    this.#rest = Buffer.from(bytes);
  }

  next(): Uint8Array {
    const end = LENGTH_BYTES + Number(this.#rest.readBigUInt64LE());
    if (end > this.#rest.length) throw new Error('too few bytes');
    const bytes = this.#rest.subarray(LENGTH_BYTES, end);
    this.#rest = this.#rest.subarray(end);
    return bytes;
  }

  end(): void {
    if (this.#rest.length > 0) throw new Error('bytes are left');
  }
}

/** A pairing's value as arkworks writes it: twelve field elements, 48 bytes each, little-endian. */
function targetBytes(value: ReturnType<typeof pairing>): Uint8Array {
  const elements = [value.c0, value.c1]
    .flatMap(({ c0, c1, c2 }) => [c0, c1, c2])
    .flatMap(({ c0, c1 }) => [c0, c1]);
  const bytes = elements.map((element) => Buffer.from(fields.Fp.toBytes(element)).reverse());
  return Buffer.concat(bytes);
}

function toBigint(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function exclusiveOr(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] ?? 0));
}

function sha256(bytes: Uint8Array | string): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
