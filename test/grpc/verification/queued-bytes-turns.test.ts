import { describe, expect, it } from 'vitest';
import { QueuedBytes } from '../../../src/grpc/verification/queued-bytes.ts';

describe('a turn of the event loop', () => {
  const message = Buffer.alloc(10_240);
  const live = new AbortController().signal;

  it('takes in two messages of 10 KiB, and the next ones come in the next', async () => {
    const queued = new QueuedBytes(1_048_576);
    const order: string[] = [];
    const entered = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      queued.enter(message, live).then((leave) => {
        order.push(name);
        return leave;
      }),
    );
    await settleMicrotasks();
    expect(order).toEqual(['a', 'b']);
    await Promise.all(entered);
    expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const leave of await Promise.all(entered)) leave();
    expect(queued.count).toBe(0);
  });

  it('takes nothing from a message whose caller goes meanwhile: it leaves as it came', async () => {
    const queued = new QueuedBytes(1_048_576);
    const caller = new AbortController();
    const entered = [live, live, caller.signal].map((signal) => queued.enter(message, signal));
    await settleMicrotasks();
    caller.abort();
    for (const leave of await Promise.all(entered)) leave();
    expect(queued.count).toBe(0);
  });
});

/** Everything that can go on without another turn of the event loop has gone on. */
async function settleMicrotasks(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
}
