/**
 * A part of the service in a process of its own, whose memory the operating system tells. The process answers one
 * question at a time and ends when it is left alone.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SERVICE_FLAGS } from './service-flags.ts';

/** Memory that a process has in RAM. */
export interface Resident {
  readonly nowMib: number;
  readonly peakMib: number;
}

/** What a process says of itself after a full collection. */
export interface Collected {
  readonly heapMib: number;
  /** Reports that were applied since the start. */
  readonly applied: number;
}

const MIB = 2 ** 20;
const MIB_IN_KIB = 2 ** 10;
const COLLECTIONS = 3;
const COLLECTION_PAUSE_MS = 200;

/** See the top of this file. */
export class MeasuredProcess<Question> {
  /** `host:port` that it serves. */
  readonly address: string;
  readonly #child: ChildProcess;

  /** Starts a script of this folder, told one value, and waits until it serves. */
  static async start<Question>(script: string, told: unknown): Promise<MeasuredProcess<Question>> {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const child = fork(file, [JSON.stringify(told)], {
      execArgv: ['--expose-gc', ...SERVICE_FLAGS],
    });
    return new MeasuredProcess(child, await nextMessage(child));
  }

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  async ask<Answer>(question: Question): Promise<Answer> {
    const answered = nextMessage<Answer>(this.#child);
    this.#child.send(question as object);
    return answered;
  }

  resident(): Resident {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return { nowMib: mibOf(status, 'VmRSS'), peakMib: mibOf(status, 'VmHWM') };
  }

  /** Resolves when the process has ended. */
  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    const [code] = await exited;
    if (code !== 0) throw new Error(`the measured process ended with ${code}`);
  }
}

/** Rejects when the process ends instead. */
function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      reject(new Error(`the measured process ended with ${code}`));
    };
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as Message);
    });
  });
}

/** Serves in this process: tells where, and answers until the parent leaves. */
export function answerParent<Question>(
  address: string,
  answer: (question: Question) => unknown,
): Promise<void> {
  process.on('message', async (question: Question) => {
    process.send?.(await answer(question));
  });
  process.send?.(address);
  return once(process, 'disconnect').then(() => undefined);
}

/** The heap after full collections, in MiB; V8 gives pages back to the system a while after each. */
export async function collectedHeapMib(): Promise<number> {
  for (let round = 0; round < COLLECTIONS; round += 1) {
    if (globalThis.gc === undefined) throw new Error('the process needs --expose-gc');
    globalThis.gc();
    await pause(COLLECTION_PAUSE_MS);
  }
  return process.memoryUsage().heapUsed / MIB;
}

function mibOf(status: string, name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kib === undefined) throw new Error(`the system does not tell ${name}`);
  return Number(kib) / MIB_IN_KIB;
}
