import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import { GrpcServer } from '../../src/grpc/server.ts';
import { projectRoot } from '../../src/lib/project-root.ts';
import { answer, Collected, refusal } from '../support/grpc-client.ts';
import { GrpcFixture, reportMessage } from '../support/grpc-fixture.ts';
import { settle } from '../support/manual-clock.ts';

const run = promisify(execFile);
let fixture: GrpcFixture;

afterEach(() => fixture.close());

interface HealthAnswer {
  readonly status: string;
}

describe('health', () => {
  it('answers for the server and for each service, and not for others', async () => {
    fixture = await GrpcFixture.start();
    const { health } = fixture.client();
    for (const service of ['', 'assay.v1.VerificationService', 'assay.v1.OperationsService']) {
      const given = await answer<HealthAnswer>((callback) => health.Check({ service }, callback));
      expect(given.status).toBe('SERVING');
    }
    expect(await refusal((callback) => health.Check({ service: 'x' }, callback))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('tells watchers when the server drains, before it ends their watch', async () => {
    fixture = await GrpcFixture.start();
    const { health } = fixture.client();
    const known = new Collected<HealthAnswer>(health.Watch({ service: '' }));
    const unknown = new Collected<HealthAnswer>(health.Watch({ service: 'x' }));
    await Promise.all([known.count(1), unknown.count(1)]);
    await fixture.server.drain();
    expect(await known.ended).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await unknown.ended).toMatchObject({ code: 'UNAVAILABLE' });
    expect(known.messages.map(({ status }) => status)).toEqual(['SERVING', 'NOT_SERVING']);
    expect(unknown.messages.map(({ status }) => status)).toEqual(['SERVICE_UNKNOWN']);
  });

  it('can be asked while open calls keep the server from closing', async () => {
    fixture = await GrpcFixture.start();
    const client = fixture.client();
    fixture.intake.isHolding = true;
    const request = { prover_id: 'p', reports: [reportMessage()] };
    const open = answer((callback) => client.verification.SubmitReports(request, callback));
    const [delivery] = await fixture.intake.delivered(1);
    const drained = fixture.server.drain();
    const heard = await answer<HealthAnswer>((callback) => client.health.Check({}, callback));
    expect(heard.status).toBe('NOT_SERVING');
    delivery?.decide({ outcome: 'APPLIED' });
    await Promise.all([open, drained]);
  });
});

describe('reflection', () => {
  const buf = (...args: string[]) =>
    run(join(projectRoot(), 'node_modules/.bin/buf'), [
      'curl',
      '--http2-prior-knowledge',
      '--protocol',
      'grpc',
      ...args,
    ]);

  it.each(['grpc-v1', 'grpc-v1alpha'])('lets buf curl list every method (%s)', async (protocol) => {
    fixture = await GrpcFixture.start();
    const url = `http://${fixture.server.address}`;
    const { stdout } = await buf('--list-methods', '--reflect-protocol', protocol, url);
    const methods = stdout.trim().split('\n');
    expect(methods).toHaveLength(24);
    expect(methods).toContain('assay.v1.VerificationService/StreamReports');
    expect(methods).toContain('grpc.health.v1.Health/Watch');
  });

  it('lets buf curl call with messages that import others', async () => {
    fixture = await GrpcFixture.start();
    const url = `http://${fixture.server.address}/assay.v1.VerificationService/SubmitReports`;
    const report = {
      reportId: 'a',
      minerUid: 7,
      minerHotkey: reportMessage().miner_hotkey,
      observedTime: '2026-01-01T00:00:00Z',
      executors: [{ executorId: 'e', hardwareScore: 0 }],
    };
    const { stdout } = await buf('-d', JSON.stringify({ proverId: 'p', reports: [report] }), url);
    expect(JSON.parse(stdout)).toEqual({
      results: [{ reportId: 'a', outcome: 'REPORT_OUTCOME_APPLIED' }],
    });
    expect(fixture.intake.deliveries[0]?.reports[0]?.executors[0]?.hardwareScore).toBe(0);
  });

  it('answers what it does not know in the stream', async () => {
    fixture = await GrpcFixture.start();
    const call = fixture.client().reflection.ServerReflectionInfo();
    const answers = new Collected<{ message_response?: string }>(call);
    call.write({ file_containing_symbol: 'assay.v1.Report.report_id' });
    call.write({ file_by_filename: 'assay/v1/profile.proto' });
    call.write({ file_containing_symbol: 'assay.v1.Nothing' });
    call.write({ all_extension_numbers_of_type: 'assay.v1.Report' });
    await answers.count(4);
    expect(answers.messages.map(({ message_response }) => message_response)).toEqual([
      'file_descriptor_response',
      'file_descriptor_response',
      'error_response',
      'error_response',
    ]);
    await fixture.server.drain();
    expect(await answers.ended).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is not there when it is switched off', async () => {
    fixture = await GrpcFixture.start({}, { reflection: false });
    const call = fixture.client().reflection.ServerReflectionInfo();
    const answers = new Collected(call);
    call.write({ list_services: '' });
    expect(await answers.ended).toMatchObject({ code: 'UNIMPLEMENTED' });
  });
});

describe('a unary call', () => {
  const request = { prover_id: 'p', reports: [reportMessage()] };

  it('ends at its own deadline', async () => {
    fixture = await GrpcFixture.start();
    fixture.intake.isHolding = true;
    const { verification } = fixture.client();
    const options = { deadline: Date.now() + 50 };
    expect(
      await refusal((callback) => verification.SubmitReports(request, options, callback)),
    ).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('ends at the limit when it has no deadline, and a late bug is still told', async () => {
    fixture = await GrpcFixture.start({ unaryDeadlineMs: 1_000 });
    fixture.intake.isHolding = true;
    const { verification } = fixture.client();
    const refused = refusal((callback) => verification.SubmitReports(request, callback));
    const [delivery] = await fixture.intake.delivered(1);
    await fixture.clock.advance(1_000);
    expect(await refused).toEqual({
      code: 'DEADLINE_EXCEEDED',
      message: 'no answer within 1000 ms, the limit for a call without a deadline',
    });
    delivery?.fail(new Error('late'));
    await settle();
    expect(fixture.bugs).toHaveLength(1);
  });

  it('leaves no timer behind when it is answered', async () => {
    fixture = await GrpcFixture.start();
    const { verification } = fixture.client();
    await answer((callback) => verification.SubmitReports(request, callback));
    expect(fixture.clock.sleeperCount).toBe(0);
  });

  it('is turned away when too many are under way', async () => {
    fixture = await GrpcFixture.start({ unaryCallsMax: 1 });
    fixture.intake.isHolding = true;
    const { verification, health } = fixture.client();
    const open = answer((callback) => verification.SubmitReports(request, callback));
    const [delivery] = await fixture.intake.delivered(1);
    expect(await refusal((callback) => health.Check({}, callback))).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'TOO_MANY_CALLS',
      retryAfterMs: 1_000,
    });
    delivery?.decide({ outcome: 'APPLIED' });
    await open;
  });

  it('is refused, not lost, when its text cannot be a header', async () => {
    fixture = await GrpcFixture.start();
    const { profile } = fixture.client();
    const page_token = `${'x'.repeat(62)}\u{1F600}yy`;
    expect(
      await refusal((callback) => profile.ListProfiles({ page_token }, callback)),
    ).toMatchObject({ code: 'INVALID_ARGUMENT', violations: [{ field: 'page_token' }] });
  });
});

describe('a draining server', () => {
  it('finishes open calls, turns new ones away, and drains once', async () => {
    fixture = await GrpcFixture.start();
    const client = fixture.client();
    fixture.intake.isHolding = true;
    const request = { prover_id: 'p', reports: [reportMessage()] };
    const open = answer((callback) => client.verification.SubmitReports(request, callback));
    const [delivery] = await fixture.intake.delivered(1);
    const drained = fixture.server.drain();
    expect(fixture.server.drain()).toBe(drained);
    expect(
      await refusal((callback) => client.verification.SubmitReports(request, callback)),
    ).toMatchObject({ code: 'UNAVAILABLE', reason: 'SHUTTING_DOWN', retryAfterMs: 1_000 });
    expect(await fixture.stream().ended).toMatchObject({ reason: 'SHUTTING_DOWN' });
    expect(fixture.intake.deliveries).toHaveLength(1);
    delivery?.decide({ outcome: 'APPLIED' });
    expect(await open).toMatchObject({ results: [{ outcome: 'REPORT_OUTCOME_APPLIED' }] });
    await drained;
    expect(fixture.clock.sleeperCount).toBe(0);
  });
});

describe('a server', () => {
  it('says which address it cannot listen on', async () => {
    fixture = await GrpcFixture.start();
    const again = GrpcServer.start({
      listen: fixture.server.address,
      ports: await fixture.ports(),
      reflection: false,
      onBug: () => undefined,
    });
    await expect(again).rejects.toThrow(AssayError);
    await expect(again).rejects.toThrow(
      `server.listen: ${fixture.server.address} cannot be listened on: EADDRINUSE`,
    );
  });

  it('says why it cannot listen on what is no address', async () => {
    fixture = await GrpcFixture.start();
    const never = GrpcServer.start({
      listen: 'dns:///:::',
      ports: await fixture.ports(),
      reflection: false,
      onBug: () => undefined,
    });
    await expect(never).rejects.toThrow(/^server\.listen: dns:\/\/\/::: cannot be listened on: \w/);
  });
});
