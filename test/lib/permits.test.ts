import { describe, expect, it } from 'vitest';
import { Permits } from '../../src/lib/permits.ts';
import { settle } from '../support/manual-clock.ts';

describe('permits', () => {
  it('are given out while there are enough', async () => {
    const permits = new Permits(3);
    await permits.acquire(2);
    expect(permits.inUse).toBe(2);
    expect(permits.tryAcquire(2)).toBe(false);
    expect(permits.tryAcquire(1)).toBe(true);
    permits.release(3);
    expect(permits.inUse).toBe(0);
  });

  it('go to the first in line, also when a later claim is smaller', async () => {
    const permits = new Permits(3);
    const granted: string[] = [];
    await permits.acquire(2);
    void permits.acquire(3).then(() => granted.push('large'));
    void permits.acquire(1).then(() => granted.push('small'));
    expect(permits.tryAcquire(1)).toBe(false);
    await settle();
    expect(granted).toEqual([]);
    permits.release(2);
    await settle();
    expect(granted).toEqual(['large']);
    permits.release(3);
    await settle();
    expect(granted).toEqual(['large', 'small']);
  });

  it('pass on to the next in line when the first gives up', async () => {
    const permits = new Permits(2);
    const controller = new AbortController();
    await permits.acquire(1);
    const large = permits.acquire(2, controller.signal);
    const small = permits.acquire(1);
    controller.abort(new Error('went away'));
    await expect(large).rejects.toThrow('went away');
    await small;
    expect(permits.inUse).toBe(2);
  });

  it('stay out when the signal aborts after they were granted', async () => {
    const permits = new Permits(1);
    const controller = new AbortController();
    await permits.acquire(1);
    const next = permits.acquire(1, controller.signal);
    permits.release(1);
    controller.abort();
    await next;
    expect(permits.inUse).toBe(1);
  });

  it('refuse an aborted signal, impossible claims and permits that are not out', async () => {
    const permits = new Permits(1);
    await expect(permits.acquire(1, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(() => permits.tryAcquire(2)).toThrow('from 0 to 1');
    expect(() => permits.release(1)).toThrow('come back');
    expect(() => new Permits(0)).toThrow('at least 1');
  });
});
