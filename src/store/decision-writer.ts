/**
 * Writes the rows of one decision in the order that keeps them invisible until the end: metrics without a submission, the
 * history and the input below them, and in one last transaction submission, ledger entry and the link between them.
 * Nothing here begins a transaction.
 */
import type { WeightDecision } from '../actors/ports.ts';
import { AssayError } from '../domain/errors.ts';
import { composeEntry } from '../domain/ledger/compose-entry.ts';
import { GENESIS_DIGEST, type SealedEntry, sealEntry } from '../domain/ledger/ledger-entry.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { assert } from '../lib/assert.ts';
import { sha256Hex } from '../lib/digest.ts';
import type { RowRange } from './bounded-steps.ts';
import type { DecisionLines } from './decision-lines.ts';
import { DecisionPairRows, HISTORY_COLUMNS, type HistoryParameters } from './decision-pair-rows.ts';
import { named, namedRows, type SqliteDatabase } from './sqlite-database.ts';
import { SUBNET_KEY, type Subnet } from './subnet-key.ts';
import {
  EMISSION_METRICS_COLUMNS,
  emissionMetricsRow,
  WEIGHT_SET_COLUMNS,
  weightSetRow,
} from './weight-set-rows.ts';

type EntryParameters = [
  block: number,
  digest: string,
  entryJson: string,
  mecid: number,
  netuid: number,
  previousDigest: string,
  weightSubmissionId: number,
];
type InputParameters = [
  emissionMetricsId: number,
  firstUid: number,
  lastUid: number,
  lineCount: number,
  lines: Uint8Array,
];

/** The newest entry, or the anchor that stands for deleted ones. */
interface ChainEnd {
  readonly block: number;
  readonly digest: string;
}

const ENTRY_COLUMNS = [
  'block',
  'digest',
  'entry_json',
  'mecid',
  'netuid',
  'previous_digest',
  'weight_submission_id',
] as const;
const INPUT_COLUMNS = [
  'emission_metrics_id',
  'first_uid',
  'last_uid',
  'line_count',
  'lines',
] as const;
/** A fifth quicker than one; more gain nothing. */
const HISTORY_ROWS_PER_INSERT = 16;
const RETRY_AFTER_MS = 1_000;

export type DecisionStatements = ReturnType<typeof prepareDecision>;

export class DecisionWriter {
  readonly #statements: DecisionStatements;
  readonly #decision: WeightDecision;
  readonly #lines: DecisionLines;
  readonly #history: DecisionPairRows;

  constructor(statements: DecisionStatements, decision: WeightDecision, lines: DecisionLines) {
    this.#statements = statements;
    this.#decision = decision;
    this.#lines = lines;
    this.#history = new DecisionPairRows(decision, lines.holders);
  }

  get pairCount(): number {
    return this.#decision.allocation.pairs.uid.length;
  }

  get chunkCount(): number {
    return this.#decision.basis.input.chunks.length;
  }

  /**
   * Inserts the metrics, which nobody sees yet.
   *
   * @throws AssayError `weight_set_in_progress`.
   */
  begin(): number {
    this.#refuseTakenBlock();
    const row = emissionMetricsRow(this.#decision.set, this.#decision.allocation);
    const { lastInsertRowid } = this.#statements.insertMetrics.run(
      ...EMISSION_METRICS_COLUMNS.map((column) => row[column]),
    );
    return Number(lastInsertRowid);
  }

  /** Inserts pairs counted from the last: read by falling key they come in the order of the decision. */
  writeHistory(metricsId: number, { from, to }: RowRange): void {
    this.#refuseSwept(metricsId);
    const { insertHistory, insertHistoryRows } = this.#statements;
    let row = from;
    for (; row + HISTORY_ROWS_PER_INSERT <= to; row += HISTORY_ROWS_PER_INSERT) {
      insertHistoryRows.run(this.#historyRows(row, metricsId));
    }
    for (; row < to; row += 1) insertHistory.run(this.#historyRow(row, metricsId));
  }

  writeInput(metricsId: number, { from, to }: RowRange): void {
    this.#refuseSwept(metricsId);
    for (const chunk of this.#decision.basis.input.chunks.slice(from, to)) {
      const { firstKey, lastKey, lineCount, content } = chunk;
      this.#statements.insertInput.run(metricsId, firstKey, lastKey, lineCount, content);
    }
  }

  /**
   * Makes everything visible.
   *
   * @throws AssayError `weight_set_in_progress`, `store_unavailable` when another process has swept rows away.
   */
  finish(metricsId: number): void {
    this.#refuseTakenBlock();
    this.#refuseIncomplete(metricsId);
    const submissionId = this.#insertSubmission();
    this.#insertEntry(submissionId);
    const { changes } = this.#statements.link.run(submissionId, metricsId);
    assert(changes === 1, 'the metrics of a decision are linked once');
  }

  /** The chain of entries only grows: neither the block of an entry nor an older one can be decided any more. */
  #refuseTakenBlock(): void {
    const { set } = this.#decision;
    const newest = this.#chainEnd();
    if (newest !== undefined && newest.block >= set.block) {
      throw alreadyDecided(set, newest.block);
    }
  }

  #refuseSwept(metricsId: number): void {
    if (this.#statements.metrics.get(metricsId) === undefined) throw swept(this.#decision.set);
  }

  #refuseIncomplete(metricsId: number): void {
    const pairs = this.#statements.countHistory.get(metricsId)?.count;
    const chunks = this.#statements.countInput.get(metricsId)?.count;
    if (pairs !== this.pairCount || chunks !== this.chunkCount) throw swept(this.#decision.set);
  }

  /** So many rows from one on, as the parameters of one statement. */
  #historyRows(first: number, metricsId: number): readonly unknown[] {
    const parameters: unknown[] = [];
    for (let row = first; row < first + HISTORY_ROWS_PER_INSERT; row += 1) {
      for (const value of this.#historyRow(row, metricsId)) parameters.push(value);
    }
    return parameters;
  }

  #historyRow(row: number, metricsId: number): HistoryParameters {
    return this.#history.at(this.pairCount - 1 - row, metricsId);
  }

  #insertSubmission(): number {
    const { set } = this.#decision;
    const row = weightSetRow(set, this.#lines.weightsJson);
    const { changes, lastInsertRowid } = this.#statements.insertSubmission.run(
      ...WEIGHT_SET_COLUMNS.map((column) => row[column]),
    );
    if (changes === 0) throw alreadyDecided(set, set.block);
    return Number(lastInsertRowid);
  }

  #insertEntry(submissionId: number): void {
    const { entry, text, digest } = this.#seal();
    this.#statements.insertEntry.run(
      entry.block,
      digest,
      text,
      entry.mecid,
      entry.netuid,
      entry.previousDigest,
      submissionId,
    );
  }

  #seal(): SealedEntry {
    const { set, allocation, basis } = this.#decision;
    const { pairsDigest, weightsDigest } = this.#lines;
    const entry = composeEntry(
      {
        set,
        allocation,
        rules: basis.rules,
        policy: basis.policy,
        metagraph: basis.metagraph,
        emissionConfigDigest: basis.emissionConfigDigest,
        inputDigest: basis.input.digest,
        minerCount: basis.input.lineCount,
      },
      {
        pairsDigest,
        weightsDigest,
        previousDigest: this.#chainEnd()?.digest ?? GENESIS_DIGEST,
      },
    );
    return sealEntry(entry, sha256Hex);
  }

  #chainEnd(): ChainEnd | undefined {
    const { netuid, mecid } = this.#decision.set;
    return chainEnd(this.#statements, [netuid, mecid]);
  }
}

export function chainEnd(
  { newestEntry, anchor }: DecisionStatements,
  subnet: Subnet,
): ChainEnd | undefined {
  return newestEntry.get(...subnet, 1) ?? anchor.get(...subnet);
}

function alreadyDecided({ block }: WeightSet, newestBlock: number): AssayError {
  return new AssayError(
    'weight_set_in_progress',
    block === newestBlock
      ? `the weights of block ${block} were decided already, by this process or another`
      : `block ${block} comes too late: the weights of block ${newestBlock} were decided already`,
    { metadata: { newest_block: String(newestBlock) } },
  );
}

function swept({ block }: WeightSet): AssayError {
  return new AssayError(
    'store_unavailable',
    `rows of the decision of block ${block} were removed before it was complete`,
    { retryAfterMs: RETRY_AFTER_MS },
  );
}

export function prepareDecision(database: SqliteDatabase) {
  const historyRows = namedRows(HISTORY_COLUMNS, HISTORY_ROWS_PER_INSERT);
  const table = (name: string) => database.query(name);
  const ofSubnet = (name: string) => table(name).where(named(SUBNET_KEY));
  const ofMetrics = (name: string) => table(name).where(named(['emission_metrics_id']));
  return {
    insertSubmission: database.statement<unknown[]>(
      table('weight_submissions')
        .insert(named(WEIGHT_SET_COLUMNS))
        .onConflict(['netuid', 'mecid', 'block'])
        .ignore(),
      WEIGHT_SET_COLUMNS,
    ),
    insertMetrics: database.statement<unknown[]>(
      table('emission_metrics').insert(named(EMISSION_METRICS_COLUMNS)),
      EMISSION_METRICS_COLUMNS,
    ),
    insertHistory: database.statement<unknown[]>(
      table('weight_allocation_history').insert(named(HISTORY_COLUMNS)),
      HISTORY_COLUMNS,
    ),
    insertHistoryRows: database.statement<unknown[]>(
      table('weight_allocation_history').insert(historyRows.rows),
      historyRows.parameters,
    ),
    insertInput: database.statement<InputParameters>(
      table('ledger_inputs').insert(named(INPUT_COLUMNS)),
      INPUT_COLUMNS,
    ),
    insertEntry: database.statement<EntryParameters>(
      table('ledger_entries').insert(named(ENTRY_COLUMNS)),
      ENTRY_COLUMNS,
    ),
    link: database.statement<[weightSubmissionId: number, metricsId: number]>(
      table('emission_metrics')
        .update(named(['weight_submission_id']))
        .where({ id: 'id' })
        .whereNull('weight_submission_id'),
      ['weight_submission_id', 'id'],
    ),
    metrics: database.statement<[metricsId: number], { id: number }>(
      table('emission_metrics').select('id').where({ id: 'id' }),
      ['id'],
    ),
    countHistory: database.statement<[metricsId: number], { count: number }>(
      ofMetrics('weight_allocation_history').count({ count: '*' }),
      ['emission_metrics_id'],
    ),
    countInput: database.statement<[metricsId: number], { count: number }>(
      ofMetrics('ledger_inputs').count({ count: '*' }),
      ['emission_metrics_id'],
    ),
    newestEntry: database.statement<[...Subnet, limit: number], ChainEnd>(
      ofSubnet('ledger_entries').select('block', 'digest').orderBy('block', 'desc').limit(1),
      [...SUBNET_KEY, 'limit'],
    ),
    anchor: database.statement<Subnet, ChainEnd>(
      ofSubnet('ledger_anchors').select('block', 'digest'),
      SUBNET_KEY,
    ),
  };
}
