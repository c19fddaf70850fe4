import { move } from 'piscina';
import {
  encryptTimelocked,
  type TimelockTask,
} from '../src/chain/subtensor/timelock/timelock-encryption.ts';

/** Encrypts one commitment. */
export function encrypt({ plaintext, publicKey, round }: TimelockTask) {
  return move(encryptTimelocked(plaintext, { beacon: { publicKey }, round }));
}
