import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WATCHER_CHANGES_MAX, WeightSetFeed } from '../../src/actors/weight-set-feed.ts';
import { settle } from '../support/manual-clock.ts';
import { sampleWeightSet } from '../support/weight-set-samples.ts';

const set = (block: number) => sampleWeightSet({ block });

describe('the feed of weight sets', () => {
  it('gives the newest set, then every change in order', async () => {
    const feed = new WeightSetFeed();
    feed.publish(set(1));
    feed.publish(set(2));
    const end = new AbortController();
    const changes = feed.watch(end.signal);
    feed.publish(set(3));
    expect((await changes.next()).value?.block).toBe(2);
    expect((await changes.next()).value?.block).toBe(3);
    const next = changes.next();
    feed.publish(set(4));
    expect((await next).value?.block).toBe(4);
  });

  it('starts with the first change when there is no set yet', async () => {
    const feed = new WeightSetFeed();
    const next = feed.watch(new AbortController().signal).next();
    await settle();
    feed.publish(set(1));
    expect((await next).value?.block).toBe(1);
  });

  it('keeps the set of the highest block as the newest', () => {
    const feed = new WeightSetFeed();
    feed.publish(set(2));
    feed.publish(set(1));
    expect(feed.newest?.block).toBe(2);
  });

  it('ends when the signal aborts, even while nothing happens', async () => {
    const feed = new WeightSetFeed();
    const end = new AbortController();
    const changes = feed.watch(end.signal);
    const next = changes.next();
    await settle();
    end.abort();
    expect((await next).done).toBe(true);
    expect((await feed.watch(end.signal).next()).done).toBe(true);
  });

  it('ends a watcher that falls behind, after what waited for it, and no other', async () => {
    const feed = new WeightSetFeed();
    const { signal } = new AbortController();
    const slow = feed.watch(signal);
    const quick = feed.watch(signal);
    for (let block = 1; block <= WATCHER_CHANGES_MAX + 1; block += 1) {
      feed.publish(set(block));
      expect((await quick.next()).value?.block).toBe(block);
    }
    for (let block = 1; block <= WATCHER_CHANGES_MAX; block += 1) {
      expect((await slow.next()).value?.block).toBe(block);
    }
    await expect(slow.next()).rejects.toMatchObject({ code: 'watcher_too_slow' });
    const next = quick.next();
    feed.publish(set(1_000));
    expect((await next).value?.block).toBe(1_000);
  });

  it('forgets a watcher that leaves', async () => {
    const feed = new WeightSetFeed();
    feed.publish(set(1));
    const { signal } = new AbortController();
    for await (const change of feed.watch(signal)) {
      expect(change.block).toBe(1);
      expect(getEventListeners(signal, 'abort').length).toBe(1);
      break;
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    feed.publish(set(2));
    expect(feed.newest?.block).toBe(2);
  });
});
