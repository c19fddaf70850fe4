import type { Events } from '../events.ts';
import type { Clock } from '../lib/clock.ts';
import type { Chain, Head } from './ports.ts';

interface NewHeadsParts {
  readonly chain: Pick<Chain, 'heads'>;
  readonly events: Events;
  readonly clock: Clock;
  /** Who reads, for the log. */
  readonly part: string;
}

const PAUSE_MS = 1_000;

/** The chain's heads until the signal aborts: a chain that breaks off or ends is asked again after a pause. */
export async function* newHeads(
  { chain, events, clock, part }: NewHeadsParts,
  signal: AbortSignal,
): AsyncGenerator<Head, void, void> {
  while (!signal.aborted) {
    try {
      yield* chain.heads(signal);
    } catch (error) {
      if (!signal.aborted) events.partFailed({ part, error });
    }
    await pause(clock, signal);
  }
}

async function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(PAUSE_MS, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
