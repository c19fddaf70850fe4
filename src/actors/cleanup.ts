/**
 * Deletes what is older than it is kept. It works in steps of bounded size, and between two steps whatever else waits has
 * its turn, so that reports keep streaming. A part that fails holds up none of the others: what it left is deleted by the
 * next round.
 *
 * What is deleted does not come back, so the clock alone is not believed: a host that boots with a date far in the future
 * would lose nearly everything at once. Age is counted from the chain's time where that is earlier, and while the two are
 * far apart nothing is deleted.
 */
import type { DeletedCounts, Events } from '../events.ts';
import { AssertionError, assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { LedgerRemover, ProfileRemover, VerificationReportRemover } from './record-ports.ts';

/** How long everything is kept, in milliseconds, and the time between two rounds; each is at least 1. */
export interface RetentionOptions {
  /** Since a report was received. */
  readonly resultsMs: number;
  /** Since a profile changed. */
  readonly profilesMs: number;
  /** Since a weight set was decided. */
  readonly ledgerMs: number;
  readonly intervalMs: number;
}

interface CleanupParts {
  readonly profiles: Pick<ProfileRemover, 'deleteOlderThan'>;
  readonly reports: VerificationReportRemover;
  readonly ledger: LedgerRemover;
  /** The time of the newest block that was seen, in milliseconds since the epoch; undefined before the first. */
  readonly chainTimeMs: () => number | undefined;
  readonly clock: Clock;
  readonly events: Events;
  readonly options: RetentionOptions;
}

/** Clock and chain agree when they are not further apart than this; a slow chain or a slow reader is behind by minutes. */
const CLOCK_TOLERANCE_MS = 3_600_000;

/** The tables in the order in which they are cleaned, by what their rows are. */
type Deleted = keyof DeletedCounts;

/** Deletes a bit and says how much; 0 when nothing is left. */
type Step = () => Promise<number>;

/** At most so many rows of their own table, less when many rows go with them. */
const PROFILES_PER_STEP = 50;
const REPORTS_PER_STEP = 250;
/** A large weight set leaves some hundred thousand. */
const UNLINKED_ROWS_PER_STEP = 1_000;

/** Until a round that was skipped is tried again. */
const SKIPPED_WAIT_MS = 300_000;

/** See the top of this file. */
export class Cleanup {
  readonly #parts: CleanupParts;
  #running: Promise<DeletedCounts> | undefined;
  #isSkipped = false;

  constructor(parts: CleanupParts) {
    for (const [name, ms] of Object.entries(parts.options)) {
      assert(Number.isSafeInteger(ms) && ms >= 1, `${name} is a number of milliseconds: ${ms}`);
    }
    this.#parts = parts;
  }

  /**
   * Cleans up at once and after every interval, until the signal aborts. A round that was skipped is tried again soon: at
   * the start the chain may not have shown its newest block yet.
   *
   * @throws AssertionError when an invariant was found broken.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, options } = this.#parts;
    while (!signal.aborted) {
      await this.runOnce(signal);
      const waitMs = this.#isSkipped
        ? Math.min(SKIPPED_WAIT_MS, options.intervalMs)
        : options.intervalMs;
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  /**
   * Deletes everything that is old now, or up to the step at which the signal aborts. Nothing when clock and chain do not
   * agree on what time it is. While a round runs, another call waits for the same one.
   */
  runOnce(signal?: AbortSignal): Promise<DeletedCounts> {
    this.#running ??= this.#round(signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #round(signal: AbortSignal | undefined): Promise<DeletedCounts> {
    const { clock, events } = this.#parts;
    const startMs = clock.now();
    const deleted: Record<Deleted, number> = {
      profiles: 0,
      reports: 0,
      weightSets: 0,
      unlinkedRows: 0,
    };
    const nowMs = this.#agreedTimeMs(startMs);
    this.#isSkipped = nowMs === undefined;
    if (nowMs === undefined) return deleted;
    for (const [name, step] of this.#steps(nowMs)) {
      try {
        await repeat(step, {
          signal,
          onDeleted: (count) => {
            deleted[name] += count;
          },
        });
      } catch (error) {
        if (error instanceof AssertionError) throw error;
        events.cleanupFailed({ what: name, error });
      }
    }
    events.cleanupFinished({ startMs, endMs: clock.now(), deleted });
    return deleted;
  }

  /** The earlier of the two, or nothing when one of them must be wrong. */
  #agreedTimeMs(clockMs: number): number | undefined {
    const chainMs = this.#parts.chainTimeMs();
    if (chainMs !== undefined && Math.abs(clockMs - chainMs) <= CLOCK_TOLERANCE_MS) {
      return Math.min(clockMs, chainMs);
    }
    this.#parts.events.cleanupSkipped({ clockMs, chainMs });
    return undefined;
  }

  #steps(nowMs: number): readonly (readonly [Deleted, Step])[] {
    const { profiles, reports, ledger, clock, options } = this.#parts;
    const decidedBeforeMs = nowMs - options.ledgerMs;
    return [
      ['profiles', () => profiles.deleteOlderThan(nowMs - options.profilesMs, PROFILES_PER_STEP)],
      ['reports', () => reports.deleteReceivedBefore(nowMs - options.resultsMs, REPORTS_PER_STEP)],
      [
        'weightSets',
        async () =>
          (await ledger.deleteOldest({ decidedBeforeMs, nowMs: clock.now() })) === undefined
            ? 0
            : 1,
      ],
      ['unlinkedRows', () => ledger.sweep(UNLINKED_ROWS_PER_STEP)],
    ];
  }
}

async function repeat(
  step: Step,
  { signal, onDeleted }: { signal: AbortSignal | undefined; onDeleted: (count: number) => void },
): Promise<void> {
  while (signal?.aborted !== true) {
    const count = await step();
    if (count === 0) return;
    onDeleted(count);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
