import { move } from 'piscina';
import {
  type DecryptionTask,
  decryptedKeyfile,
} from '../src/chain/subtensor/wallet/keyfile-decryption.ts';

/** Opens an encrypted key file. What it holds moves to the caller, and no copy stays behind. */
export async function decryptKeyfile(task: DecryptionTask) {
  const content = await decryptedKeyfile(task);
  if (content === undefined) return undefined;
  const moved = content.slice();
  content.fill(0);
  return move(moved);
}
