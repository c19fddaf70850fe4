import type {
  VerificationResult,
  VerificationResultQuery,
  VerificationResultReader,
} from '../actors/record-ports.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { hotkey, minerUid, proverId, reportId } from '../domain/ids.ts';
import { assert } from '../lib/assert.ts';
import { keysetPage } from './keyset-page.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { storedRow } from './stored-row.ts';
import { storedTimeMs, timeRangeTexts, timeText } from './time-text.ts';

interface ResultRow {
  readonly id: number;
  readonly prover_id: string;
  readonly report_id: string;
  readonly outcome: VerificationResult['outcome'];
  readonly miner_uid: number;
  readonly hotkey: string;
  readonly executor_id: string;
  readonly gpu_model: string;
  readonly gpu_category: string;
  readonly gpu_count: number;
  readonly gpu_memory_mib: number;
  readonly is_valid: number;
  readonly attestation_valid: number;
  readonly hardware_score: number;
  readonly network_bandwidth_mbps: number | null;
  readonly verification_timestamp: string;
}

const RESULT_FIELDS = [
  'r.id',
  'v.prover_id',
  'v.report_id',
  'v.outcome',
  'r.miner_uid',
  'v.hotkey',
  'r.executor_id',
  'r.gpu_model',
  'r.gpu_category',
  'r.gpu_count',
  'r.gpu_memory_mib',
  'r.is_valid',
  'r.attestation_valid',
  'r.hardware_score',
  'r.network_bandwidth_mbps',
  'r.verification_timestamp',
];

type ResultFilter = 'miner_uid' | 'gpu_category';

/** Reads what provers reported: each result with the report it came in. */
export class SqliteVerificationResults implements VerificationResultReader {
  readonly #database: SqliteDatabase;
  readonly #all: ReturnType<typeof prepare>;
  readonly #ofMiner: ReturnType<typeof prepare>;
  readonly #ofMinerAndCategory: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#all = prepare(database, []);
    this.#ofMiner = prepare(database, ['miner_uid']);
    this.#ofMinerAndCategory = prepare(database, ['miner_uid', 'gpu_category']);
  }

  async page(query: VerificationResultQuery): Promise<readonly VerificationResult[]> {
    return this.#database.read(() => this.#rows(query).map(resultOf));
  }

  #rows(query: VerificationResultQuery): readonly ResultRow[] {
    const { minerUid: uid, category, after, limit } = query;
    assert(category === undefined || uid !== undefined, 'a category is asked for with a UID');
    const { rest, below } = this.#statements(query);
    const filters = [uid, category].filter((value) => value !== undefined);
    const [from, before] = timeRangeTexts(query);
    const reached = after && { key: timeText(after.verifiedAtMs), id: after.id };
    const isInside = reached !== undefined && reached.key >= from && reached.key < before;
    const end = reached !== undefined && reached.key < before ? reached.key : before;
    return keysetPage(isInside ? reached : undefined, limit, {
      rest: (time, id, count) => rest.all(...filters, time, id, count),
      below: (time = end, count) => below.all(...filters, from, time, count),
    });
  }

  #statements({ minerUid: uid, category }: VerificationResultQuery) {
    if (uid === undefined) return this.#all;
    return category === undefined ? this.#ofMiner : this.#ofMinerAndCategory;
  }
}

/** @throws AssayError `store_unusable` when the row is damaged. */
function resultOf(row: ResultRow): VerificationResult {
  return storedRow({ table: 'miner_prover_results', key: row.id }, () => ({
    id: row.id,
    proverId: proverId(row.prover_id),
    reportId: reportId(row.report_id),
    outcome: row.outcome,
    minerUid: minerUid(row.miner_uid),
    hotkey: hotkey(row.hotkey),
    executorId: row.executor_id,
    gpuName: row.gpu_model,
    category: row.gpu_category === '' ? undefined : (row.gpu_category as CategoryKey),
    gpuCount: row.gpu_count,
    gpuMemoryMib: row.gpu_memory_mib,
    isValid: row.is_valid === 1,
    isAttestationValid: row.attestation_valid === 1,
    hardwareScore: row.hardware_score,
    ...(row.network_bandwidth_mbps === null
      ? {}
      : { networkBandwidthMbps: row.network_bandwidth_mbps }),
    verifiedAtMs: storedTimeMs('verification_timestamp', row.verification_timestamp),
  }));
}

/** The join is crosswise because SQLite keeps the order of such: the rows come newest first and nothing is sorted. */
function prepare(database: SqliteDatabase, columns: readonly ResultFilter[]) {
  const filtered = () => {
    const rows = database
      .query('miner_prover_results as r')
      .select(RESULT_FIELDS)
      .crossJoin('verification_reports as v', 'v.id', 'r.verification_report_id')
      .orderBy([
        { column: 'r.verification_timestamp', order: 'desc' },
        { column: 'r.id', order: 'desc' },
      ])
      .limit(1);
    for (const column of columns) rows.where(`r.${column}`, column);
    return rows;
  };
  return {
    rest: database.statement<unknown[], ResultRow>(
      filtered().where('r.verification_timestamp', 'time').where('r.id', '<', 'id'),
      [...columns, 'time', 'id', 'limit'],
    ),
    below: database.statement<unknown[], ResultRow>(
      filtered()
        .where('r.verification_timestamp', '>=', 'from_time')
        .where('r.verification_timestamp', '<', 'time'),
      [...columns, 'from_time', 'time', 'limit'],
    ),
  };
}
