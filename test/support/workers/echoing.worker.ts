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

const waiting: (() => void)[] = [];

/** Says it back when another task releases it. */
export async function echoLater(task: unknown): Promise<unknown> {
  await new Promise<void>((resolve) => waiting.push(resolve));
  return task;
}

/** @returns how many it released. */
export function release(): number {
  const released = waiting.splice(0);
  for (const resolve of released) resolve();
  return released.length;
}
