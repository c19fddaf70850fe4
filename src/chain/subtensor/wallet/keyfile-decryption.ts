/** The encryption of btcli's key files: XSalsa20-Poly1305 under a key that Argon2i makes of the password. */
import { naclDecrypt } from '@polkadot/util-crypto/nacl';
import { argon2i } from 'hash-wasm';

/** What one guess at the password costs. */
export interface KeyCost {
  readonly iterations: number;
  readonly memoryKib: number;
}

export interface DecryptionTask {
  /** The whole file: `$NACL`, the nonce, the box. */
  readonly file: Uint8Array;
  /** UTF-8, at least one byte. It is zeroed. */
  readonly password: Uint8Array;
  /** That of btcli by default. */
  readonly cost?: KeyCost | undefined;
}

/** libsodium's `OPSLIMIT_SENSITIVE` and `MEMLIMIT_SENSITIVE` of argon2i13, which btwallet takes. */
const BTCLI_COST: KeyCost = { iterations: 8, memoryKib: 524_288 };

/** The same salt for every file, from btwallet's `NACL_SALT`. */
const SALT = Uint8Array.from([
  0x13, 0x71, 0x83, 0xdf, 0xf1, 0x5a, 0x09, 0xbc, 0x9c, 0x90, 0xb5, 0x51, 0x87, 0x39, 0xe9, 0xb1,
]);

const PREFIX_BYTES = 5;
const NONCE_BYTES = 24;
const KEY_BYTES = 32;

/** The content of the file, or `undefined` when the password is wrong or the file was changed: the two look the same. */
export async function decryptedKeyfile(task: DecryptionTask): Promise<Uint8Array | undefined> {
  try {
    const nonce = task.file.subarray(PREFIX_BYTES, PREFIX_BYTES + NONCE_BYTES);
    if (nonce.length < NONCE_BYTES) return undefined;
    const key = await keyOf(task);
    const content = naclDecrypt(task.file.subarray(PREFIX_BYTES + NONCE_BYTES), nonce, key);
    key.fill(0);
    return content ?? undefined;
  } finally {
    task.password.fill(0);
  }
}

function keyOf({ password, cost = BTCLI_COST }: DecryptionTask): Promise<Uint8Array> {
  return argon2i({
    password,
    salt: SALT,
    iterations: cost.iterations,
    memorySize: cost.memoryKib,
    parallelism: 1,
    hashLength: KEY_BYTES,
    outputType: 'binary',
  });
}
