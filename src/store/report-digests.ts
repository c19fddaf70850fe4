import { type Report, type ReportKey, reportKey } from '../domain/report.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

type NamedReport = Pick<Report, 'proverId' | 'reportId'>;

/** Reads the digests of stored reports, inside the caller's read or transaction. */
export class ReportDigests {
  readonly #select: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#select = prepare(database);
  }

  /** Of those that are stored. */
  of(reports: readonly NamedReport[]): ReadonlyMap<ReportKey, string> {
    const digests = new Map<ReportKey, string>();
    for (const report of reports) {
      const row = this.#select.get(report.proverId, report.reportId);
      if (row !== undefined) digests.set(reportKey(report), row.digest);
    }
    return digests;
  }
}

function prepare(database: SqliteDatabase) {
  return database.statement<[prover: string, report: string], { readonly digest: string }>(
    database
      .query('verification_reports')
      .select('digest')
      .where({ prover_id: 'prover_id', report_id: 'report_id' }),
    ['prover_id', 'report_id'],
  );
}
