/**
 * Decrypts a key file in a thread of its own, which takes seconds and half a gigabyte: the event loop stays free, and the
 * memory, with whatever of the password is left in it, goes with the thread.
 */
import { Piscina } from 'piscina';
import { AssayError } from '../../../domain/errors.ts';
import { workerFile, workerFileAt } from '../../../lib/worker-file.ts';
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
  const failure = new AbortController();
  const stop = () => failure.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const overdue = new Error(`no answer in ${timeLimitMs} ms`);
  const timeout = setTimeout(() => failure.abort(overdue), timeLimitMs);
  const thread = startThread(workerUrl);
  // A thread that cannot load its file tells only this way.
  thread.on('error', (error) => failure.abort(error));
  try {
    const transferList = [task.password.buffer as ArrayBuffer];
    return await thread.run({ ...task, cost }, { signal: failure.signal, transferList });
  } catch (error) {
    signal?.throwIfAborted();
    throw unfinished(failure.signal.aborted ? failure.signal.reason : error);
  } finally {
    clearTimeout(timeout);
    signal?.removeEventListener('abort', stop);
    await thread.destroy();
  }
}

function startThread(workerUrl: URL | undefined): Piscina {
  const { url, execArgv } =
    workerUrl === undefined
      ? workerFile('keyfile.worker', new URL('../..', import.meta.url).href)
      : workerFileAt(workerUrl);
  const options = { minThreads: 1, maxThreads: 1, execArgv: [...execArgv] };
  return new Piscina({ filename: url.href, name: 'decryptKeyfile', ...options });
}

function unfinished(cause: unknown): AssayError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `the encrypted hotkey file could not be opened (${reason}): try again on a machine with more free memory`;
  return new AssayError('wallet_unusable', message, { cause });
}
