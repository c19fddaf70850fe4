import { setImmediate } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import type { GetStatusResponse__Output } from '../../../src/grpc/generated/assay/v1/GetStatusResponse.ts';
import type { GrpcLimits } from '../../../src/grpc/limits.ts';
import { packages } from '../../../src/grpc/proto.ts';
import { answer, Collected, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture, reportMessage } from '../../support/grpc-fixture.ts';
import { settle } from '../../support/manual-clock.ts';

const { StreamReports, SubmitReports } = packages.assay.v1.VerificationService.service;
const NO_MESSAGE = Buffer.from([0xff, 0xff]);
const MESSAGE_BYTES = StreamReports.requestSerialize(message(1, 'a1')).length;

let fixture: GrpcFixture;

async function start(limits: Partial<GrpcLimits>): Promise<void> {
  fixture = await GrpcFixture.start(limits);
  fixture.intake.isHolding = true;
}

function message(sequence: number, id: string) {
  return { prover_id: 'prover-1', sequence, reports: [reportMessage({ report_id: id })] };
}

function submit(id: string) {
  const request = { prover_id: 'prover-1', reports: [reportMessage({ report_id: id })] };
  const { verification } = fixture.client();
  return (callback: Parameters<Parameters<typeof refusal>[0]>[0]) =>
    verification.SubmitReports(request, callback);
}

async function queuedBytes(): Promise<number> {
  const { operations } = fixture.client();
  const status = await answer<GetStatusResponse__Output>((callback) =>
    operations.GetStatus({}, callback),
  );
  return status.queued_bytes;
}

/** Decides the deliveries in order, each once it has come, and gives back the identifiers of their reports. */
async function decideAll(count: number): Promise<string[]> {
  for (let at = 0; at < count; at += 1) {
    (await fixture.intake.delivered(at + 1))[at]?.decide({ outcome: 'APPLIED' });
  }
  return fixture.intake.reportIds;
}

/** A client whose messages are the bytes that it is given. */
function rawClient(): Client {
  return new Client(fixture.server.address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
}

afterEach(() => fixture.close());

describe('the bytes of all streams', () => {
  it('hold back streams that want more, which go on when there is room, and lose nothing', async () => {
    await start({ queuedBytesMax: 2 * MESSAGE_BYTES });
    const [first, second] = [fixture.stream(), fixture.stream()];
    for (const at of [1, 2, 3]) first.call.write(message(at, `a${at}`));
    await fixture.intake.delivered(2);
    for (const at of [1, 2]) second.call.write(message(at, `b${at}`));
    await settle();
    expect(fixture.intake.reportIds).toEqual(['a1', 'a2']);
    expect(await queuedBytes()).toBe(2 * MESSAGE_BYTES);
    fixture.intake.deliveries[0]?.decide({ outcome: 'APPLIED' });
    await fixture.intake.delivered(3);
    await settle();
    expect(fixture.intake.reportIds).toHaveLength(3);
    expect((await decideAll(5)).toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
    await Promise.all([first.acknowledgedUpTo(3), second.acknowledgedUpTo(2)]);
    expect(first.outcomes).toEqual(['a1 APPLIED', 'a2 APPLIED', 'a3 APPLIED']);
    expect(second.outcomes).toEqual(['b1 APPLIED', 'b2 APPLIED']);
    expect(await queuedBytes()).toBe(0);
  });

  it('refuse a unary call and say when to come back', async () => {
    await start({ queuedBytesMax: MESSAGE_BYTES });
    const stream = fixture.stream();
    stream.call.write(message(1, 'a1'));
    await fixture.intake.delivered(1);
    expect(await refusal(submit('b1'))).toEqual({
      code: 'RESOURCE_EXHAUSTED',
      message: `messages of ${MESSAGE_BYTES} bytes wait already, the limit is ${MESSAGE_BYTES}`,
      reason: 'MAILBOX_FULL',
      domain: 'assay',
      metadata: {},
      retryAfterMs: 100,
    });
    await decideAll(1);
    await stream.acknowledgedUpTo(1);
    fixture.intake.isHolding = false;
    expect(await answer(submit('b1'))).toMatchObject({ results: [{ report_id: 'b1' }] });
    expect(fixture.intake.reportIds).toEqual(['a1', 'b1']);
    expect(await queuedBytes()).toBe(0);
  });

  it('take messages that are larger than all of them one at a time', async () => {
    await start({ queuedBytesMax: 1 });
    const stream = fixture.stream();
    for (const at of [1, 2]) stream.call.write(message(at, `a${at}`));
    await fixture.intake.delivered(1);
    await settle();
    expect(fixture.intake.reportIds).toEqual(['a1']);
    expect(await decideAll(2)).toEqual(['a1', 'a2']);
    await stream.acknowledgedUpTo(2);
  });

  it('are not waited for any more by a caller that is gone', async () => {
    await start({ queuedBytesMax: MESSAGE_BYTES });
    const [first, gone, last] = [fixture.stream(), fixture.stream(), fixture.stream()];
    first.call.write(message(1, 'a1'));
    await fixture.intake.delivered(1);
    gone.call.write(message(1, 'b1'));
    await settle();
    gone.call.cancel();
    await gone.ended;
    while (fixture.logger.about('report stream closed').length === 0) await setImmediate();
    last.call.write(message(1, 'c1'));
    expect(await decideAll(2)).toEqual(['a1', 'c1']);
    await last.acknowledgedUpTo(1);
  });

  it('are not waited for any more when the service drains', async () => {
    await start({ queuedBytesMax: MESSAGE_BYTES });
    const stream = fixture.stream();
    for (const at of [1, 2]) stream.call.write(message(at, `a${at}`));
    await fixture.intake.delivered(1);
    await settle();
    const drained = fixture.server.drain();
    await decideAll(1);
    expect(await stream.ended).toMatchObject({ code: 'UNAVAILABLE', reason: 'SHUTTING_DOWN' });
    await drained;
    expect(stream.acknowledged).toEqual([1]);
    expect(fixture.intake.reportIds).toEqual(['a1']);
  });

  it('come back when a message is refused as a whole', async () => {
    await start({ queuedBytesMax: MESSAGE_BYTES });
    const stream = fixture.stream();
    stream.call.write({ ...message(1, 'a1'), prover_id: '' });
    expect(await stream.ended).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await queuedBytes()).toBe(0);
  });
});

describe('bytes that are no message', () => {
  const invalid = {
    code: 'INVALID_ARGUMENT',
    message: '2 bytes are not a message of this method',
    reason: 'INVALID_ARGUMENT',
  };

  it('end a stream after what it took is acknowledged', async () => {
    await start({});
    const client = rawClient();
    const pass = (bytes: Buffer) => bytes;
    const call = client.makeBidiStreamRequest(
      StreamReports.path,
      pass,
      StreamReports.responseDeserialize,
    );
    const stream = new Collected(call);
    call.write(StreamReports.requestSerialize(message(1, 'a1')));
    call.write(NO_MESSAGE);
    await settle();
    await decideAll(1);
    expect(await stream.ended).toMatchObject(invalid);
    expect(stream.messages).toMatchObject([{ acknowledged_sequence: 1 }]);
    expect(await queuedBytes()).toBe(0);
    expect(fixture.bugs).toEqual([]);
    client.close();
  });

  it('are refused in a unary call', async () => {
    await start({});
    const client = rawClient();
    const { path, responseDeserialize } = SubmitReports;
    const pass = (bytes: Buffer) => bytes;
    const refused = refusal((callback) =>
      client.makeUnaryRequest(path, pass, responseDeserialize, NO_MESSAGE, callback),
    );
    expect(await refused).toMatchObject(invalid);
    expect(await queuedBytes()).toBe(0);
    client.close();
  });
});

describe('unary calls under way', () => {
  it('are turned away over the limit', async () => {
    await start({ unaryCallsMax: 1 });
    const first = answer(submit('a1'));
    await fixture.intake.delivered(1);
    expect(await refusal(submit('b1'))).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: '1 calls are open, the limit is 1',
      reason: 'TOO_MANY_CALLS',
      retryAfterMs: 1_000,
    });
    await decideAll(1);
    await first;
  });
});
