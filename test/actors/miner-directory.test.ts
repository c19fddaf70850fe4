import { describe, expect, it } from 'vitest';
import type { MinerDirectory } from '../../src/actors/miner-directory.ts';
import type { DeliveryOptions } from '../../src/actors/ports.ts';
import { Registrations } from '../../src/actors/registrations.ts';
import type { Metagraph, Registration } from '../../src/domain/metagraph.ts';
import { reportOf as of, shown, watched } from '../support/deliveries.ts';
import { IntakeFixture } from '../support/intake-fixture.ts';
import { settle } from '../support/manual-clock.ts';
import {
  SAMPLE_NOW_MS,
  sampleHotkey,
  sampleMetagraph,
  sampleRegistration,
  uid,
} from '../support/report-samples.ts';

const WAIT: DeliveryOptions = { whenFull: 'wait' };
const REFUSE: DeliveryOptions = { whenFull: 'refuse' };

describe('a delivery', () => {
  it('answers in its own order over several miners, with one commit per miner', async () => {
    const fixture = new IntakeFixture();
    const results = await fixture
      .directory()
      .deliver(
        [of(7, 2), of(8, 1), of(7, 1), of(6, 1, { hotkey: sampleHotkey(9) }), of(8, 1)],
        WAIT,
      );
    expect(shown(results)).toEqual(['APPLIED', 'APPLIED', 'STALE', 'REFUSED', 'DUPLICATE']);
    expect(fixture.journal.written.map(({ minerUid }) => minerUid)).toEqual([7, 8]);
  });

  it('tallies outcomes and carries the span of its stream to the commit', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory();
    const link = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    await directory.deliver([of(7, 1), of(8, 1)], { ...WAIT, link });
    await directory.deliver([of(7, 1)], WAIT);
    expect(directory.tallies).toEqual({ APPLIED: 2, DUPLICATE: 1, STALE: 0, REFUSED: 0 });
    expect(fixture.journal.written[0]?.links).toEqual([link]);
    expect(fixture.journal.written[0]?.reports[0]?.receivedAtMs).toBe(SAMPLE_NOW_MS);
  });

  it('of nothing gives nothing', async () => {
    expect(await new IntakeFixture().directory().deliver([], REFUSE)).toEqual([]);
  });

  it('needs a metagraph', async () => {
    const fixture = new IntakeFixture();
    fixture.loseMetagraph();
    const directory = fixture.directory();
    await expect(directory.deliver([of(7, 1)], WAIT)).rejects.toMatchObject({
      code: 'metagraph_unavailable',
    });
    expect(directory).toMatchObject({ activeActors: 0, queuedReports: 0 });
  });

  it('sees a newer metagraph at once', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory();
    expect(shown(await directory.deliver([of(9, 1)], WAIT))).toEqual(['REFUSED']);
    fixture.register(sampleRegistration({ uid: uid(9) }));
    expect(shown(await directory.deliver([of(9, 1)], WAIT))).toEqual(['APPLIED']);
  });

  it('fails at once when one miner fails, while the others are stored', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory();
    fixture.journal.hold();
    fixture.journal.failNext();
    const call = watched(directory.deliver([of(7, 1), of(8, 1)], WAIT));
    await settle();
    fixture.journal.completeNext();
    await settle();
    expect(call.state).toBe('store_unavailable');
    expect(directory.queuedReports).toBe(2);
    fixture.journal.release();
    await settle();
    expect(directory.queuedReports).toBe(0);
    const again = await directory.deliver([of(7, 1), of(8, 1)], WAIT);
    expect(shown(again)).toEqual(['APPLIED', 'DUPLICATE']);
  });
});

describe('a full mailbox', () => {
  async function filled() {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ mailboxReportsMax: 2, batchReportsMax: 10 });
    fixture.journal.hold();
    const taken = watched(directory.deliver([of(7, 1)], WAIT));
    await settle();
    const queued = watched(directory.deliver([of(7, 2), of(7, 3)], WAIT));
    await settle();
    return { fixture, directory, taken, queued };
  }

  it('refuses the unary caller, telling when to come again, and takes nothing of the call', async () => {
    const { fixture, directory } = await filled();
    await expect(directory.deliver([of(8, 1), of(7, 4)], REFUSE)).rejects.toMatchObject({
      code: 'mailbox_full',
      kind: 'exhausted',
      details: { retryAfterMs: 100 },
    });
    expect(directory).toMatchObject({ activeActors: 1, queuedReports: 3 });
    fixture.journal.release();
    await settle();
    expect(fixture.store.peek(uid(8))).toBeUndefined();
    expect(shown(await directory.deliver([of(8, 1), of(7, 4)], REFUSE))).toEqual([
      'APPLIED',
      'APPLIED',
    ]);
  });

  it('makes the stream wait', async () => {
    const { fixture, directory, taken, queued } = await filled();
    const waiting = watched(directory.deliver([of(7, 4)], WAIT));
    await settle();
    expect(waiting.state).toBeUndefined();
    fixture.journal.release();
    await settle();
    expect([taken.state, queued.state, waiting.state]).toEqual([
      'APPLIED',
      'APPLIED APPLIED',
      'APPLIED',
    ]);
    expect(fixture.store.peek(uid(7))?.verificationCount).toBe(4);
  });

  it('lets a waiting caller leave: what was not taken is not applied', async () => {
    const { fixture, directory } = await filled();
    const controller = new AbortController();
    const call = watched(
      directory.deliver([of(8, 1), of(7, 4)], { ...WAIT, signal: controller.signal }),
    );
    await settle();
    controller.abort(new Error('cancelled'));
    await settle();
    expect(call.state).toBe('Error: cancelled');
    fixture.journal.release();
    await settle();
    expect(directory.queuedReports).toBe(0);
    expect(fixture.store.peek(uid(7))?.verificationCount).toBe(3);
    expect(fixture.store.peek(uid(8))?.verificationCount).toBe(1);
  });

  it('still takes a call with more reports of one miner than a mailbox holds', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ mailboxReportsMax: 2, batchReportsMax: 1 });
    const reports = [1, 2, 3, 4, 5].map((number) => of(7, number));
    expect(shown(await directory.deliver(reports, REFUSE))).toEqual(Array(5).fill('APPLIED'));
  });

  it('keeps the order of overlapping calls', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ mailboxReportsMax: 1, batchReportsMax: 1 });
    const calls = [
      [of(7, 1), of(8, 1), of(7, 2)],
      [of(7, 3), of(7, 4)],
      [of(8, 2), of(7, 5)],
    ].map((reports) => directory.deliver(reports, WAIT));
    const results = (await Promise.all(calls)).flat();
    expect(shown(results)).toEqual(Array(7).fill('APPLIED'));
  });
});

describe('the limit on queued reports over all miners', () => {
  it('refuses or holds back the next call, in order', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ queuedReportsMax: 2 });
    fixture.journal.hold();
    void directory.deliver([of(6, 1), of(7, 1)], WAIT);
    const waiting = watched(directory.deliver([of(8, 1)], WAIT));
    await settle();
    expect(directory.queuedReports).toBe(2);
    await expect(directory.deliver([of(8, 2)], REFUSE)).rejects.toMatchObject({
      code: 'mailbox_full',
    });
    fixture.journal.release();
    await settle();
    expect(waiting.state).toBe('APPLIED');
    expect(directory.queuedReports).toBe(0);
  });

  it('lets a caller leave that waits for it', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ queuedReportsMax: 1 });
    fixture.journal.hold();
    void directory.deliver([of(6, 1)], WAIT);
    const controller = new AbortController();
    const call = directory.deliver([of(7, 1)], { ...WAIT, signal: controller.signal });
    controller.abort(new Error('cancelled'));
    await expect(call).rejects.toThrow('cancelled');
    fixture.journal.release();
    await settle();
    expect(directory.queuedReports).toBe(0);
  });

  it('takes a call larger than the limit when nothing else is queued', async () => {
    const directory = new IntakeFixture().directory({ queuedReportsMax: 1 });
    const results = await directory.deliver([of(6, 1), of(7, 1), of(8, 1)], WAIT);
    expect(shown(results)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
  });
});

describe('eviction', () => {
  it('takes the longest idle actor when another miner needs its place', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ actorsMax: 2 });
    await directory.deliver([of(6, 1)], WAIT);
    await directory.deliver([of(7, 1)], WAIT);
    await directory.deliver([of(6, 2)], WAIT);
    await directory.deliver([of(8, 1)], WAIT);
    expect(directory.activeActors).toBe(2);
    const loads = fixture.store.getCount;
    await directory.deliver([of(6, 3)], WAIT);
    expect(fixture.store.getCount).toBe(loads);
    await directory.deliver([of(7, 2)], WAIT);
    expect(fixture.store.getCount).toBe(loads + 1);
    expect(fixture.store.peek(uid(7))).toMatchObject({ revision: 2, verificationCount: 2 });
  });

  it('keeps no more idle actors than it may, and those that were busy last', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ idleActorsMax: 2 });
    fixture.journal.hold();
    const calls = [6, 7, 8].map((miner) => watched(directory.deliver([of(miner, 1)], WAIT)));
    await settle();
    expect(directory.activeActors).toBe(3);
    fixture.journal.release();
    await settle();
    expect(calls.map(({ state }) => state)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    expect(directory.activeActors).toBe(2);
    const loads = fixture.store.getCount;
    await directory.deliver([of(7, 2), of(8, 2)], WAIT);
    expect(fixture.store.getCount).toBe(loads);
    await directory.deliver([of(6, 2)], WAIT);
    expect(fixture.store.getCount).toBe(loads + 1);
    expect(fixture.store.peek(uid(6))).toMatchObject({ revision: 2, verificationCount: 2 });
  });

  it('is refused as too_many_miners when every actor is busy; the others of the call go on', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ actorsMax: 2 });
    fixture.journal.hold();
    const busy = watched(directory.deliver([of(6, 1)], WAIT));
    const call = watched(directory.deliver([of(7, 1), of(8, 1)], WAIT));
    await settle();
    expect(call.state).toBe('too_many_miners');
    fixture.journal.release();
    await settle();
    expect(busy.state).toBe('APPLIED');
    expect(shown(await directory.deliver([of(7, 1), of(8, 1)], WAIT))).toEqual([
      'DUPLICATE',
      'APPLIED',
    ]);
  });

  it('removes actors that were idle for the whole time, and only those', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ idleEvictMs: 1_000 });
    const controller = new AbortController();
    const running = directory.run(controller.signal);
    await directory.deliver([of(6, 1)], WAIT);
    await fixture.clock.advance(600);
    await directory.deliver([of(7, 1)], WAIT);
    await fixture.clock.advance(400);
    expect(directory.activeActors).toBe(1);
    await fixture.clock.advance(1_000);
    expect(directory.activeActors).toBe(0);
    controller.abort();
    await running;
    expect(fixture.clock.sleeperCount).toBe(0);
  });

  it('never takes an actor that waits for its commit', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ idleEvictMs: 1_000 });
    const controller = new AbortController();
    const running = directory.run(controller.signal);
    await directory.deliver([of(7, 1)], WAIT);
    fixture.journal.hold();
    const call = watched(directory.deliver([of(7, 2)], WAIT));
    await fixture.clock.advance(10_000);
    expect(directory.activeActors).toBe(1);
    fixture.journal.release();
    await settle();
    expect(call.state).toBe('APPLIED');
    controller.abort();
    await running;
  });

  it('does nothing when it is told to run after the end', async () => {
    const directory = new IntakeFixture().directory();
    await directory.run(AbortSignal.abort());
    expect(directory.activeActors).toBe(0);
  });
});

describe('draining', () => {
  function draining(directory: MinerDirectory): { isDone: boolean } {
    const seen = { isDone: false };
    void directory.drain().then(() => {
      seen.isDone = true;
    });
    return seen;
  }

  it('refuses new deliveries and finishes those that were taken or wait', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({
      mailboxReportsMax: 1,
      batchReportsMax: 1,
      queuedReportsMax: 3,
    });
    fixture.journal.hold();
    const taken = watched(directory.deliver([of(7, 1), of(7, 2), of(7, 3)], WAIT));
    const waiting = watched(directory.deliver([of(8, 1)], WAIT));
    await settle();
    const drain = draining(directory);
    await expect(directory.deliver([of(6, 1)], WAIT)).rejects.toMatchObject({
      code: 'shutting_down',
      details: { retryAfterMs: 1_000 },
    });
    await settle();
    expect(drain.isDone).toBe(false);
    fixture.journal.release();
    await settle();
    expect([taken.state, waiting.state]).toEqual(['APPLIED APPLIED APPLIED', 'APPLIED']);
    expect(drain.isDone).toBe(true);
    expect(fixture.journal.written).toHaveLength(4);
  });

  it('ends at once when there is nothing to finish, also the second time', async () => {
    const directory = new IntakeFixture().directory();
    await directory.drain();
    await directory.drain();
    expect(directory.queuedReports).toBe(0);
  });
});

describe('registrations', () => {
  it('are indexed once per list of neurons', () => {
    let indexCount = 0;
    const counted = (registration: Registration): Metagraph['neurons'] => {
      const { neurons } = sampleMetagraph([registration]);
      return Object.assign([...neurons], {
        [Symbol.iterator]() {
          indexCount += 1;
          return neurons.values();
        },
      });
    };
    let current: Metagraph = {
      ...sampleMetagraph([]),
      neurons: counted(sampleRegistration()),
    };
    const registrations = new Registrations({ current: () => current });
    expect(registrations.find(uid(7))).toMatchObject(sampleRegistration());
    expect(registrations.find(uid(8))).toBeUndefined();
    current = { ...current, block: current.block + 1 };
    expect(registrations.find(uid(7))).toMatchObject(sampleRegistration());
    expect(indexCount).toBe(1);
    current = { ...current, neurons: counted(sampleRegistration({ uid: uid(8) })) };
    expect(registrations.find(uid(7))).toBeUndefined();
    expect(registrations.find(uid(8))).toBeDefined();
    expect(indexCount).toBe(2);
  });
});
