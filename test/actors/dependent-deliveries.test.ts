import { describe, expect, it } from 'vitest';
import type { DeliveryOptions } from '../../src/actors/ports.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { reportId } from '../../src/domain/ids.ts';
import type { Report, ReportResult } from '../../src/domain/report.ts';
import { IntakeFixture } from '../support/intake-fixture.ts';
import { settle } from '../support/manual-clock.ts';
import { SAMPLE_NOW_MS, sampleReport, uid } from '../support/report-samples.ts';

const WAIT: DeliveryOptions = { whenFull: 'wait' };

/** Report `number` of a miner; higher numbers are newer. */
function of(miner: number, number: number): Report {
  return sampleReport({
    minerUid: uid(miner),
    reportId: reportId(`${miner}-${number}`),
    observedAtMs: SAMPLE_NOW_MS + number,
  });
}

function shown(results: readonly ReportResult[]): string[] {
  return results.map(({ outcome }) => outcome);
}

/** What became of a call, `undefined` while it goes on. */
function watched(call: Promise<readonly ReportResult[]>): { state: string | undefined } {
  const seen: { state: string | undefined } = { state: undefined };
  call.then(
    (results) => {
      seen.state = shown(results).join(' ');
    },
    (error: unknown) => {
      seen.state = error instanceof AssayError ? error.code : String(error);
    },
  );
  return seen;
}

describe('calls that depend on each other', () => {
  it('end together when one fails, so that a later report is never applied before an earlier one', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ queuedReportsMax: 1 });
    const failed = new AbortController();
    fixture.journal.failNext();
    const first = watched(directory.deliver([of(7, 1)], { ...WAIT, failed }));
    const second = watched(directory.deliver([of(7, 2)], { ...WAIT, failed }));
    await settle();
    expect([first.state, second.state]).toEqual(['store_unavailable', 'store_unavailable']);
    const again = { ...WAIT, failed: new AbortController() };
    expect(shown(await directory.deliver([of(7, 1)], again))).toEqual(['APPLIED']);
    expect(shown(await directory.deliver([of(7, 2)], again))).toEqual(['APPLIED']);
    expect(directory.queuedReports).toBe(0);
  });

  it('do not end with the calls of another caller', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ queuedReportsMax: 1 });
    fixture.journal.failNext();
    const first = watched(
      directory.deliver([of(7, 1)], { ...WAIT, failed: new AbortController() }),
    );
    const other = watched(
      directory.deliver([of(8, 1)], { ...WAIT, failed: new AbortController() }),
    );
    await settle();
    expect([first.state, other.state]).toEqual(['store_unavailable', 'APPLIED']);
  });
});
