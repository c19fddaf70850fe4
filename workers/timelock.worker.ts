import { move } from 'piscina';
import { QUICKNET } from '../src/chain/subtensor/timelock/drand-beacon.ts';
import {
  encryptTimelocked,
  type TimelockTask,
} from '../src/chain/subtensor/timelock/timelock-encryption.ts';

/** The first encryption is many times slower than later ones: it is done before anybody waits for it, and thrown away. */
encryptTimelocked(Uint8Array.of(0), { beacon: QUICKNET, round: 1 });

/** Encrypts one commitment. */
export function encrypt({ plaintext, publicKey, round }: TimelockTask) {
  return move(encryptTimelocked(plaintext, { beacon: { publicKey }, round }));
}
