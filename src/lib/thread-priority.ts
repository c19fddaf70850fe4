import { getPriority, setPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';

/** Far below the event loop and the thread that writes. */
const LAST = 10;

/** A thread that calls this runs when the event loop does not need its processor. Only Linux takes a priority for one thread alone. */
export function comeLast(): void {
  if (!isMainThread && process.platform === 'linux' && getPriority() < LAST) setPriority(LAST);
}
