import { describe, expect, it } from 'vitest';
import { HistoryCompletion } from '../../src/store/history-completion.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const RETRY_AFTER_MS = 10_000;

/** Writes chunks as long as there are any, unless the next one is scripted to fail or to wait. */
class ScriptedHistory {
  chunks = 0;
  calls = 0;
  readonly failures: Error[] = [];
  /** Resolves before the next answer. */
  held: Promise<void> | undefined;
  /** Called when nothing is left, before that is answered. */
  onEnd: () => void = () => undefined;

  async writePendingHistory(): Promise<number> {
    this.calls += 1;
    await this.held;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    if (this.chunks === 0) {
      this.onEnd();
      return 0;
    }
    this.chunks -= 1;
    return 1_024;
  }
}

function completionOf() {
  const writes = new ScriptedHistory();
  const clock = new ManualClock();
  const failed: { part: string; error: unknown }[] = [];
  const events = { partFailed: (fields: (typeof failed)[number]) => void failed.push(fields) };
  return { writes, clock, failed, completion: new HistoryCompletion({ writes, events, clock }) };
}

describe('the completion of the history', () => {
  it('writes nothing before it is woken, then all that is pending', async () => {
    const { writes, completion, failed } = completionOf();
    writes.chunks = 3;
    await settle();
    expect(writes.calls).toBe(0);
    completion.wake();
    await settle();
    expect(writes).toMatchObject({ chunks: 0, calls: 4 });
    expect(failed).toEqual([]);
    writes.chunks = 2;
    await settle();
    expect(writes).toMatchObject({ chunks: 2, calls: 4 });
    completion.wake();
    await settle();
    expect(writes).toMatchObject({ chunks: 0, calls: 7 });
  });

  it('has one write under way at a time, however often it is woken', async () => {
    const { writes, completion } = completionOf();
    const { promise, resolve } = gate();
    Object.assign(writes, { chunks: 1, held: promise });
    for (let wake = 0; wake < 3; wake += 1) completion.wake();
    await settle();
    expect(writes.calls).toBe(1);
    resolve();
    await settle();
    // What was left, that nothing is left, and that nothing came since it was woken again.
    expect(writes).toMatchObject({ chunks: 0, calls: 3 });
  });

  it('says once that a write failed and tries again after a while', async () => {
    const { writes, completion, clock, failed } = completionOf();
    const error = new Error('the disk is full');
    writes.chunks = 2;
    writes.failures.push(error);
    completion.wake();
    await settle();
    expect(failed).toEqual([{ part: 'weight history', error }]);
    expect(writes.calls).toBe(1);
    await clock.advance(RETRY_AFTER_MS - 1);
    completion.wake();
    await settle();
    expect(writes.calls).toBe(1);
    await clock.advance(1);
    expect(writes).toMatchObject({ chunks: 0, calls: 4 });
    expect(failed).toHaveLength(1);
    expect(clock.sleeperCount).toBe(0);
  });

  it('tries as often as it takes, with a word for each failure', async () => {
    const { writes, completion, clock, failed } = completionOf();
    writes.chunks = 1;
    for (let number = 0; number < 3; number += 1) writes.failures.push(new Error(`${number}`));
    completion.wake();
    for (let number = 1; number <= 3; number += 1) {
      await settle();
      expect(failed).toHaveLength(number);
      await clock.advance(RETRY_AFTER_MS);
    }
    expect(writes.chunks).toBe(0);
    expect(failed).toHaveLength(3);
  });

  it('misses no decision that is recorded as it ends, in whichever turn of the promises', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const { writes, completion } = completionOf();
      writes.onEnd = () => {
        writes.onEnd = () => undefined;
        void after(turns, () => {
          writes.chunks = 2;
          completion.wake();
        });
      };
      completion.wake();
      await settle();
      expect(writes.chunks, `after ${turns} turns`).toBe(0);
    }
  });
});

describe('closing it', () => {
  it('waits for the write under way, and none follows', async () => {
    const { writes, completion } = completionOf();
    const { promise, resolve } = gate();
    Object.assign(writes, { chunks: 5, held: promise });
    completion.wake();
    let isClosed = false;
    const closing = completion.close().then(() => {
      isClosed = true;
    });
    await settle();
    expect(isClosed).toBe(false);
    resolve();
    await closing;
    expect(writes).toMatchObject({ chunks: 4, calls: 1 });
    completion.wake();
    await settle();
    expect(writes.calls).toBe(1);
  });

  it('ends the wait after a failure', async () => {
    const { writes, completion, clock, failed } = completionOf();
    writes.chunks = 1;
    writes.failures.push(new Error('locked'));
    completion.wake();
    await settle();
    expect(clock.sleeperCount).toBe(1);
    await completion.close();
    expect(clock.sleeperCount).toBe(0);
    await clock.advance(RETRY_AFTER_MS);
    expect(writes).toMatchObject({ chunks: 1, calls: 1 });
    expect(failed).toHaveLength(1);
  });

  it('waits for a write that fails, and does not try again', async () => {
    const { writes, completion, clock, failed } = completionOf();
    const { promise, resolve } = gate();
    Object.assign(writes, { chunks: 1, held: promise });
    writes.failures.push(new Error('closed'));
    completion.wake();
    const closing = completion.close();
    resolve();
    await closing;
    expect(failed).toHaveLength(1);
    await clock.advance(RETRY_AFTER_MS);
    expect(writes.calls).toBe(1);
  });

  it('ends at once when nothing was ever to be written, and twice', async () => {
    const { completion } = completionOf();
    await completion.close();
    await completion.close();
  });
});

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve };
}

async function after(turns: number, run: () => void): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await undefined;
  run();
}
