import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/grpc/generated/assay/v1/Report.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { ProverClient, type ProverClientSetup } from '../../src/prover/prover-client.ts';
import { breakOff, type RecordedCall, RecordingService } from './recording-service.ts';

let service: RecordingService;
let stop: AbortController;
const running: Promise<void>[] = [];

beforeEach(async () => {
  service = await RecordingService.start();
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort(new Error('the test is over'));
  await Promise.allSettled(running.splice(0));
  service.stop();
});

/** Waits for nothing, and remembers what it was asked to wait. */
class EagerClock implements Clock {
  readonly waits: number[] = [];
  now = () => 0;
  monotonicMs = () => 0;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(ms);
    return new Promise((resolve, reject) => {
      setImmediate(() => (signal?.aborted ? reject(signal.reason) : resolve()));
    });
  }
}

function start(setup: Partial<ProverClientSetup> = {}) {
  const client = new ProverClient({
    address: service.address,
    proverId: 'prover-1',
    clock: new EagerClock(),
    reportsPerMessage: 4,
    windowMessages: 4,
    ...setup,
  });
  const run = client.run(stop.signal);
  run.catch(() => undefined);
  running.push(run);
  return { client, run };
}

function reports(count: number, prefix = 'r'): Report[] {
  return Array.from({ length: count }, (_, index) => ({
    report_id: `${prefix}-${index}`,
    miner_uid: index,
  }));
}

/** Resolves when the condition holds; the event loop turns in between. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a prover client', () => {
  it('sends every report once, in order, and counts the outcomes', async () => {
    const { client } = start();
    expect(await client.sendRound(reports(10))).toEqual({
      applied: 10,
      duplicate: 0,
      stale: 0,
      refused: 0,
    });
    expect(service.received.map(({ message }) => message.sequence)).toEqual([1, 2, 3]);
    expect(service.received.map(({ message }) => message.prover_id)).toEqual(
      Array(3).fill('prover-1'),
    );
    expect([...service.stored.keys()]).toEqual(reports(10).map(({ report_id }) => report_id));
    expect(await client.sendRound(reports(10))).toMatchObject({ applied: 0, duplicate: 10 });
    expect(service.received.at(-1)?.message.sequence).toBe(6);
    expect(service.streamCount).toBe(1);
    expect(client.unacknowledgedCount).toBe(0);
  });

  it('counts stale and refused reports, and an outcome that it does not know as refused', async () => {
    const outcomes = [
      'REPORT_OUTCOME_STALE',
      'REPORT_OUTCOME_REFUSED',
      'REPORT_OUTCOME_UNSPECIFIED',
    ] as const;
    service.answer = (call, { message }) =>
      call.write({
        acknowledged_sequence: message.sequence,
        results: outcomes.map((outcome) => ({ outcome })),
      });
    const { client } = start();
    expect(await client.sendRound(reports(3))).toEqual({
      applied: 0,
      duplicate: 0,
      stale: 1,
      refused: 2,
    });
  });

  it('has nothing to send in a round without reports', async () => {
    const { client } = start();
    expect(await client.sendRound([])).toMatchObject({ applied: 0 });
    expect(service.received).toEqual([]);
  });

  it('takes one acknowledgement for several messages', async () => {
    const held: Parameters<typeof service.store>[0][] = [];
    service.answer = (call, received) => {
      held.push(received);
      if (held.length < 3) return;
      const results = held.flatMap((each) => service.store(each));
      call.write({ acknowledged_sequence: received.message.sequence, results });
    };
    const { client } = start();
    expect(await client.sendRound(reports(12))).toMatchObject({ applied: 12 });
  });

  it('never has more messages under way than its window', async () => {
    const calls: RecordedCall[] = [];
    service.answer = (call) => calls.push(call);
    const { client } = start();
    const round = client.sendRound(reports(400));
    await until(() => service.received.length === 4);
    expect(client.unacknowledgedCount).toBe(4);
    let largest = 0;
    let acknowledged = 0;
    service.answer = (call, received) => {
      largest = Math.max(largest, received.message.sequence - acknowledged);
      service.acknowledge(call, received);
      acknowledged = received.message.sequence;
    };
    for (const received of [...service.received]) {
      acknowledged = received.message.sequence;
      service.acknowledge(calls[0] as RecordedCall, received);
    }
    expect(await round).toMatchObject({ applied: 400 });
    expect(largest).toBeLessThanOrEqual(4);
  });

  it('stops writing while the service does not read, and loses nothing', async () => {
    let paused: RecordedCall | undefined;
    service.answer = (call, received) => {
      service.acknowledge(call, received);
      if (paused !== undefined) return;
      paused = call;
      call.pause();
    };
    const { client } = start({ windowMessages: 200, reportsPerMessage: 1 });
    const big = reports(200).map((report) => ({ ...report, miner_hotkey: 'x'.repeat(20_000) }));
    const round = client.sendRound(big);
    const isAnswered = () => service.stored.size === 200 - client.unacknowledgedCount;
    await until(() => paused !== undefined && isAnswered());
    expect(client.unacknowledgedCount).toBeGreaterThan(100);
    paused?.resume();
    expect(await round).toMatchObject({ applied: 200 });
    expect(service.received.map(({ message }) => message.sequence)).toEqual(
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
  });
});

describe('when a stream breaks, a prover client', () => {
  it('connects again and sends what was not acknowledged, under the old numbers', async () => {
    service.answer = (call, received) => {
      if (received.stream === 1 && received.message.sequence > 2) breakOff(call);
      else service.acknowledge(call, received);
    };
    const clock = new EagerClock();
    const { client } = start({ clock });
    expect(await client.sendRound(reports(40))).toMatchObject({ applied: 40, duplicate: 0 });
    const second = service.received.filter(({ stream }) => stream === 2);
    expect(second.map(({ message }) => message.sequence)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(service.stored.size).toBe(40);
    expect(clock.waits).toHaveLength(1);
  });

  it('gets duplicates for what was stored without an acknowledgement, and counts nothing twice', async () => {
    service.answer = (call, received) => {
      if (received.stream > 1) return service.acknowledge(call, received);
      service.store(received);
      if (received.message.sequence === 3) breakOff(call);
    };
    const { client } = start();
    const tally = await client.sendRound(reports(16));
    expect(tally.applied + tally.duplicate).toBe(16);
    expect(tally.duplicate).toBeGreaterThanOrEqual(12);
    expect([...service.stored.values()]).toEqual(Array(16).fill(1));
  });

  it('survives many breaks at any place', async () => {
    let countdown = 3;
    service.answer = (call, received) => {
      countdown -= 1;
      if (countdown > 0) return service.acknowledge(call, received);
      countdown = 1 + (service.streamCount % 5);
      if (service.streamCount % 2 === 0) service.store(received);
      breakOff(call);
    };
    const { client } = start();
    const tally = await client.sendRound(reports(200));
    expect(tally.applied + tally.duplicate).toBe(200);
    expect([...service.stored.keys()].sort()).toEqual(
      reports(200)
        .map(({ report_id }) => String(report_id))
        .sort(),
    );
  });

  it('goes on after a stream that the service ended without an error', async () => {
    service.answer = (call, received) => {
      if (received.stream === 1) call.end();
      else service.acknowledge(call, received);
    };
    const { client } = start();
    expect(await client.sendRound(reports(4))).toMatchObject({ applied: 4 });
    expect(service.streamCount).toBe(2);
  });

  it('waits longer after each failure, up to five seconds, and tells of the first', async () => {
    service.answer = (call, received) => {
      if (received.stream <= 10) breakOff(call);
      else service.acknowledge(call, received);
    };
    const clock = new EagerClock();
    const breaks: string[] = [];
    const { client } = start({ clock, onBreak: (reason) => breaks.push(reason) });
    await client.sendRound(reports(1));
    expect(clock.waits).toHaveLength(10);
    for (const [index, wait] of clock.waits.entries()) {
      const most = Math.min(5_000, 100 * 2 ** (index + 1));
      expect(wait).toBeGreaterThanOrEqual(most / 2);
      expect(wait).toBeLessThanOrEqual(most);
    }
    expect(breaks).toEqual(['UNAVAILABLE: broken off']);
  });

  it('waits for a service that is not there yet', async () => {
    const { address } = service;
    service.stop();
    const breaks: string[] = [];
    const { client } = start({ address, onBreak: (reason) => breaks.push(reason) });
    const round = client.sendRound(reports(8));
    await until(() => breaks.length > 0);
    service = await RecordingService.start(Number(address.split(':')[1]));
    expect(await round).toMatchObject({ applied: 8 });
    expect(breaks[0]).toContain('UNAVAILABLE');
  });
});

describe('a prover client ends', () => {
  it('in good order when nothing waits', async () => {
    const { client, run } = start({ clock: systemClock });
    await client.sendRound(reports(4));
    stop.abort(new Error('stopped'));
    await run;
    expect(service.goodbyeCount).toBe(1);
    await expect(client.sendRound(reports(1))).rejects.toThrow('stopped');
  });

  it('at once when something waits, and the round says why', async () => {
    service.answer = () => undefined;
    const { client, run } = start();
    const round = client.sendRound(reports(400));
    await until(() => service.received.length === 4);
    stop.abort(new Error('stopped'));
    await expect(round).rejects.toThrow('stopped');
    await run;
    expect(client.unacknowledgedCount).toBe(0);
  });

  it('when the service does not let it go', async () => {
    const { client, run } = start();
    await client.sendRound(reports(1));
    service.isHoldingStreams = true;
    stop.abort(new Error('stopped'));
    await run;
  });

  it('while it waits to connect again', async () => {
    service.answer = (call) => breakOff(call);
    const { client, run } = start({ clock: systemClock });
    const round = client.sendRound(reports(1));
    await until(() => service.streamCount === 1);
    stop.abort(new Error('stopped'));
    await expect(round).rejects.toThrow('stopped');
    await run;
  });

  it('when its signal was aborted before it began', async () => {
    stop.abort(new Error('stopped'));
    const { client, run } = start();
    await run;
    await expect(client.sendRound(reports(1))).rejects.toThrow('stopped');
    expect(service.streamCount).toBe(0);
  });

  it.each(['INVALID_ARGUMENT', 'UNAUTHENTICATED', 'UNIMPLEMENTED'] as const)(
    'when the service refuses it for good with %s',
    async (code) => {
      service.answer = (call) => breakOff(call, status[code]);
      const { client, run } = start();
      const refusal = `the service refuses the stream of prover-1: ${code}: broken off`;
      await expect(client.sendRound(reports(1))).rejects.toThrow(refusal);
      await expect(run).rejects.toMatchObject({ code: 'invalid_argument' });
      expect(service.streamCount).toBe(1);
    },
  );

  it.each([
    { what: 'acknowledges what was never sent', sequence: 99, results: 0 },
    { what: 'gives too few results', sequence: 1, results: 3 },
    { what: 'gives too many results', sequence: 1, results: 5 },
  ])('when the service $what', async ({ sequence, results }) => {
    service.answer = (call) =>
      call.write({
        acknowledged_sequence: sequence,
        results: Array.from({ length: results }, () => ({ outcome: 'REPORT_OUTCOME_APPLIED' })),
      });
    const { client, run } = start();
    await expect(client.sendRound(reports(4))).rejects.toThrow('against the protocol');
    await expect(run).rejects.toThrow('against the protocol');
  });
});
