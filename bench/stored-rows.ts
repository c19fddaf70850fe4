/** What the service has stored, read back as rows for `PlainInsert`, in the order in which they were written. */
import Database from 'better-sqlite3';
import {
  EXECUTOR_FIELDS,
  type PlainReport,
  PROFILE_FIELDS,
  REPORT_FIELDS,
  RESULT_FIELDS,
  type Row,
} from './plain-insert.ts';

/** Reports of one round, and the place from which the next one goes on. */
export interface StoredRows {
  readonly reports: readonly PlainReport[];
  readonly lastId: number;
}

type Keyed = [key: unknown, ...row: unknown[]];

/**
 * Reports behind an identifier. Profiles and executors are stored only as they are now, so each report gets its own times
 * and revision put in: writing a row that stands there already would cost less than the service paid.
 */
export function storedRows(file: string, afterId: number): StoredRows {
  const database = new Database(file, { readonly: true });
  try {
    const select = (columns: string, rest: string, ...parameters: number[]) =>
      database
        .prepare(`select ${columns} from ${rest}`)
        .raw()
        .all(...parameters) as Keyed[];
    const profiles = mapOf(select(`miner_uid, ${PROFILE_FIELDS.join()}`, 'miner_gpu_profiles'));
    const executors = mapOf(
      select(`miner_uid || ' ' || executor_id, ${EXECUTOR_FIELDS.join()}`, 'miner_executors'),
    );
    const results = resultsByReport(
      select(
        `verification_report_id, ${RESULT_FIELDS.join()}`,
        'miner_prover_results where verification_report_id > ? order by id',
        afterId,
      ),
    );
    const reports = select(
      `id, ${REPORT_FIELDS.join()}`,
      'verification_reports where id > ? order by id',
      afterId,
    );
    return {
      reports: reports.map(([id, ...report]) => {
        const own = results.get(id) ?? [];
        return plainReport({ id: Number(id), report, results: own }, { profiles, executors });
      }),
      lastId: Number(reports.at(-1)?.[0] ?? afterId),
    };
  } finally {
    database.close();
  }
}

interface Stored {
  readonly id: number;
  readonly report: Row;
  readonly results: readonly Row[];
}

interface Current {
  readonly profiles: ReadonlyMap<unknown, Row>;
  readonly executors: ReadonlyMap<unknown, Row>;
}

function plainReport({ id, report, results }: Stored, current: Current): PlainReport {
  const of = (column: string) => report[REPORT_FIELDS.indexOf(column)];
  const uid = of('miner_uid');
  const profile = current.profiles.get(uid) ?? [];
  const observed = of('observed_time');
  const received = of('received_time');
  return {
    report,
    results,
    profile: changed(PROFILE_FIELDS, profile, {
      revision: id,
      last_observed_time: observed,
      last_updated: received,
    }),
    executors: results.map((result) => {
      const executorId = result[RESULT_FIELDS.indexOf('executor_id')];
      const executor = current.executors.get(`${uid} ${executorId}`) ?? [];
      return changed(EXECUTOR_FIELDS, executor, { verified_time: observed });
    }),
  };
}

function changed(columns: readonly string[], row: Row, values: Record<string, unknown>): Row {
  return row.map((value, index) => values[columns[index] ?? ''] ?? value);
}

function mapOf(rows: readonly Keyed[]): ReadonlyMap<unknown, Row> {
  return new Map(rows.map(([key, ...row]) => [key, row]));
}

function resultsByReport(rows: readonly Keyed[]): ReadonlyMap<unknown, readonly Row[]> {
  const results = new Map<unknown, Row[]>();
  for (const [id, ...row] of rows) {
    const own = results.get(id);
    if (own === undefined) results.set(id, [row]);
    else own.push(row);
  }
  return results;
}
