/**
 * Decrypts a key file in a thread of its own, which takes seconds and half a gigabyte: the event loop stays free, and the
 * memory, with whatever of the password is left in it, goes with the thread.
 */
import { AssayError } from '../../../domain/errors.ts';
import { errorText } from '../../../lib/error-text.ts';
import { WorkerThreads } from '../../../lib/worker-threads.ts';
import type { DecryptionTask, KeyCost } from './keyfile-decryption.ts';

export interface KeyfileThreadOptions {
  /** Another cost of a guess than btcli's, for tests. */
  readonly cost?: KeyCost;
  readonly timeLimitMs?: number;
  /** Another worker file, for tests. */
  readonly workerUrl?: URL;
}

/** Argon2i touches 512 MiB; the rest is for the thread itself. */
const FREE_BYTES_MIN = 600 * 1024 * 1024;

/** Twenty times what it takes on two shared cores. */
const TIME_LIMIT_MS = 120_000;

const BYTES_PER_MIB = 1024 * 1024;

/** @throws AssayError `wallet_unusable` when there is too little memory to open an encrypted file. */
export function checkFreeMemory(path: string, freeBytes: number): void {
  if (freeBytes >= FREE_BYTES_MIN) return;
  const [needed, free] = [FREE_BYTES_MIN, freeBytes].map((bytes) =>
    Math.floor(bytes / BYTES_PER_MIB),
  );
  const message = `hotkey file ${path} is encrypted, and opening it takes ${needed} MiB of memory of which ${free} MiB are free: free some, or give Assay a hotkey file without a password`;
  throw new AssayError('wallet_unusable', message);
}

/**
 * The content of the file, or `undefined` when the password is wrong. The password's bytes are gone afterwards.
 *
 * @throws AssayError `wallet_unusable` when the thread fails or takes too long; the signal's reason when it aborts.
 */
export async function decryptInThread(
  task: Pick<DecryptionTask, 'file' | 'password'>,
  { cost, timeLimitMs = TIME_LIMIT_MS, workerUrl }: KeyfileThreadOptions,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const thread = new WorkerThreads({ worker: 'keyfile.worker', threads: 1, workerUrl });
  const transferList = [task.password.buffer as ArrayBuffer];
  try {
    const terms = { timeoutMs: timeLimitMs, signal, transferList };
    return await thread.run('decryptKeyfile', { ...task, cost }, terms);
  } catch (error) {
    signal?.throwIfAborted();
    throw unfinished(error);
  } finally {
    await thread.close();
  }
}

function unfinished(cause: unknown): AssayError {
  const message = `the encrypted hotkey file could not be opened (${errorText(cause)}): try again on a machine with more free memory`;
  return new AssayError('wallet_unusable', message, { cause });
}
