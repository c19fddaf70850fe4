/**
 * Pairs of large decisions whose rows of the history are still to be written. Until the last of them is, the pairs of such a
 * decision are read here, whole, and its rows are left alone.
 */
import type { LedgerPair } from '../domain/ledger/ledger-entry.ts';
import { pairOfLine } from '../domain/ledger/pair-lines.ts';
import type { ExclusionReason } from '../domain/population.ts';
import { unpackLines } from '../lib/packed-lines.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { storedRow } from './stored-row.ts';
import { SUBNET_KEY, type Subnet } from './subnet-key.ts';

/** Neighbouring pairs of one category; see `PairChunk`. */
export interface PendingRow {
  readonly emission_metrics_id: number;
  readonly first_pair: number;
  /** Of the whole decision. */
  readonly pair_count: number;
  readonly gpu_category: string;
  readonly line_count: number;
  readonly first_uid: number;
  readonly last_uid: number;
  readonly lines: Uint8Array;
}

/** What a chunk is read from. */
export const PENDING_FIELDS = [
  'emission_metrics_id',
  'first_pair',
  'pair_count',
  'gpu_category',
  'line_count',
  'first_uid',
  'last_uid',
  'lines',
] as const satisfies readonly (keyof PendingRow)[];

/** See the top of this file; every call belongs in a read transaction. */
export class PendingPairs {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#statements = prepare(database);
  }

  /** Whether the rows of a decision are not all written. */
  has(metricsId: number): boolean {
    return this.#statements.first.get(metricsId, 1) !== undefined;
  }

  /** Of a decision, in its order; none when its rows are all written. */
  chunks(metricsId: number): readonly PendingRow[] {
    return this.#statements.all.all(metricsId);
  }

  /** The pairs of one miner. @throws AssayError `store_unusable`. */
  ofMiner(metricsId: number, uid: number): readonly LedgerPair[] {
    return this.#statements.ofUid
      .all(metricsId, uid, uid)
      .flatMap((row) => pairsOf(row, (line) => line.startsWith(`[${uid},`)));
  }

  /** The pairs of a category that are left out for one reason. @throws AssayError `store_unusable`. */
  leftOut(metricsId: number, category: string, reason: ExclusionReason): readonly LedgerPair[] {
    return this.#statements.ofCategory
      .all(metricsId, category)
      .flatMap((row) => pairsOf(row, (line) => line.includes(`"${reason}"`)));
  }

  /** The blocks of a subnet whose rows are not all written, rising. */
  blocks(subnet: Subnet): readonly number[] {
    const found = new Set(this.#statements.blocks.all(...subnet).map(({ block }) => block));
    return [...found].sort((a, b) => a - b);
  }
}

/** The pairs of a chunk. @throws AssayError `store_unusable` when it is damaged. */
export function pairsOf(
  row: PendingRow,
  isWanted: (line: string) => boolean = () => true,
): readonly LedgerPair[] {
  return stored(row, () => linesOf(row).filter(isWanted).map(pairOfLine));
}

function linesOf({ lines: packed, line_count: count }: PendingRow): readonly string[] {
  const lines = unpackLines(packed);
  if (lines.length !== count) throw new Error(`it has ${lines.length} lines, not ${count}`);
  return lines;
}

function stored<T>(row: PendingRow, read: () => T): T {
  const key = `${row.emission_metrics_id}/${row.first_pair}`;
  return storedRow({ table: 'pending_weight_history', key }, read);
}

function prepare(database: SqliteDatabase) {
  const chunks = () =>
    database
      .query('pending_weight_history')
      .select(...PENDING_FIELDS)
      .where(named(['emission_metrics_id']))
      .orderBy('first_pair');
  return {
    first: database.statement<[metricsId: number, limit: number], { first_pair: number }>(
      database
        .query('pending_weight_history')
        .select('first_pair')
        .where(named(['emission_metrics_id']))
        .limit(1),
      ['emission_metrics_id', 'limit'],
    ),
    all: database.statement<[metricsId: number], PendingRow>(chunks(), ['emission_metrics_id']),
    ofUid: database.statement<[metricsId: number, uid: number, sameUid: number], PendingRow>(
      chunks().where('first_uid', '<=', 'uid').where('last_uid', '>=', 'uid'),
      ['emission_metrics_id', 'uid', 'uid'],
    ),
    ofCategory: database.statement<[metricsId: number, category: string], PendingRow>(
      chunks().where(named(['gpu_category'])),
      ['emission_metrics_id', 'gpu_category'],
    ),
    /** Of each chunk; joined in this order, because the first table is nearly always empty. */
    blocks: database.statement<Subnet, { block: number }>(
      database
        .query('pending_weight_history as p')
        .crossJoin('emission_metrics as m', 'm.id', 'p.emission_metrics_id')
        .crossJoin('weight_submissions as s', 's.id', 'm.weight_submission_id')
        .select('s.block')
        .whereRaw('p.emission_metrics_id > 0')
        .where({ 's.netuid': 'netuid', 's.mecid': 'mecid' }),
      SUBNET_KEY,
    ),
  };
}
