import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { AssayError } from '../../../src/domain/errors.ts';
import type { Report } from '../../../src/grpc/generated/assay/v1/Report.ts';
import type { GrpcLimits } from '../../../src/grpc/limits.ts';
import { AssertionError } from '../../../src/lib/assert.ts';
import { richError } from '../../support/grpc-client.ts';
import { GrpcFixture, reportMessage } from '../../support/grpc-fixture.ts';
import { settle } from '../../support/manual-clock.ts';

let fixture: GrpcFixture;

async function open(limits: Partial<GrpcLimits> = {}) {
  fixture = await GrpcFixture.start(limits);
  return fixture.stream();
}

function message(sequence: number, ...reports: Report[]) {
  return { prover_id: 'prover-1', sequence, reports };
}

function report(id: string): Report {
  return reportMessage({ report_id: id });
}

afterEach(() => fixture.close());

describe('a report stream', () => {
  it('acknowledges every message in order, with one result per report, and ends with the caller', async () => {
    const stream = await open();
    stream.call.write(message(1, report('a'), report('b')));
    stream.call.write(message(5, report('c')));
    stream.call.end();
    expect(await stream.ended).toMatchObject({ code: 'OK' });
    expect(stream.acknowledged.at(-1)).toBe(5);
    expect(stream.outcomes).toEqual(['a APPLIED', 'b APPLIED', 'c APPLIED']);
    expect(fixture.intake.deliveries[0]?.options).toMatchObject({ whenFull: 'wait' });
    expect(fixture.intake.deliveries[0]?.reports[0]).toMatchObject({
      proverId: 'prover-1',
      reportId: 'a',
      minerUid: 7,
    });
    expect(fixture.logger.about('report stream closed')).toEqual([
      { proverId: 'prover-1', messages: 2, status: 'OK' },
    ]);
  });

  it('acknowledges nothing until it is durable, whatever became durable before it', async () => {
    const stream = await open();
    fixture.intake.isHolding = true;
    for (const sequence of [1, 2, 3]) stream.call.write(message(sequence, report(`r${sequence}`)));
    const [first, second, third] = await fixture.intake.delivered(3);
    third?.decide({ outcome: 'APPLIED' });
    second?.decide({ outcome: 'DUPLICATE' });
    await settle();
    expect(stream.messages).toEqual([]);
    first?.decide({ outcome: 'STALE' });
    await stream.acknowledgedUpTo(3);
    expect(stream.acknowledged).toEqual([3]);
    expect(stream.outcomes).toEqual(['r1 STALE', 'r2 DUPLICATE', 'r3 APPLIED']);
  });

  it('refuses a bad report by itself and applies its neighbours', async () => {
    const stream = await open();
    const bad = reportMessage({
      report_id: 'bad',
      executors: [{ executor_id: 'x', hardware_score: Number.NaN }],
    });
    stream.call.write(message(1, report('a'), bad, report('b')));
    await stream.acknowledgedUpTo(1);
    expect(stream.outcomes).toEqual(['a APPLIED', 'bad REFUSED', 'b APPLIED']);
    expect(stream.messages[0]?.results[1]?.refusal).toEqual({
      reason: 'REFUSAL_REASON_MALFORMED_FIELD',
      field: 'executors[0].hardware_score',
      value: 'NaN',
      rule: 'is a number from 0 to 1',
    });
    expect(fixture.intake.reportIds).toEqual(['a', 'b']);
    expect(fixture.logger.about('report refused')).toHaveLength(1);
  });

  it('passes on why the intake refused a report', async () => {
    const stream = await open();
    const rule = 'is the hotkey registered at UID 7';
    fixture.intake.result = {
      outcome: 'REFUSED',
      refusal: { reason: 'HOTKEY_MISMATCH', field: 'miner_hotkey', value: '5F', rule },
    };
    stream.call.write(message(1, report('a')));
    await stream.acknowledgedUpTo(1);
    expect(stream.messages[0]?.results[0]).toMatchObject({
      outcome: 'REPORT_OUTCOME_REFUSED',
      refusal: {
        reason: 'REFUSAL_REASON_HOTKEY_MISMATCH',
        field: 'miner_hotkey',
        value: '5F',
        rule,
      },
    });
  });

  it('acknowledges empty messages and messages of which every report is refused', async () => {
    const stream = await open();
    stream.call.write(message(1));
    stream.call.write(message(2, reportMessage({ report_id: '' })));
    await stream.acknowledgedUpTo(2);
    expect(stream.outcomes).toEqual([' REFUSED']);
    expect(fixture.intake.deliveries).toEqual([]);
  });

  it('lets later messages leave the prover out or repeat it', async () => {
    const stream = await open();
    stream.call.write(message(1, report('a')));
    stream.call.write({ sequence: 2, reports: [report('b')] });
    stream.call.write(message(3, report('c')));
    await stream.acknowledgedUpTo(3);
    expect(fixture.intake.deliveries.map(({ reports }) => reports[0]?.proverId)).toEqual(
      Array(3).fill('prover-1'),
    );
  });

  it.each([
    ['no prover', { sequence: 1, reports: [] }, 'prover_id'],
    ['a malformed prover', { prover_id: 'a b', sequence: 1 }, 'prover_id'],
    ['sequence 0', { prover_id: 'p', sequence: 0 }, 'sequence'],
    ['a sequence above 2^53 - 1', { prover_id: 'p', sequence: '9007199254740993' }, 'sequence'],
  ])('ends at a first message with %s', async (_, first, field) => {
    const stream = await open();
    stream.call.write(first);
    expect(await stream.ended).toMatchObject({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_ARGUMENT',
      domain: 'assay',
      violations: [{ field }],
    });
  });

  it.each([
    ['another prover', { prover_id: 'prover-2', sequence: 2 }, 'prover_id'],
    ['the same sequence', { sequence: 1 }, 'sequence'],
    ['1,001 reports', { sequence: 2, reports: Array(1_001).fill({}) }, 'reports'],
  ])('acknowledges what it took before it ends at %s', async (_, second, field) => {
    const stream = await open();
    fixture.intake.isHolding = true;
    stream.call.write(message(1, report('a')));
    stream.call.write(second);
    const [delivery] = await fixture.intake.delivered(1);
    await settle();
    delivery?.decide({ outcome: 'APPLIED' });
    expect(await stream.ended).toMatchObject({ code: 'INVALID_ARGUMENT', violations: [{ field }] });
    expect(stream.acknowledged).toEqual([1]);
  });

  it('acknowledges what came before a failed delivery and nothing after it', async () => {
    const stream = await open();
    fixture.intake.isHolding = true;
    for (const sequence of [1, 2, 3]) stream.call.write(message(sequence, report(`r${sequence}`)));
    const [first, second, third] = await fixture.intake.delivered(3);
    first?.decide({ outcome: 'APPLIED' });
    third?.decide({ outcome: 'APPLIED' });
    second?.fail(new AssayError('store_unavailable', 'the disk is full', { retryAfterMs: 2_500 }));
    expect(await stream.ended).toEqual({
      code: 'UNAVAILABLE',
      message: 'the disk is full',
      reason: 'STORE_UNAVAILABLE',
      domain: 'assay',
      metadata: {},
      retryAfterMs: 2_500,
    });
    expect(stream.acknowledged).toEqual([1]);
    expect(fixture.bugs).toEqual([]);
  });

  it('begins no delivery after a failed one, also while earlier ones are under way', async () => {
    const stream = await open();
    fixture.intake.isHolding = true;
    for (const sequence of [1, 2]) stream.call.write(message(sequence, report(`r${sequence}`)));
    const [first, second] = await fixture.intake.delivered(2);
    second?.fail(new AssayError('mailbox_full', 'full'));
    stream.call.write(message(3, report('r3')));
    // Another stream passes the time: the third message has come long before its last round trip is over.
    const other = fixture.stream();
    for (let trip = 1; trip <= 50; trip += 1) {
      other.call.write(message(trip));
      await other.acknowledgedUpTo(trip);
    }
    first?.decide({ outcome: 'APPLIED' });
    expect(await stream.ended).toMatchObject({ reason: 'MAILBOX_FULL' });
    expect(stream.acknowledged).toEqual([1]);
    expect(fixture.intake.reportIds).toEqual(['r1', 'r2']);
  });

  it('begins no delivery that waited for its turn when one before it fails', async () => {
    const stream = await open({ messagesInFlightMax: 2 });
    fixture.intake.isHolding = true;
    for (const sequence of [1, 2, 3]) stream.call.write(message(sequence, report(`r${sequence}`)));
    const [first, second] = await fixture.intake.delivered(2);
    await settle();
    first?.decide({ outcome: 'APPLIED' });
    second?.fail(new AssayError('mailbox_full', 'full'));
    expect(await stream.ended).toMatchObject({ reason: 'MAILBOX_FULL' });
    expect(fixture.intake.reportIds).toEqual(['r1', 'r2']);
  });

  it('ends with INTERNAL without a word at a bug, and tells the process', async () => {
    const stream = await open();
    fixture.intake.isHolding = true;
    stream.call.write(message(1, report('a')));
    const [delivery] = await fixture.intake.delivered(1);
    delivery?.fail(new AssertionError('secret detail'));
    expect(await stream.ended).toEqual({ code: 'INTERNAL', message: 'internal error' });
    expect(fixture.bugs).toHaveLength(1);
    expect(fixture.logger.about('bug')).toHaveLength(1);
  });

  it('finishes what it took when the caller is gone, and ends the waiting for room', async () => {
    const stream = await open();
    fixture.intake.isHolding = true;
    stream.call.write(message(1, report('a')));
    const [delivery] = await fixture.intake.delivered(1);
    stream.call.cancel();
    expect(await stream.ended).toMatchObject({ code: 'CANCELLED' });
    const { signal } = delivery?.options ?? {};
    while (signal?.aborted === false) await setImmediate();
    expect(fixture.logger.about('report stream closed')).toEqual([]);
    delivery?.decide({ outcome: 'APPLIED' });
    await settle();
    expect(fixture.logger.about('report stream closed')).toEqual([
      { proverId: 'prover-1', messages: 1, status: 'CANCELLED' },
    ]);
  });

  it('ends at its deadline', async () => {
    fixture = await GrpcFixture.start();
    const call = fixture.client().verification.StreamReports({ deadline: Date.now() + 50 });
    const ended = new Promise<ReturnType<typeof richError>>((resolve) => {
      call.on('error', (error) => resolve(richError(error as never)));
    });
    call.write(message(1));
    call.on('data', () => undefined);
    expect(await ended).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('ends at a message over the limit and keeps serving others', async () => {
    const stream = await open({ messageBytesMax: 2_000 });
    stream.call.write(message(1, ...Array.from({ length: 50 }, (_, at) => report(`r${at}`))));
    expect(await stream.ended).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    const other = fixture.stream();
    other.call.write(message(1, report('a')));
    await other.acknowledgedUpTo(1);
    expect(other.outcomes).toEqual(['a APPLIED']);
  });

  it('has a bounded number of messages in flight', async () => {
    const stream = await open({ messagesInFlightMax: 3 });
    fixture.intake.isHolding = true;
    for (let sequence = 1; sequence <= 10; sequence += 1) {
      stream.call.write(message(sequence, report(`r${sequence}`)));
    }
    const deliveries = await fixture.intake.delivered(3);
    await settle();
    expect(deliveries).toHaveLength(3);
    deliveries[0]?.decide({ outcome: 'APPLIED' });
    await fixture.intake.delivered(4);
    await settle();
    expect(deliveries).toHaveLength(4);
    fixture.intake.isHolding = false;
    for (const delivery of [...deliveries]) delivery.decide({ outcome: 'APPLIED' });
    await stream.acknowledgedUpTo(10);
    expect(fixture.intake.reportIds).toHaveLength(10);
  });

  it('counts the bytes in flight, and takes one message whatever its size', async () => {
    const stream = await open({ bytesInFlightMax: 500 });
    fixture.intake.isHolding = true;
    const executors = Array.from({ length: 200 }, (_, at) => ({ executor_id: `e${at}` }));
    stream.call.write(message(1, reportMessage({ report_id: 'large', executors })));
    stream.call.write(message(2, report('small')));
    const [large] = await fixture.intake.delivered(1);
    await settle();
    expect(fixture.intake.reportIds).toEqual(['large']);
    large?.decide({ outcome: 'APPLIED' });
    await fixture.intake.delivered(2);
    expect(fixture.intake.reportIds).toEqual(['large', 'small']);
    for (const delivery of fixture.intake.deliveries) delivery.decide({ outcome: 'APPLIED' });
  });

  it('stops taking messages of a caller that does not read its acknowledgements', async () => {
    const stream = await open();
    const text = 'x'.repeat(200);
    fixture.intake.result = {
      outcome: 'REFUSED',
      refusal: { reason: 'HOTKEY_MISMATCH', field: text, value: text, rule: text },
    };
    stream.call.pause();
    const reports = Array.from({ length: 200 }, (_, at) => report(`r${at}`));
    for (let sequence = 1; sequence <= 300; sequence += 1) {
      stream.call.write(message(sequence, ...reports));
    }
    const other = fixture.stream();
    let seen = -1;
    for (let turn = 1; seen !== fixture.intake.deliveries.length; turn += 1) {
      seen = fixture.intake.deliveries.length;
      // Round trips on another connection pass the time: each gives the paused stream its turns.
      for (let trip = 1; trip <= 50; trip += 1) {
        other.call.write(message(turn * 100 + trip));
        await other.acknowledgedUpTo(turn * 100 + trip);
      }
    }
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(150);
    stream.call.resume();
    await stream.acknowledgedUpTo(300);
    expect(stream.outcomes).toHaveLength(300 * 200);
  });

  it('turns away streams over the limit and takes new ones when others have ended', async () => {
    const first = await open({ streamsMax: 2 });
    const second = fixture.stream();
    for (const stream of [first, second]) {
      stream.call.write(message(1));
      await stream.acknowledgedUpTo(1);
    }
    expect(await fixture.stream().ended).toEqual({
      code: 'RESOURCE_EXHAUSTED',
      message: '2 streams are open, the limit is 2',
      reason: 'TOO_MANY_STREAMS',
      domain: 'assay',
      metadata: {},
      retryAfterMs: 1_000,
    });
    first.call.end();
    await first.ended;
    await settle();
    const third = fixture.stream();
    third.call.write(message(1));
    await third.acknowledgedUpTo(1);
  });
});

describe('a report stream of a draining server', () => {
  it('finishes and acknowledges what was taken, then tells the caller to connect again', async () => {
    const stream = await open();
    fixture.intake.isHolding = true;
    stream.call.write(message(1, report('a')));
    stream.call.write(message(2, report('b')));
    const [first, second] = await fixture.intake.delivered(2);
    const drained = fixture.server.drain();
    await settle();
    stream.call.write(message(3, report('c')));
    second?.decide({ outcome: 'APPLIED' });
    first?.decide({ outcome: 'APPLIED' });
    expect(await stream.ended).toMatchObject({
      code: 'UNAVAILABLE',
      reason: 'SHUTTING_DOWN',
      retryAfterMs: 1_000,
    });
    await drained;
    expect(stream.acknowledged).toEqual([2]);
    expect(stream.outcomes).toEqual(['a APPLIED', 'b APPLIED']);
    expect(fixture.intake.reportIds).toEqual(['a', 'b']);
  });

  it('ends at once when it is idle', async () => {
    const stream = await open();
    stream.call.write(message(1));
    await stream.acknowledgedUpTo(1);
    await fixture.server.drain();
    expect(await stream.ended).toMatchObject({ code: 'UNAVAILABLE', reason: 'SHUTTING_DOWN' });
  });

  it('is cut off when the grace has passed', async () => {
    const stream = await open({ drainGraceMs: 5_000 });
    fixture.intake.isHolding = true;
    stream.call.write(message(1, report('a')));
    const [delivery] = await fixture.intake.delivered(1);
    const drained = fixture.server.drain();
    await settle();
    await fixture.clock.advance(5_000);
    await drained;
    expect(await stream.ended).not.toMatchObject({ code: 'OK' });
    expect(stream.messages).toEqual([]);
    delivery?.decide({ outcome: 'APPLIED' });
  });
});
