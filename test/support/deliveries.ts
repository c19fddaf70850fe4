import { AssayError } from '../../src/domain/errors.ts';
import { reportId } from '../../src/domain/ids.ts';
import type { Report, ReportResult } from '../../src/domain/report.ts';
import { SAMPLE_NOW_MS, sampleReport, uid } from './report-samples.ts';

/** Report `number` of a miner; higher numbers are newer. */
export function reportOf(miner: number, number: number, fields: Partial<Report> = {}): Report {
  return sampleReport({
    minerUid: uid(miner),
    reportId: reportId(`${miner}-${number}`),
    observedAtMs: SAMPLE_NOW_MS + number,
    ...fields,
  });
}

/** The outcomes of a delivery. */
export function shown(results: readonly ReportResult[]): string[] {
  return results.map(({ outcome }) => outcome);
}

/** What became of a call, `undefined` while it goes on. */
export function watched(call: Promise<readonly ReportResult[]>): { state: string | undefined } {
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
