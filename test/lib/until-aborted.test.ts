import { describe, expect, it } from 'vitest';
import { deferred } from '../../src/lib/deferred.ts';
import { aborted, untilAborted } from '../../src/lib/until-aborted.ts';

const REASON = new Error('stop');

describe('a promise until a signal aborts', () => {
  it('gives its value, and rejects with its reason', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(untilAborted(Promise.reject(REASON), signal)).rejects.toBe(REASON);
  });

  it('rejects with the reason of the signal, whatever comes of it later', async () => {
    const stop = new AbortController();
    const late = deferred<number>();
    const waiting = untilAborted(late.promise, stop.signal);
    stop.abort(REASON);
    late.reject(new Error('late'));
    await expect(waiting).rejects.toBe(REASON);
  });

  it('is not waited for when the signal has aborted already', async () => {
    const never = new Promise(() => undefined);
    await expect(untilAborted(never, AbortSignal.abort(REASON))).rejects.toBe(REASON);
  });
});

describe('the abort of a signal', () => {
  it('is waited for, or is there already', async () => {
    const stop = new AbortController();
    let isAborted = false;
    const waiting = aborted(stop.signal).then(() => {
      isAborted = true;
    });
    await Promise.resolve();
    expect(isAborted).toBe(false);
    stop.abort();
    await waiting;
    await aborted(stop.signal);
    expect(isAborted).toBe(true);
  });
});
