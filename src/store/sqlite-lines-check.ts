/**
 * Whether the lines that an entry speaks of, its miners, pairs and weights, are those that its digests were taken of.
 * Nothing is calculated again, and lines are hashed as they are read.
 */
import type BetterSqlite3 from 'better-sqlite3';
import type { LedgerFinding } from '../domain/ledger/ledger-finding.ts';
import { pairLine, weightLine } from '../domain/ledger/pair-lines.ts';
import { LinesDigest } from '../lib/digest.ts';
import { unpackLines } from '../lib/packed-lines.ts';
import { damageOf } from './file-errors.ts';
import { PAIR_FIELDS, type PairRow, pairOf } from './history-rows.ts';
import { ledgerWeightsOf } from './ledger-rows.ts';
import { hasTable } from './sqlite-inspection.ts';
import { storedRow } from './stored-row.ts';

/** Which entry, and the document that it is. */
export interface EntryLines {
  readonly weight_submission_id: number;
  readonly document: Readonly<Record<string, unknown>>;
}

interface InputRow {
  readonly first_uid: number;
  readonly lines: Uint8Array;
}

interface VectorRow {
  readonly block: number;
  readonly weights_json: string;
}

const LINES_PER_HASH = 1_024;

export class SqliteLinesCheck {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(handle: BetterSqlite3.Database) {
    this.#statements = prepare(handle);
  }

  /** What is wrong with the lines of an entry. @throws AssayError `store_unavailable`. */
  findings({ weight_submission_id: id, document }: EntryLines): readonly LedgerFinding[] {
    const { metrics } = this.#statements;
    const parts = [
      ['input_digest', 'miners', () => this.#miners(metrics.get(id) ?? 0)],
      ['pairs_digest', 'pairs', () => this.#pairs(metrics.get(id) ?? 0)],
      ['weights_digest', 'weights', () => this.#weights(id)],
    ] as const;
    return parts.flatMap(([where, name, batches]) => {
      try {
        if (digestOf(batches()) === document[where]) return [];
        return [{ where, message: `the ${name} are not those of the entry` }];
      } catch (error) {
        return [{ where, message: `the ${name} cannot be read: ${damageOf(error)}` }];
      }
    });
  }

  *#miners(metricsId: number): Generator<readonly string[]> {
    for (const row of this.#statements.inputs.iterate(metricsId)) {
      const place = { table: 'ledger_inputs', key: `${metricsId}/${row.first_uid}` };
      yield storedRow(place, () => unpackLines(row.lines));
    }
  }

  *#pairs(metricsId: number): Generator<readonly string[]> {
    let isPending = false;
    for (const lines of this.#statements.pending.iterate(metricsId)) {
      isPending = true;
      yield storedRow({ table: 'pending_weight_history', key: metricsId }, () =>
        unpackLines(lines),
      );
    }
    if (isPending) return;
    let lines: string[] = [];
    for (const row of this.#statements.pairs.iterate(metricsId)) {
      lines.push(pairLine(pairOf(row)));
      if (lines.length < LINES_PER_HASH) continue;
      yield lines;
      lines = [];
    }
    yield lines;
  }

  *#weights(submissionId: number): Generator<readonly string[]> {
    const row = this.#statements.vector.get(submissionId);
    if (row !== undefined) yield ledgerWeightsOf(row).map(weightLine);
  }
}

function digestOf(batches: Iterable<readonly string[]>): string {
  const digest = new LinesDigest();
  for (const lines of batches) digest.add(lines);
  return digest.hex();
}

/** An older schema has no pending pairs. */
function pendingSql(handle: BetterSqlite3.Database): string {
  const ofMetrics = 'where emission_metrics_id = ? order by first_pair';
  return hasTable(handle, 'pending_weight_history')
    ? `select lines from pending_weight_history ${ofMetrics}`
    : "select '' where ? is null";
}

function prepare(handle: BetterSqlite3.Database) {
  return {
    metrics: handle
      .prepare<[submissionId: number], number>(
        'select id from emission_metrics where weight_submission_id = ?',
      )
      .pluck(),
    inputs: handle.prepare<[metricsId: number], InputRow>(
      'select first_uid, lines from ledger_inputs where emission_metrics_id = ? order by first_uid',
    ),
    pending: handle.prepare<[metricsId: number], Buffer>(pendingSql(handle)).pluck(),
    pairs: handle
      .prepare<[metricsId: number], PairRow>(
        `select ${PAIR_FIELDS.join(', ')} from weight_allocation_history
         where emission_metrics_id = ? order by id desc`,
      )
      .raw(),
    vector: handle.prepare<[submissionId: number], VectorRow>(
      'select block, weights_json from weight_submissions where id = ?',
    ),
  };
}
