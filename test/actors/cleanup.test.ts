import { type Attributes, createNoopMeter, type Meter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { Cleanup, type RetentionOptions } from '../../src/actors/cleanup.ts';
import type { LedgerRemover } from '../../src/actors/record-ports.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { Events } from '../../src/events.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { RecordingLogger } from '../support/intake-fixture.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const DAY_MS = 86_400_000;
const OPTIONS: RetentionOptions = {
  resultsMs: 2 * DAY_MS,
  profilesMs: 3 * DAY_MS,
  ledgerMs: 4 * DAY_MS,
  intervalMs: 3_600_000,
};
const NOTHING = { profiles: 0, reports: 0, weightSets: 0, unlinkedRows: 0 };

type Table = 'profiles' | 'reports' | 'ledger' | 'sweep';

interface Call {
  readonly table: Table;
  /** The time before which it deletes. */
  readonly beforeMs?: number;
  readonly limit?: number;
}

/** Tables with so many old rows, that give a few at a time, hold still or fail when a test says so. */
class ScriptedRemovers {
  readonly old: Record<Table, number> = { profiles: 0, reports: 0, ledger: 0, sweep: 0 };
  readonly calls: Call[] = [];
  readonly failures = new Map<Table, unknown>();
  readonly clock = new ManualClock();
  /** The newest block's time; as long as nothing is said it is the clock's. */
  chainTimeMs: () => number | undefined = () => this.clock.now();
  readonly logger = new RecordingLogger();
  /** What the metrics counted, by instrument and `what`. */
  readonly counts = new Map<string, number>();
  held: Promise<void> | undefined;

  readonly profiles = {
    deleteOlderThan: (beforeMs: number, limit: number) =>
      this.#delete({ table: 'profiles', beforeMs, limit }),
  };
  readonly reports = {
    deleteReceivedBefore: (beforeMs: number, limit: number) =>
      this.#delete({ table: 'reports', beforeMs, limit }),
  };
  readonly ledger: LedgerRemover = {
    deleteOldest: async ({ decidedBeforeMs: beforeMs, nowMs }) => {
      expect(nowMs).toBe(this.clock.now());
      return (await this.#delete({ table: 'ledger', beforeMs }, 1)) === 0 ? undefined : 360;
    },
    sweep: (limit) => this.#delete({ table: 'sweep', limit }),
  };

  cleanup(options: Partial<RetentionOptions> = {}): Cleanup {
    const { profiles, reports, ledger, clock } = this;
    return new Cleanup({
      ...{ profiles, reports, ledger, clock },
      events: new Events({ logger: this.logger, meter: countingMeter(this.counts) }),
      chainTimeMs: () => this.chainTimeMs(),
      options: { ...OPTIONS, ...options },
    });
  }

  get tables(): readonly Table[] {
    return this.calls.map(({ table }) => table);
  }

  async #delete(call: Call, most = call.limit ?? 0): Promise<number> {
    this.calls.push(call);
    await this.held;
    if (this.failures.has(call.table)) throw this.failures.get(call.table);
    const count = Math.min(most, this.old[call.table]);
    this.old[call.table] -= count;
    return count;
  }
}

/** A meter whose counters add up here. */
function countingMeter(counts: Map<string, number>): Meter {
  const createCounter = (name: string) => ({
    add: (value: number, { what }: Attributes = {}) => {
      const key = `${name} ${what}`;
      counts.set(key, (counts.get(key) ?? 0) + value);
    },
  });
  return Object.assign(createNoopMeter(), { createCounter });
}

describe('a cleanup', () => {
  it.each<[keyof RetentionOptions, number]>([
    ['resultsMs', 0],
    ['profilesMs', -1],
    ['ledgerMs', 1.5],
    ['intervalMs', Number.NaN],
  ])('is not made with %s = %d', (name, value) => {
    const removers = new ScriptedRemovers();
    expect(() => removers.cleanup({ [name]: value })).toThrow(AssertionError);
    expect(() => removers.cleanup({ [name]: 1 })).not.toThrow();
  });

  it('does nothing before it is asked to', async () => {
    const removers = new ScriptedRemovers();
    removers.cleanup();
    await removers.clock.advance(10 * DAY_MS);
    expect(removers.calls).toEqual([]);
  });
});

describe('a round', () => {
  it('asks each table for what is older than it is kept, and counts what went', async () => {
    const removers = new ScriptedRemovers();
    Object.assign(removers.old, { profiles: 2, reports: 3, ledger: 4, sweep: 5 });
    const deleted = { profiles: 2, reports: 3, weightSets: 4, unlinkedRows: 5 };
    expect(await removers.cleanup().runOnce()).toEqual(deleted);
    expect(removers.old).toEqual({ profiles: 0, reports: 0, ledger: 0, sweep: 0 });
    const before = new Map(removers.calls.map(({ table, beforeMs }) => [table, beforeMs]));
    const nowMs = removers.clock.now();
    expect(before.get('profiles')).toBe(nowMs - 3 * DAY_MS);
    expect(before.get('reports')).toBe(nowMs - 2 * DAY_MS);
    expect(before.get('ledger')).toBe(nowMs - 4 * DAY_MS);
    expect(removers.logger.about('cleanup finished')).toEqual([{ ...deleted, durationMs: 0 }]);
  });

  it('asks once where nothing is old, and says so', async () => {
    const removers = new ScriptedRemovers();
    expect(await removers.cleanup().runOnce()).toEqual(NOTHING);
    expect(removers.tables).toEqual(['profiles', 'reports', 'ledger', 'sweep']);
    expect(removers.logger.about('cleanup finished')).toEqual([{ ...NOTHING, durationMs: 0 }]);
  });

  it('works in steps of bounded size until nothing is left', async () => {
    const removers = new ScriptedRemovers();
    Object.assign(removers.old, { profiles: 600, reports: 10_000, ledger: 3, sweep: 4_500 });
    const deleted = await removers.cleanup().runOnce();
    expect(deleted).toEqual({
      profiles: 600,
      reports: 10_000,
      weightSets: 3,
      unlinkedRows: 4_500,
    });
    const limits = removers.calls.map(({ limit = 1 }) => limit);
    expect(Math.max(...limits)).toBeLessThanOrEqual(1_000);
    expect(removers.tables.filter((table) => table === 'ledger')).toHaveLength(4);
  });

  it('lets other work have its turn between two steps', async () => {
    const removers = new ScriptedRemovers();
    removers.old.reports = 100_000;
    let isRunning = true;
    const stepsAtTurns: number[] = [];
    const turn = () => {
      stepsAtTurns.push(removers.calls.length);
      if (isRunning) setImmediate(turn);
    };
    setImmediate(turn);
    await removers.cleanup().runOnce();
    isRunning = false;
    const steps = stepsAtTurns.map((count, index) => count - (stepsAtTurns[index - 1] ?? 0));
    expect(stepsAtTurns.length).toBeGreaterThan(100);
    // Tables that have nothing left are asked one after the other.
    expect(Math.max(...steps)).toBeLessThanOrEqual(3);
  });

  it('counts age from the time of the newest block where that is earlier than the clock', async () => {
    const removers = new ScriptedRemovers();
    const chainMs = removers.clock.now() - 3_600_000;
    removers.chainTimeMs = () => chainMs;
    await removers.cleanup().runOnce();
    expect(removers.calls[0]).toMatchObject({ table: 'profiles', beforeMs: chainMs - 3 * DAY_MS });
  });

  it('counts age from the clock where that is earlier than the newest block', async () => {
    const removers = new ScriptedRemovers();
    const clockMs = removers.clock.now();
    removers.chainTimeMs = () => clockMs + 3_600_000;
    await removers.cleanup().runOnce();
    expect(removers.calls[0]).toMatchObject({ table: 'profiles', beforeMs: clockMs - 3 * DAY_MS });
  });

  it.each([
    ['the clock is far ahead of the newest block', -3_600_001],
    ['the clock is far behind the newest block', 3_600_001],
    ['no block was seen yet', undefined],
  ])('deletes nothing and warns when %s', async (_, offsetMs) => {
    const removers = new ScriptedRemovers();
    Object.assign(removers.old, { profiles: 2, reports: 3, ledger: 4, sweep: 5 });
    const clockMs = removers.clock.now();
    const chainMs = offsetMs === undefined ? undefined : clockMs + offsetMs;
    removers.chainTimeMs = () => chainMs;
    const cleanup = removers.cleanup();
    expect(await cleanup.runOnce()).toEqual(NOTHING);
    expect(removers.calls).toEqual([]);
    expect(removers.logger.about('cleanup skipped')).toEqual([
      {
        clock: new Date(clockMs).toISOString(),
        newestBlock: chainMs === undefined ? 'unknown' : new Date(chainMs).toISOString(),
      },
    ]);
    expect([...removers.counts]).toEqual([['cleanup.failures all', 1]]);
    removers.chainTimeMs = () => clockMs;
    expect(await cleanup.runOnce()).toMatchObject({ profiles: 2 });
  });

  it('is joined by a call that comes while it runs', async () => {
    const removers = new ScriptedRemovers();
    removers.old.profiles = 1;
    const cleanup = removers.cleanup();
    const [first, second] = await Promise.all([cleanup.runOnce(), cleanup.runOnce()]);
    expect(second).toBe(first);
    expect(removers.logger.about('cleanup finished')).toHaveLength(1);
    expect(await cleanup.runOnce()).toEqual(NOTHING);
  });
});

describe('a table that fails', () => {
  it.each<[Table, string]>([
    ['profiles', 'cleanup of profiles'],
    ['reports', 'cleanup of reports'],
    ['ledger', 'cleanup of weight sets'],
    ['sweep', 'cleanup of unlinked rows'],
  ])('is logged, and the others are cleaned all the same: %s', async (failing, part) => {
    const removers = new ScriptedRemovers();
    Object.assign(removers.old, { profiles: 1, reports: 1, ledger: 1, sweep: 1 });
    const error = new AssayError('store_unavailable', 'the disk is full');
    removers.failures.set(failing, error);
    const deleted = await removers.cleanup().runOnce();
    expect(Object.values(deleted).toSorted()).toEqual([0, 1, 1, 1]);
    expect(removers.old).toEqual({
      ...{ profiles: 0, reports: 0, ledger: 0, sweep: 0 },
      [failing]: 1,
    });
    expect(removers.logger.about('failed')).toEqual([{ part, err: error }]);
    expect(removers.logger.about('cleanup finished')).toEqual([{ ...deleted, durationMs: 0 }]);
  });

  it('is counted with every round that it stops, so that its standing still is seen', async () => {
    const removers = new ScriptedRemovers();
    removers.failures.set('ledger', new AssayError('store_unusable', 'another document is there'));
    const cleanup = removers.cleanup();
    for (let round = 0; round < 3; round += 1) await cleanup.runOnce();
    expect([...removers.counts]).toEqual([['cleanup.failures weight_sets', 3]]);
  });

  it('is cleaned by the next round, and what it did before it failed counts', async () => {
    const removers = new ScriptedRemovers();
    removers.old.reports = 400;
    const cleanup = removers.cleanup();
    const round = cleanup.runOnce();
    while (removers.old.reports === 400) await new Promise((resolve) => setImmediate(resolve));
    removers.failures.set('reports', new Error('locked'));
    const first = await round;
    removers.failures.clear();
    const second = await cleanup.runOnce();
    expect(first.reports).toBeGreaterThan(0);
    expect(second.reports).toBeGreaterThan(0);
    expect(first.reports + second.reports).toBe(400);
  });

  it('because an invariant is broken ends the loop', async () => {
    const removers = new ScriptedRemovers();
    const bug = new AssertionError('a bug');
    removers.failures.set('profiles', bug);
    await expect(removers.cleanup().run(new AbortController().signal)).rejects.toBe(bug);
  });
});

describe('the loop', () => {
  it('cleans up right after its start, then after each interval', async () => {
    const removers = new ScriptedRemovers();
    const end = new AbortController();
    const running = removers.cleanup().run(end.signal);
    const rounds = () => removers.logger.about('cleanup finished').length;
    await settle();
    expect(rounds()).toBe(1);
    await removers.clock.advance(OPTIONS.intervalMs - 1);
    expect(rounds()).toBe(1);
    await removers.clock.advance(1);
    expect(rounds()).toBe(2);
    await removers.clock.advance(3 * OPTIONS.intervalMs);
    expect(rounds()).toBe(5);
    end.abort();
    await running;
    expect(removers.clock.sleeperCount).toBe(0);
  });

  it('goes on at the next interval when everything fails', async () => {
    const removers = new ScriptedRemovers();
    const end = new AbortController();
    for (const table of ['profiles', 'reports', 'ledger', 'sweep'] as const) {
      removers.failures.set(table, new Error('locked'));
    }
    const running = removers.cleanup().run(end.signal);
    await settle();
    removers.failures.clear();
    removers.old.reports = 1;
    await removers.clock.advance(OPTIONS.intervalMs);
    expect(removers.old.reports).toBe(0);
    end.abort();
    await running;
  });

  it('never runs two rounds at once: a slow one puts the next off', async () => {
    const removers = new ScriptedRemovers();
    const end = new AbortController();
    let release: () => void = () => undefined;
    removers.held = new Promise((resolve) => {
      release = resolve;
    });
    const cleanup = removers.cleanup();
    const running = cleanup.run(end.signal);
    await removers.clock.advance(5 * OPTIONS.intervalMs);
    const asked = cleanup.runOnce();
    expect(removers.calls).toHaveLength(1);
    release();
    await asked;
    await settle();
    expect(removers.logger.about('cleanup finished')).toHaveLength(1);
    await removers.clock.advance(OPTIONS.intervalMs);
    expect(removers.logger.about('cleanup finished')).toHaveLength(2);
    end.abort();
    await running;
  });

  it('ends after the step that it is at when it is aborted, however much is left', async () => {
    const removers = new ScriptedRemovers();
    removers.old.reports = 1_000_000;
    const end = new AbortController();
    const running = removers.cleanup().run(end.signal);
    await settle();
    end.abort();
    const calls = removers.calls.length;
    await running;
    expect(removers.calls.length - calls).toBeLessThanOrEqual(1);
    expect(removers.old.reports).toBeGreaterThan(0);
    expect(removers.tables).not.toContain('ledger');
  });

  it('does nothing when it was aborted before', async () => {
    const removers = new ScriptedRemovers();
    await removers.cleanup().run(AbortSignal.abort());
    expect(removers.calls).toEqual([]);
  });
});
