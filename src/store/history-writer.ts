/**
 * Writes the rows of the history that large decisions have left pending, a chunk of pairs in each transaction: from the last
 * pair to the first, so that the newest row says how far it has come, also after a crash. With the last row goes what was
 * pending.
 */
import { AssayError } from '../domain/errors.ts';
import type { Hotkey, MinerUid } from '../domain/ids.ts';
import type { LedgerPair } from '../domain/ledger/ledger-entry.ts';
import { HistoryInserts } from './history-inserts.ts';
import type { HistoryDecision } from './history-rows.ts';
import { hotkeysOf, type InputRow } from './ledger-rows.ts';
import { PENDING_FIELDS, type PendingRow, pairsOf } from './pending-pairs.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { storedRow } from './stored-row.ts';
import { categoriesOf } from './weight-history-rows.ts';

interface MetricsRow {
  readonly id: number;
  readonly timestamp: string;
  readonly weight_set_block: number;
  readonly category_distributions_json: string;
}

interface PairKey {
  readonly gpu_category: string;
  readonly miner_uid: number;
}

/** Decisions that are passed over; one more holds up those behind it. */
const DAMAGED_MAX = 1_000;

/** See the top of this file. */
export class HistoryWriter {
  readonly #database: SqliteDatabase;
  readonly #inserts: HistoryInserts;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #damaged = new Set<number>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#inserts = new HistoryInserts(database);
    this.#statements = prepare(database);
  }

  /**
   * Writes the next rows, those of the oldest decision first. One that turns out to be damaged is told once, and passed over
   * until the next start: time does not mend it, and those behind it are sound.
   *
   * @returns how many; 0 when none is pending.
   * @throws AssayError `store_unavailable`, `store_unusable`.
   */
  writeNext(): number {
    if (this.#database.read(() => this.#next()) === undefined) return 0;
    return this.#database.transaction(() => {
      // Looked up again: another process may have written the rest of that one meanwhile.
      const metrics = this.#next();
      return metrics === undefined ? 0 : this.#writeOrNote(metrics);
    });
  }

  #writeOrNote(metrics: MetricsRow): number {
    try {
      return this.#writeNextOf(metrics);
    } catch (error) {
      const isDamaged = error instanceof AssayError && error.code === 'store_unusable';
      if (isDamaged && this.#damaged.size < DAMAGED_MAX) this.#damaged.add(metrics.id);
      throw error;
    }
  }

  /** Of the oldest decision with pending rows that is not known to be damaged. */
  #next(): MetricsRow | undefined {
    const oldest = this.#statements.oldest.all(this.#damaged.size + 1);
    return oldest.find(({ id }) => !this.#damaged.has(id));
  }

  #writeNextOf(metrics: MetricsRow): number {
    const chunk = this.#nextChunk(metrics);
    const hotkeyAt = this.#hotkeysOf(chunk);
    const pairs = pairsOf(chunk).map((pair) => ({ pair, hotkey: hotkeyIn(hotkeyAt, pair) }));
    this.#inserts.insert(decisionOf(metrics), pairs);
    if (chunk.first_pair === 0) this.#statements.deletePending.run(metrics.id);
    return pairs.length;
  }

  /** Of the miners that the input of the decision has in the range of the chunk. */
  #hotkeysOf({ emission_metrics_id: id, first_uid, last_uid }: PendingRow) {
    const hotkeyAt = new Map<MinerUid, Hotkey>();
    for (const row of this.#statements.inputs.all(id, last_uid, first_uid)) {
      for (const { uid, hotkey } of hotkeysOf(row)) hotkeyAt.set(uid, hotkey);
    }
    return hotkeyAt;
  }

  #nextChunk({ id }: MetricsRow): PendingRow {
    const written = this.#firstWritten(id);
    const chunk = this.#statements.chunkBefore.get(id, written ?? Number.MAX_SAFE_INTEGER, 1);
    return storedRow({ table: 'pending_weight_history', key: id }, () => {
      const end = chunk && chunk.first_pair + chunk.line_count;
      if (chunk === undefined || end !== (written ?? chunk.pair_count)) {
        throw new Error('no chunk comes before the rows that are written');
      }
      return chunk;
    });
  }

  /** The first of the pairs whose rows are written; undefined when none is. */
  #firstWritten(metricsId: number): number | undefined {
    const newest = this.#statements.newestRow.get(metricsId, 1);
    if (newest === undefined) return undefined;
    const { gpu_category: category, miner_uid: uid } = newest;
    return this.#statements.chunkOf.get(category, metricsId, uid)?.first_pair ?? 0;
  }
}

function hotkeyIn(hotkeyAt: ReadonlyMap<MinerUid, Hotkey>, { uid }: LedgerPair): Hotkey {
  return storedRow({ table: 'ledger_inputs', key: uid }, () => {
    const hotkey = hotkeyAt.get(uid);
    if (hotkey === undefined) throw new Error('it has no line of a miner with pairs');
    return hotkey;
  });
}

function decisionOf(metrics: MetricsRow): HistoryDecision {
  return {
    metricsId: metrics.id,
    block: metrics.weight_set_block,
    timestamp: metrics.timestamp,
    totalScores: new Map(
      categoriesOf(metrics).map(({ category, totalScore }) => [category, totalScore]),
    ),
  };
}

function prepare(database: SqliteDatabase) {
  const pending = () => database.query('pending_weight_history');
  return {
    oldest: database.statement<[limit: number], MetricsRow>(
      database
        .query('emission_metrics')
        .select('id', 'timestamp', 'weight_set_block', 'category_distributions_json')
        .whereIn('id', pending().select('emission_metrics_id'))
        .whereNotNull('weight_submission_id')
        .orderBy('id')
        .limit(1),
      ['limit'],
    ),
    newestRow: database.statement<[metricsId: number, limit: number], PairKey>(
      database
        .query('weight_allocation_history')
        .select('gpu_category', 'miner_uid')
        .where(named(['emission_metrics_id']))
        .orderBy('id', 'desc')
        .limit(1),
      ['emission_metrics_id', 'limit'],
    ),
    chunkOf: database.statement<
      [category: string, metricsId: number, firstUid: number],
      { first_pair: number }
    >(
      pending()
        .select('first_pair')
        .where({ gpu_category: 'gpu_category', emission_metrics_id: 'emission_metrics_id' })
        .where(named(['first_uid'])),
      ['gpu_category', 'emission_metrics_id', 'first_uid'],
    ),
    chunkBefore: database.statement<[metricsId: number, before: number, limit: number], PendingRow>(
      pending()
        .select(...PENDING_FIELDS)
        .where(named(['emission_metrics_id']))
        .where('first_pair', '<', 'first_pair')
        .orderBy('first_pair', 'desc')
        .limit(1),
      ['emission_metrics_id', 'first_pair', 'limit'],
    ),
    inputs: database.statement<[metricsId: number, lastUid: number, firstUid: number], InputRow>(
      database
        .query('ledger_inputs')
        .select('emission_metrics_id', 'first_uid', 'lines')
        .where(named(['emission_metrics_id']))
        .where('first_uid', '<=', 'last_uid')
        .where('last_uid', '>=', 'first_uid')
        .orderBy('first_uid'),
      ['emission_metrics_id', 'last_uid', 'first_uid'],
    ),
    deletePending: database.statement<[metricsId: number]>(
      pending()
        .where(named(['emission_metrics_id']))
        .delete(),
      ['emission_metrics_id'],
    ),
  };
}
