import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeAddress, naclEncrypt, sr25519PairFromSeed } from '@polkadot/util-crypto';
import { argon2i } from 'hash-wasm';
import type { KeyCost } from '../../src/chain/subtensor/wallet/keyfile-decryption.ts';
import { temporaryFolder } from './temporary-database.ts';

export const PHRASE =
  'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

/** A guess that takes milliseconds. */
export const CHEAP: KeyCost = { iterations: 3, memoryKib: 64 };

const NACL_SALT = Buffer.from('137183dff15a09bc9c90b5518739e9b1', 'hex');

/** A folder of wallets with the wallet `validator`, which goes when the test ends. */
export class WalletFolder {
  readonly path = temporaryFolder();

  /** The choice of one hotkey of the wallet. */
  choice(hotkey = 'default') {
    return { path: this.path, name: 'validator', hotkey };
  }

  file(...names: string[]): string {
    return join(this.path, 'validator', ...names);
  }

  /** Writes the file of a hotkey, as JSON unless it is text or bytes, and tells where it is. */
  write(content: unknown, { hotkey = 'default', mode = 0o600 } = {}): string {
    mkdirSync(this.file('hotkeys'), { recursive: true });
    const isRaw = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(this.file('hotkeys', hotkey), isRaw ? content : JSON.stringify(content), {
      mode,
    });
    return this.file('hotkeys', hotkey);
  }

  /** Writes a file beside the wallets, for example one with a password. */
  writeBeside(name: string, content: string | Uint8Array, mode = 0o600): string {
    const file = join(this.path, name);
    writeFileSync(file, content, { mode });
    return file;
  }
}

export function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** The seed of the n-th sample key. */
export function sampleSeed(n: number): Uint8Array {
  return new Uint8Array(32).fill(n);
}

/** All fields that btcli writes for an sr25519 seed but the phrase. */
export function btcliFields(seed: Uint8Array) {
  const { publicKey, secretKey } = sr25519PairFromSeed(seed);
  return {
    accountId: hex(publicKey),
    publicKey: hex(publicKey),
    privateKey: hex(btcliSecret(secretKey)),
    secretSeed: hex(seed),
    ss58Address: encodeAddress(publicKey, 42),
    cryptoType: 1,
  };
}

/** btcli keeps the scalar itself where polkadot.js keeps eight times the scalar. */
function btcliSecret(secretKey: Uint8Array): Uint8Array {
  const scalar = Buffer.from(secretKey.slice(0, 32)).reverse().toString('hex');
  const eighth = (BigInt(`0x${scalar}`) / 8n).toString(16).padStart(64, '0');
  return Buffer.concat([Buffer.from(eighth, 'hex').reverse(), secretKey.slice(32)]);
}

/** Encrypts as btcli does, at a cost of choice. */
export async function encryptedFile(
  content: unknown,
  password: string,
  cost = CHEAP,
): Promise<Uint8Array> {
  const key = await argon2i({
    password,
    salt: NACL_SALT,
    iterations: cost.iterations,
    memorySize: cost.memoryKib,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  });
  return sealedFile(content, key);
}

/** The file whose box opens with `key`. */
export function sealedFile(content: unknown, key: Uint8Array): Uint8Array {
  const { encrypted, nonce } = naclEncrypt(Buffer.from(JSON.stringify(content)), key);
  return Buffer.concat([Buffer.from('$NACL'), nonce, encrypted]);
}
