import { transferableSymbol, valueSymbol } from 'piscina';
import { describe, expect, it } from 'vitest';
import { encrypt } from '../../workers/timelock.worker.ts';
import { decryptTimelocked, TestBeacon } from '../support/timelock-decryption.ts';

describe('the timelock worker', () => {
  it('gives the commitment away by transfer', () => {
    const beacon = new TestBeacon('worker');
    const plaintext = Uint8Array.of(1, 2, 3);
    const moved: unknown = encrypt({ plaintext, publicKey: beacon.publicKey, round: 9 });
    const answer = moved as Record<symbol, unknown>;
    const ciphertext = answer[valueSymbol] as Uint8Array;
    expect(decryptTimelocked(ciphertext, beacon.signature(9))).toEqual(plaintext);
    expect(answer[transferableSymbol]).toBe(ciphertext.buffer);
  });
});
