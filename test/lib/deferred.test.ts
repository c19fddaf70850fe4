import { describe, expect, it } from 'vitest';
import { deferred } from '../../src/lib/deferred.ts';

describe('deferred', () => {
  it('is settled by the first call, whichever it is', async () => {
    const resolved = deferred<number>();
    resolved.resolve(1);
    resolved.resolve(2);
    resolved.reject(new Error('too late'));
    expect(await resolved.promise).toBe(1);
    const rejected = deferred<number>();
    rejected.reject(new Error('first'));
    rejected.resolve(1);
    await expect(rejected.promise).rejects.toThrow('first');
  });
});
