/** Says back what it is given, throws or dies, as it is told. */
import { threadId } from 'node:worker_threads';

export function echo(task: unknown): unknown {
  return task;
}

export function count(bytes: Uint8Array): number {
  return bytes.length;
}

export function id(): number {
  return threadId;
}

export function refuse(reason: string): never {
  throw new Error(reason);
}

export function die(): never {
  process.exit(3);
}
