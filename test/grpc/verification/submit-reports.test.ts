import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AssayError } from '../../../src/domain/errors.ts';
import { answer, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture, reportMessage } from '../../support/grpc-fixture.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeAll(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
beforeEach(() => {
  fixture.intake.deliveries.length = 0;
  fixture.intake.isHolding = false;
});
afterAll(() => fixture.close());

describe('SubmitReports', () => {
  it('answers with one result for each report, in order', async () => {
    const reports = [
      reportMessage({ report_id: 'a' }),
      reportMessage({ report_id: 'b', executors: [] }),
      reportMessage({ report_id: 'c' }),
    ];
    const { results } = await answer<{ results: unknown[] }>((callback) =>
      client.verification.SubmitReports({ prover_id: 'p', reports }, callback),
    );
    expect(results).toMatchObject([
      { report_id: 'a', outcome: 'REPORT_OUTCOME_APPLIED', refusal: null },
      { report_id: 'b', outcome: 'REPORT_OUTCOME_REFUSED', refusal: { field: 'executors' } },
      { report_id: 'c', outcome: 'REPORT_OUTCOME_APPLIED', refusal: null },
    ]);
    expect(fixture.intake.deliveries[0]?.options.whenFull).toBe('refuse');
  });

  it('does not bother the intake when every report is refused', async () => {
    const reports = [reportMessage({ report_id: '' })];
    await answer((callback) =>
      client.verification.SubmitReports({ prover_id: 'p', reports }, callback),
    );
    expect(fixture.intake.deliveries).toEqual([]);
  });

  it.each([
    ['without a prover', { reports: [reportMessage()] }, 'prover_id'],
    ['without reports', { prover_id: 'p' }, 'reports'],
    ['with 1,001 reports', { prover_id: 'p', reports: Array(1_001).fill({}) }, 'reports'],
  ])('refuses a batch %s', async (_, request, field) => {
    expect(
      await refusal((callback) => client.verification.SubmitReports(request, callback)),
    ).toMatchObject({ code: 'INVALID_ARGUMENT', violations: [{ field }] });
  });

  it('tells a caller that is too fast when to come back', async () => {
    fixture.intake.isHolding = true;
    const refused = refusal((callback) =>
      client.verification.SubmitReports({ prover_id: 'p', reports: [reportMessage()] }, callback),
    );
    const [delivery] = await fixture.intake.delivered(1);
    delivery?.fail(new AssayError('mailbox_full', 'full', { retryAfterMs: 100 }));
    expect(await refused).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'MAILBOX_FULL',
      retryAfterMs: 100,
    });
  });
});
