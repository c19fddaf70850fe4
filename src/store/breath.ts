import { setImmediate } from 'node:timers/promises';

/**
 * Lets whatever else waits have its turn, a signal among it: much of what is done to a file is one call that nothing
 * interrupts.
 *
 * @throws the signal's reason.
 */
export async function breath(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
