import { describe, expect, it } from 'vitest';
import { Broadcast } from '../../src/lib/broadcast.ts';
import { settle } from '../support/manual-clock.ts';

describe('a broadcast', () => {
  it('gives every reader the newest value at once and each newer one', async () => {
    const broadcast = new Broadcast(1);
    const readers = [1, 2].map(() => broadcast.values(new AbortController().signal));
    for (const reader of readers) expect(await reader.next()).toEqual({ done: false, value: 1 });
    const waiting = readers.map((reader) => reader.next());
    broadcast.publish(2);
    expect(await Promise.all(waiting)).toEqual([
      { done: false, value: 2 },
      { done: false, value: 2 },
    ]);
  });

  it('lets a slow reader skip to the newest value', async () => {
    const broadcast = new Broadcast(0);
    const reader = broadcast.values(new AbortController().signal);
    await reader.next();
    for (let value = 1; value <= 100; value += 1) broadcast.publish(value);
    expect((await reader.next()).value).toBe(100);
  });

  it('gives equal values that were published twice twice', async () => {
    const broadcast = new Broadcast(5);
    const reader = broadcast.values(new AbortController().signal);
    await reader.next();
    broadcast.publish(5);
    expect((await reader.next()).value).toBe(5);
  });

  it('ends a waiting reader when its signal aborts, and only that one', async () => {
    const broadcast = new Broadcast(0);
    const leaving = new AbortController();
    const reader = broadcast.values(leaving.signal);
    const other = broadcast.values(new AbortController().signal);
    await reader.next();
    await other.next();
    const [left, stayed] = [reader.next(), other.next()];
    leaving.abort();
    expect((await left).done).toBe(true);
    await settle();
    broadcast.publish(1);
    expect((await stayed).value).toBe(1);
  });

  it('ends every reader when it closes, and takes nothing more', async () => {
    const broadcast = new Broadcast(0);
    const reader = broadcast.values(new AbortController().signal);
    await reader.next();
    const waiting = reader.next();
    broadcast.close();
    broadcast.publish(1);
    expect((await waiting).done).toBe(true);
    expect((await broadcast.values(new AbortController().signal).next()).done).toBe(true);
  });
});
