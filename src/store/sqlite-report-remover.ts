import type { VerificationReportRemover } from '../actors/record-ports.ts';
import { removeWithChildren } from './bounded-removal.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { timeText } from './time-text.ts';

interface OldReport {
  readonly id: number;
}

const ROWS_PER_STEP_MAX = 1_000;

/** Deletes reports; their results go with them. */
export class SqliteReportRemover implements VerificationReportRemover {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** Fewer than `limit` when they have many results. */
  async deleteReceivedBefore(receivedBeforeMs: number, limit: number): Promise<number> {
    const before = timeText(Math.max(0, receivedBeforeMs));
    return this.#database.transaction(() =>
      removeWithChildren(this.#statements.oldest.all(before, limit), {
        rowsMax: ROWS_PER_STEP_MAX,
        childrenOf: ({ id }) => this.#statements.results.get(id)?.count ?? 0,
        remove: ({ id }) => this.#statements.delete.run(id),
      }),
    );
  }
}

function prepare(database: SqliteDatabase) {
  const { query } = database;
  return {
    oldest: database.statement<[before: string, limit: number], OldReport>(
      query('verification_reports')
        .select('id')
        .where('received_time', '<', 'received_time')
        .orderBy(['received_time', 'id'])
        .limit(1),
      ['received_time', 'limit'],
    ),
    results: database.statement<[reportId: number], { count: number }>(
      query('miner_prover_results')
        .count({ count: '*' })
        .where({ verification_report_id: 'verification_report_id' }),
      ['verification_report_id'],
    ),
    delete: database.statement<[id: number]>(
      query('verification_reports').where({ id: 'id' }).delete(),
      ['id'],
    ),
  };
}
