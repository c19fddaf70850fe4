import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mailbox } from '../../src/lib/mailbox.ts';
import { settle } from '../support/manual-clock.ts';

describe('a mailbox', () => {
  it('gives items back in the order in which they came', () => {
    const mailbox = new Mailbox<number>(4);
    for (const item of [1, 2, 3]) expect(mailbox.offer(item)).toBe('accepted');
    expect(mailbox.size).toBe(3);
    expect(mailbox.drain(2)).toEqual([1, 2]);
    expect(mailbox.drain(2)).toEqual([3]);
    expect(mailbox.drain(2)).toEqual([]);
  });

  it('says that it is full and takes nothing more', () => {
    const mailbox = new Mailbox<number>(1);
    expect(mailbox.offer(1)).toBe('accepted');
    expect(mailbox.offer(2)).toBe('full');
    expect(mailbox.drain(9)).toEqual([1]);
    expect(mailbox.offer(3)).toBe('accepted');
  });

  it('refuses a capacity and a drain below one', () => {
    expect(() => new Mailbox(0)).toThrow('capacity');
    expect(() => new Mailbox(1.5)).toThrow('capacity');
    expect(() => new Mailbox(1).drain(0)).toThrow('at least 1');
  });

  it('lets those in line move up in turn as a drain makes room', async () => {
    const mailbox = new Mailbox<string>(2);
    const admitted: string[] = [];
    for (const item of ['a', 'b', 'c', 'd', 'e']) {
      void mailbox.put(item).then(() => admitted.push(item));
    }
    await settle();
    expect(admitted).toEqual(['a', 'b']);
    expect(mailbox.drain(1)).toEqual(['a']);
    expect(mailbox.offer('barger')).toBe('full');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c']);
    expect(mailbox.drain(9)).toEqual(['b', 'c']);
    expect(mailbox.drain(9)).toEqual(['d', 'e']);
  });

  it('forgets the item of a waiter that gives up', async () => {
    const mailbox = new Mailbox<string>(1);
    const controller = new AbortController();
    await mailbox.put('a');
    const gone = mailbox.put('gone', controller.signal);
    const stays = mailbox.put('stays');
    controller.abort(new Error('went away'));
    await expect(gone).rejects.toThrow('went away');
    expect(mailbox.drain(9)).toEqual(['a']);
    await stays;
    expect(mailbox.drain(9)).toEqual(['stays']);
  });

  it('refuses a waiter whose signal is aborted already, even when there is room', async () => {
    const mailbox = new Mailbox<string>(1);
    await expect(mailbox.put('a', AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(mailbox.size).toBe(0);
  });

  it('keeps an item that was admitted before its signal aborts', async () => {
    const mailbox = new Mailbox<string>(1);
    const controller = new AbortController();
    await mailbox.put('a');
    const admitted = mailbox.put('b', controller.signal);
    mailbox.drain(1);
    controller.abort();
    await admitted;
    expect(mailbox.drain(1)).toEqual(['b']);
  });

  it('keeps the order and the bound for every sequence of puts, drains and departures', async () => {
    const step = fc.oneof(
      fc.constant({ kind: 'put' as const }),
      fc.record({ kind: fc.constant('drain' as const), max: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('leave' as const), at: fc.nat(20) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step), async (capacity, steps) => {
        const mailbox = new Mailbox<number>(capacity);
        const controllers: AbortController[] = [];
        const model: number[] = [];
        const drained: number[] = [];
        const expected: number[] = [];
        for (const one of steps) {
          if (one.kind === 'put') {
            const controller = new AbortController();
            model.push(controllers.length);
            mailbox.put(controllers.length, controller.signal).catch(() => undefined);
            controllers.push(controller);
          } else if (one.kind === 'drain') {
            drained.push(...mailbox.drain(one.max));
            expected.push(...model.splice(0, Math.min(one.max, capacity)));
          } else {
            controllers[one.at]?.abort();
            const place = model.indexOf(one.at);
            if (place >= capacity) model.splice(place, 1);
          }
          expect(mailbox.size).toBe(Math.min(model.length, capacity));
        }
        expect(drained).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
