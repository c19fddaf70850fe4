/**
 * Encrypts commitments in a thread of its own, since the curve's arithmetic would hold the event loop for a tenth of a
 * second. The thread starts with the first commitment, or earlier when told, and stays. When it fails, commitments that wait for it are refused
 * and the next one starts another; the caller decides anew from a newer block, which a commitment needs anyway.
 */
import { Piscina } from 'piscina';
import { AssayError } from '../../../domain/errors.ts';
import { workerFile, workerFileAt } from '../../../lib/worker-file.ts';
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

/** `src/chain/`: `workerFile` looks for `workers/` two folders above its caller, and this file lies deeper. */
const WORKER_BASE = new URL('../..', import.meta.url).href;

/** See the top of this file. */
export class TimelockEncryptor {
  readonly #options: TimelockEncryptorOptions;
  readonly #closing = new AbortController();
  #thread: Thread | undefined;
  #encryptions = 0;

  constructor(options: TimelockEncryptorOptions = {}) {
    this.#options = options;
  }

  /**
   * The commitment's bytes.
   *
   * @throws AssayError `compute_unavailable` when the thread fails, takes too long, has too much to do or is closed;
   * `chain_unusable` when the commitment would be too long for the chain; the signal's reason when it aborts.
   */
  async encrypt(request: TimelockRequest, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw unavailable('the timelock encryption is closed');
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
    if (!this.#closing.signal.aborted) this.#thread ??= startThread(this.#options.workerUrl);
  }

  /** Refuses what is under way, and ends the thread. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('it was closed'));
    await this.#thread?.pool.destroy();
  }

  async #run(task: TimelockTask, signal: AbortSignal | undefined): Promise<Uint8Array> {
    this.#thread ??= startThread(this.#options.workerUrl);
    const { pool, failure } = this.#thread;
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    const overdue = new AbortController();
    // `AbortSignal.timeout` may be collected before it fires when only a combined signal knows it.
    const timer = setTimeout(
      () => overdue.abort(new Error(`no answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
    const reasons = [overdue.signal, failure.signal, this.#closing.signal];
    const stop = AbortSignal.any(signal === undefined ? reasons : [...reasons, signal]);
    const transferList = [task.plaintext.buffer as ArrayBuffer];
    try {
      return await pool.run(task, { signal: stop, transferList });
    } catch (error) {
      throw stop.aborted ? stop.reason : error;
    } finally {
      clearTimeout(timer);
      if (failure.signal.aborted && this.#thread?.pool === pool) this.#thread = undefined;
    }
  }
}

/** A thread, and what ends everything that waits for it. */
interface Thread {
  readonly pool: Piscina;
  readonly failure: AbortController;
}

/**
 * Two ways of piscina decide the form of this. It starts a replacement for a dead worker only below `minThreads`. And it tells
 * nobody who waits when a worker fails before its first task, for example because its file cannot be loaded.
 */
function startThread(workerUrl: URL | undefined): Thread {
  const { url, execArgv } =
    workerUrl === undefined ? workerFile('timelock.worker', WORKER_BASE) : workerFileAt(workerUrl);
  const pool = new Piscina({
    ...{ filename: url.href, name: 'encrypt', execArgv: [...execArgv] },
    ...{ minThreads: 1, maxThreads: 1 },
  });
  const failure = new AbortController();
  pool.on('error', (error) => {
    failure.abort(error);
    void pool.destroy();
  });
  return { pool, failure };
}

function unavailable(message: string, cause?: unknown): AssayError {
  return new AssayError('compute_unavailable', message, { retryAfterMs: RETRY_AFTER_MS, cause });
}

function tooMany(): AssayError {
  return unavailable(`${ENCRYPTIONS_MAX} commitments are being encrypted already`);
}
