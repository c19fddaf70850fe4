import { bls12_381 } from '@noble/curves/bls12-381';
import { describe, expect, it } from 'vitest';
import { QUICKNET } from '../../../../src/chain/subtensor/timelock/drand-beacon.ts';
import {
  QUICKNET_SIGNATURE_1000,
  roundMessage,
  TestBeacon,
} from '../../../support/timelock-decryption.ts';

const { shortSignatures } = bls12_381;

function isSigned(round: number, signature: Uint8Array, publicKey: Uint8Array): boolean {
  const point = shortSignatures.hash(
    roundMessage(round),
    'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_',
  );
  return shortSignatures.verify(shortSignatures.Signature.fromBytes(signature), point, publicKey);
}

describe('the beacon of quicknet', () => {
  it('signed the round 1000 as it was published', () => {
    expect(isSigned(1_000, QUICKNET_SIGNATURE_1000, QUICKNET.publicKey)).toBe(true);
    expect(isSigned(1_001, QUICKNET_SIGNATURE_1000, QUICKNET.publicKey)).toBe(false);
  });

  it('has a scheme that a beacon of the tests shares', () => {
    const beacon = new TestBeacon(1);
    expect(isSigned(5, beacon.signature(5), beacon.publicKey)).toBe(true);
    expect(isSigned(5, beacon.signature(5), QUICKNET.publicKey)).toBe(false);
  });
});
