/**
 * Compares the rows of one decision, column by column, with what its ledger entry says. `replay` proves the entry; this
 * proves that the tables which everybody reads say the same. What became of a set on chain is no part of a decision.
 */
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { decidedSet } from '../domain/ledger/decided-set.ts';
import type { LedgerContent, LedgerEntry } from '../domain/ledger/ledger-entry.ts';
import { FindingList, type LedgerFinding } from '../domain/ledger/ledger-finding.ts';
import { weightLine } from '../domain/ledger/pair-lines.ts';
import { emptyPairs } from '../domain/score-pairs.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { unpackLines } from '../lib/packed-lines.ts';
import { type HISTORY_COLUMNS, NO_CATEGORY_TEXT, type PAIR_FIELDS } from './history-rows.ts';
import { PendingPairs, type PendingRow, pairsOf } from './pending-pairs.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { storedRow } from './stored-row.ts';
import { type AtBlock, BLOCK_KEY, type Subnet, type SubnetOptions } from './subnet-key.ts';
import { timeText } from './time-text.ts';
import {
  EMISSION_METRICS_COLUMNS,
  emissionMetricsRow,
  totalScore,
  WEIGHT_SET_CHANGES,
  WEIGHT_SET_COLUMNS,
  weightSetRow,
} from './weight-set-rows.ts';

type Row = Readonly<Record<string, unknown>>;

/** Columns of the history that no pair of the ledger has; the pairs themselves are compared by their digest. */
type HistoryColumn = Exclude<
  (typeof HISTORY_COLUMNS)[number],
  (typeof PAIR_FIELDS)[number] | 'emission_metrics_id'
>;
type HistoryRow = Readonly<Record<HistoryColumn, unknown>>;

interface InputRow {
  readonly first_uid: number;
  readonly last_uid: number;
  readonly line_count: number;
  readonly lines: Uint8Array;
}

const CHANGES: readonly string[] = WEIGHT_SET_CHANGES;
const SUBMISSION_COLUMNS = WEIGHT_SET_COLUMNS.filter((column) => !CHANGES.includes(column));
/** When the row was written is no part of the decision. */
const METRICS_COLUMNS = EMISSION_METRICS_COLUMNS.filter((column) => column !== 'created_at');
/** The metrics of a set do not speak of single pairs. */
const NO_PAIRS = { ...emptyPairs(0), weight: new Float64Array(0) };
const HISTORY_CHECKED = Object.keys({
  category_total_score: 0,
  miner_hotkey: 0,
  timestamp: 0,
  weight_set_block: 0,
} satisfies Record<HistoryColumn, 0>) as readonly HistoryColumn[];

export class SqliteRecordCheck {
  readonly #database: SqliteDatabase;
  readonly #subnet: Subnet;
  readonly #pending: PendingPairs;
  readonly #statements: ReturnType<typeof prepare>;

  constructor({ database, netuid, mecid }: SubnetOptions) {
    this.#database = database;
    this.#subnet = [netuid, mecid];
    this.#pending = new PendingPairs(database);
    this.#statements = prepare(database);
  }

  /**
   * What the rows of a block say differently from the content of its entry.
   *
   * @throws AssayError `store_unusable` when a row cannot be read, `store_unavailable`.
   */
  findings(block: number, content: LedgerContent): readonly LedgerFinding[] {
    const findings = new FindingList();
    this.#database.read(() => {
      this.#compareEntry([...this.#subnet, block], content.sealed.entry, findings);
      const set = decidedSet(content);
      const submission = this.#statements.submission.get(...this.#subnet, block);
      compareRows(findings, 'weight_submissions', {
        columns: SUBMISSION_COLUMNS,
        found: submission,
        expected: { ...weightSetRow(set, weightsJson(content)) },
      });
      const metrics = this.#statements.metrics.all(Number(submission?.id));
      findings.compare('rows of emission_metrics', { found: metrics.length, expected: 1 });
      for (const row of metrics) this.#compareMetrics(row, { content, set, findings });
    });
    return findings.list();
  }

  #compareEntry(place: AtBlock, entry: LedgerEntry, findings: FindingList): void {
    compareRows(findings, 'ledger_entries', {
      columns: ['netuid', 'mecid', 'block', 'previous_digest'],
      found: this.#statements.entry.get(...place),
      expected: {
        netuid: entry.netuid,
        mecid: entry.mecid,
        block: entry.block,
        previous_digest: entry.previousDigest,
      },
    });
  }

  #compareMetrics(row: Row, { content, set, findings }: Comparison): void {
    compareRows(findings, 'emission_metrics', {
      columns: METRICS_COLUMNS,
      found: row,
      expected: { ...emissionMetricsRow(set, { ...set, pairs: NO_PAIRS }) },
    });
    const pending = this.#pending.chunks(Number(row.id));
    if (pending.length === 0) this.#compareHistory(Number(row.id), { content, set, findings });
    let firstPair = 0;
    for (const chunk of pending)
      firstPair += comparePending(chunk, firstPair, { content, findings });
    for (const input of this.#statements.inputs.iterate(Number(row.id))) {
      compareInput(Number(row.id), input, findings);
    }
  }

  #compareHistory(metricsId: number, { content, set, findings }: Comparison): void {
    const scores = new Map<CategoryKey | undefined, number>(
      set.categories.map((category) => [category.category, totalScore(category)]),
    );
    const holders = new Map<number, string>(content.miners.map(({ uid, hotkey }) => [uid, hotkey]));
    let place = 0;
    for (const row of this.#statements.history.iterate(metricsId)) {
      const pair = content.pairs[place];
      place += 1;
      if (pair === undefined) break;
      compareRows(findings, `weight_allocation_history of UID ${pair.uid}`, {
        columns: HISTORY_CHECKED,
        found: { ...row },
        expected: {
          category_total_score: scores.get(pair.category) ?? 0,
          miner_hotkey: holders.get(pair.uid),
          timestamp: timeText(set.decidedAtMs),
          weight_set_block: set.block,
        } satisfies HistoryRow,
      });
    }
  }
}

interface Comparison {
  readonly content: LedgerContent;
  readonly set: WeightSet;
  readonly findings: FindingList;
}

interface ComparedRows {
  readonly columns: readonly string[];
  readonly found: Row | undefined;
  readonly expected: Row;
}

function compareRows(findings: FindingList, table: string, rows: ComparedRows): void {
  const { columns, found, expected } = rows;
  for (const column of columns) {
    findings.compare(`${table}.${column}`, { found: found?.[column], expected: expected[column] });
  }
}

/** Whoever looks for one miner or one category finds its chunk by these columns. */
function comparePending(
  row: PendingRow,
  firstPair: number,
  { content, findings }: Omit<Comparison, 'set'>,
): number {
  const pairs = pairsOf(row);
  const expected = {
    first_pair: firstPair,
    pair_count: content.pairs.length,
    gpu_category: pairs[0]?.category ?? NO_CATEGORY_TEXT,
    first_uid: pairs.at(0)?.uid,
    last_uid: pairs.at(-1)?.uid,
  };
  const key = `${row.emission_metrics_id}/${row.first_pair}`;
  const columns = Object.keys(expected);
  compareRows(findings, `pending_weight_history ${key}`, { columns, found: { ...row }, expected });
  return pairs.length;
}

/** Whoever looks for one miner finds its chunk by these columns. */
function compareInput(metricsId: number, row: InputRow, findings: FindingList): void {
  const key = `${metricsId}/${row.first_uid}`;
  const lines = storedRow({ table: 'ledger_inputs', key }, () => unpackLines(row.lines));
  const expected = {
    first_uid: uidOf(lines.at(0)),
    last_uid: uidOf(lines.at(-1)),
    line_count: lines.length,
  };
  compareRows(findings, `ledger_inputs ${key}`, {
    columns: Object.keys(expected),
    found: { ...row },
    expected,
  });
}

/** Every line begins with its UID. */
function uidOf(line = ''): number {
  return Number.parseInt(line.slice(1), 10);
}

function weightsJson({ weights }: LedgerContent): string {
  return `[${weights.map(weightLine).join(',')}]`;
}

function prepare(database: SqliteDatabase) {
  const entry = () =>
    database.query('ledger_entries as e').where({
      'e.netuid': 'netuid',
      'e.mecid': 'mecid',
      'e.block': 'block',
    });
  const ofMetrics = (table: string) => database.query(table).where(named(['emission_metrics_id']));
  return {
    entry: database.statement<AtBlock, Row>(entry().select('e.*'), BLOCK_KEY),
    submission: database.statement<AtBlock, Row>(
      entry().join('weight_submissions as s', 's.id', 'e.weight_submission_id').select('s.*'),
      BLOCK_KEY,
    ),
    metrics: database.statement<[submissionId: number], Row>(
      database.query('emission_metrics').where(named(['weight_submission_id'])),
      ['weight_submission_id'],
    ),
    history: database.statement<[metricsId: number], HistoryRow>(
      ofMetrics('weight_allocation_history')
        .select(...HISTORY_CHECKED)
        .orderBy('id', 'desc'),
      ['emission_metrics_id'],
    ),
    inputs: database.statement<[metricsId: number], InputRow>(
      ofMetrics('ledger_inputs')
        .select('first_uid', 'last_uid', 'line_count', 'lines')
        .orderBy('first_uid'),
      ['emission_metrics_id'],
    ),
  };
}
