/**
 * The hotkey that signs. Its secret stands in this folder only, in one buffer that `close` zeroes; on the way there, every
 * buffer is zeroed as soon as the next one is made. Texts cannot be zeroed: those of the JSON are left to the collector.
 */
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { type Hotkey, hotkey } from '../../../domain/ids.ts';
import { assert } from '../../../lib/assert.ts';
import { encodeSs58 } from '../../../lib/ss58.ts';
import { encryptionOf } from './encryption.ts';
import { type HotkeyFile, readHotkeyFile } from './hotkey-file.ts';
import { type CryptoType, type KeyPair, signedBy } from './key-pair.ts';
import { keyfilePair } from './keyfile-pair.ts';
import { checkFreeMemory, decryptInThread, type KeyfileThreadOptions } from './keyfile-thread.ts';
import {
  type PasswordChoice,
  type PasswordSources,
  type Passwords,
  passwordsOf,
} from './passwords.ts';
import { walletError } from './wallet-error.ts';

export interface WalletChoice extends PasswordChoice {
  /** Reads files that others can read too, with a warning. */
  readonly allowLooseMode?: boolean;
}

export interface WalletSources extends Pick<PasswordSources, 'askPassword'> {
  /** The home folder that `~` stands for. */
  readonly home: string;
  /** Memory that can be had without swapping. */
  freeMemoryBytes(): number;
  readonly onWarning?: (message: string) => void;
  readonly thread?: KeyfileThreadOptions;
}

/** A hotkey that can sign. */
export interface HotkeyWallet {
  /** SS58 with prefix 42. */
  readonly address: Hotkey;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly cryptoType: CryptoType;
  /** For example `hotkey default of wallet validator (sr25519)`. */
  readonly description: string;
  /** The message's `MultiSignature`: the byte of its type (0 ed25519, 1 sr25519), then 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
  /** Forgets the secret; nothing can be signed afterwards. */
  close(): void;
}

/** @throws AssayError `wallet_unusable` with what is wrong and what to do; the signal's reason when it aborts. */
export async function openHotkeyWallet(
  choice: WalletChoice,
  sources: WalletSources,
  signal?: AbortSignal,
): Promise<HotkeyWallet> {
  signal?.throwIfAborted();
  const onLooseMode = choice.allowLooseMode === true ? warningOf(sources) : undefined;
  const file = await readHotkeyFile(choice, { home: sources.home, onLooseMode });
  const bytes = await contentOf(file, () => {
    checkFreeMemory(file.path, sources.freeMemoryBytes());
    const passwords = passwordsOf(choice, { ...sources, onLooseMode }, file.path);
    return unlocked(file, passwords, { options: sources.thread ?? {}, signal });
  });
  await cryptoWaitReady();
  return new OpenWallet(choice, pairIn(file.path, bytes));
}

function warningOf({ onWarning }: WalletSources): (message: string) => void {
  return onWarning ?? (() => undefined);
}

async function contentOf(file: HotkeyFile, unlock: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const encryption = encryptionOf(file.bytes);
  if (encryption === 'none') return file.bytes;
  if (encryption === 'nacl') return unlock();
  throw unusable(
    file.path,
    `has an old encryption (${encryption})`,
    'run btcli wallet update, which writes it anew',
  );
}

async function unlocked(
  { path, bytes }: HotkeyFile,
  passwords: Passwords,
  { options, signal }: { options: KeyfileThreadOptions; signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  for (let tried = 0; tried < passwords.triesMax; tried += 1) {
    const secret = await passwords.next(signal);
    signal?.throwIfAborted();
    const password = new TextEncoder().encode(secret.reveal());
    if (password.length === 0) continue;
    const content = await decryptInThread({ file: bytes, password }, options, signal);
    if (content !== undefined) return content;
  }
  const problem = `does not open with the password from the ${passwords.origin}`;
  throw unusable(path, problem, 'correct the password; if it is right, the file is damaged');
}

function pairIn(path: string, bytes: Uint8Array): KeyPair {
  try {
    const pair = keyfilePair(bytes);
    if (!('problem' in pair)) return pair;
    throw unusable(path, pair.problem, 'restore it with btcli wallet regen-hotkey');
  } finally {
    bytes.fill(0);
  }
}

function unusable(path: string, problem: string, remedy: string) {
  return walletError({ what: 'hotkey file', path, problem, remedy });
}

class OpenWallet implements HotkeyWallet {
  readonly address: Hotkey;
  readonly publicKey: Uint8Array;
  readonly cryptoType: CryptoType;
  readonly description: string;
  readonly #pair: KeyPair;
  #isClosed = false;

  constructor(choice: WalletChoice, pair: KeyPair) {
    this.address = hotkey(encodeSs58(pair.publicKey));
    this.publicKey = pair.publicKey.slice();
    this.cryptoType = pair.cryptoType;
    this.description = `hotkey ${choice.hotkey} of wallet ${choice.name} (${pair.cryptoType})`;
    this.#pair = pair;
  }

  sign(message: Uint8Array): Uint8Array {
    assert(!this.#isClosed, 'a closed wallet signs nothing');
    return signedBy(this.#pair, message);
  }

  close(): void {
    this.#isClosed = true;
    this.#pair.secretKey.fill(0);
  }
}
