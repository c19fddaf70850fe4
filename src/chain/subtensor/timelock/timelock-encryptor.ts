/**
 * Encrypts commitments in a thread of its own, since the curve's arithmetic would hold the event loop for a tenth of a
 * second. The thread starts with the first commitment, or earlier when told, and stays. When it fails, commitments that wait
 * for it are refused and the next one starts another; the caller decides anew from a newer block, which a commitment needs
 * anyway.
 */
import { AssayError } from '../../../domain/errors.ts';
import { WorkerThreads } from '../../../lib/worker-threads.ts';
import type { DrandBeacon } from './drand-beacon.ts';
import { checkEncryptable, type TimelockTask } from './timelock-encryption.ts';
import { encodePayload, type TimelockPayload } from './timelock-payload.ts';

export interface TimelockRequest {
  readonly payload: TimelockPayload;
  readonly beacon: DrandBeacon;
  /** The drand round that opens the commitment, at least 1. */
  readonly round: number;
}

export interface TimelockEncryptorOptions {
  /** Time for one commitment, its waiting and the thread's start included; `TIMEOUT_MS` by default. */
  readonly timeoutMs?: number;
  /** Another worker file, for tests. */
  readonly workerUrl?: URL;
}

/** Commitments that may be under way or waiting at once. A validator makes one per epoch; more are a mistake. */
export const ENCRYPTIONS_MAX = 4;

/** A hundred times what it takes, and less than a block. */
const TIMEOUT_MS = 10_000;

const RETRY_AFTER_MS = 1_000;

/** See the top of this file. */
export class TimelockEncryptor {
  readonly #timeoutMs: number;
  readonly #thread: WorkerThreads;
  #isClosed = false;
  #encryptions = 0;

  constructor({ timeoutMs = TIMEOUT_MS, workerUrl }: TimelockEncryptorOptions = {}) {
    this.#timeoutMs = timeoutMs;
    this.#thread = new WorkerThreads({ worker: 'timelock.worker', threads: 1, workerUrl });
  }

  /**
   * The commitment's bytes.
   *
   * @throws AssayError `compute_unavailable` when the thread fails, takes too long, has too much to do or is closed;
   * `chain_unusable` when the commitment would be too long for the chain; the signal's reason when it aborts.
   */
  async encrypt(request: TimelockRequest, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw unavailable('the timelock encryption is closed');
    const { payload, beacon, round } = request;
    const plaintext = encodePayload(payload);
    checkEncryptable(plaintext, round);
    if (this.#encryptions >= ENCRYPTIONS_MAX) throw tooMany();
    this.#encryptions += 1;
    try {
      return await this.#run({ plaintext, publicKey: beacon.publicKey, round }, signal);
    } catch (cause) {
      signal?.throwIfAborted();
      throw unavailable('the commitment could not be encrypted', cause);
    } finally {
      this.#encryptions -= 1;
    }
  }

  /** Starts the thread, which takes longer than a commitment, before the first one is asked for. */
  start(): void {
    if (!this.#isClosed) this.#thread.start();
  }

  /** Refuses what is under way, and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread.close();
  }

  #run(task: TimelockTask, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const transferList = [task.plaintext.buffer as ArrayBuffer];
    return this.#thread.run('encrypt', task, { timeoutMs: this.#timeoutMs, signal, transferList });
  }
}

function unavailable(message: string, cause?: unknown): AssayError {
  return new AssayError('compute_unavailable', message, { retryAfterMs: RETRY_AFTER_MS, cause });
}

function tooMany(): AssayError {
  return unavailable(`${ENCRYPTIONS_MAX} commitments are being encrypted already`);
}
