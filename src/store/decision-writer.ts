/**
 * Writes one decision: its submission, metrics, pairs, input and ledger entry. A large decision leaves its pairs as a few
 * chunks of lines, whose rows of the history follow (see `history-writer.ts`). Nothing here begins a transaction.
 */
import { AssayError } from '../domain/errors.ts';
import { CATALOGUE } from '../domain/gpu/catalogue.ts';
import { composeEntry } from '../domain/ledger/compose-entry.ts';
import { GENESIS_DIGEST, type SealedEntry, sealEntry } from '../domain/ledger/ledger-entry.ts';
import { pairAt } from '../domain/ledger/pair-lines.ts';
import { sha256Hex } from '../lib/digest.ts';
import type { DecisionLines } from './decision-lines.ts';
import type { OutlinedDecision } from './decision-transfer.ts';
import { HistoryInserts } from './history-inserts.ts';
import type { HeldPair, HistoryDecision } from './history-rows.ts';
import { holderAt } from './holder-lines.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { SUBNET_KEY, type Subnet } from './subnet-key.ts';
import { timeText } from './time-text.ts';
import {
  EMISSION_METRICS_COLUMNS,
  emissionMetricsRow,
  totalScore,
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
const PENDING_COLUMNS = [
  'emission_metrics_id',
  'first_pair',
  'first_uid',
  'gpu_category',
  'last_uid',
  'line_count',
  'lines',
  'pair_count',
] as const;
const METRICS_COLUMNS = [...EMISSION_METRICS_COLUMNS, 'weight_submission_id'] as const;

export type DecisionStatements = ReturnType<typeof prepareDecision>;

export class DecisionWriter {
  readonly #statements: DecisionStatements;
  readonly #decision: OutlinedDecision;
  readonly #lines: DecisionLines;

  constructor(statements: DecisionStatements, decision: OutlinedDecision, lines: DecisionLines) {
    this.#statements = statements;
    this.#decision = decision;
    this.#lines = lines;
  }

  /**
   * Writes all of it; its pairs as the chunks of its lines, where there are any.
   *
   * @throws AssayError `weight_set_in_progress`.
   */
  write(): void {
    this.#refuseTakenBlock();
    const submissionId = this.#insertSubmission();
    const metricsId = this.#insertMetrics(submissionId);
    if (this.#lines.chunks.length > 0) this.#insertPending(metricsId);
    else this.#insertHistory(metricsId);
    this.#insertInput(metricsId);
    this.#insertEntry(submissionId);
  }

  /** The chain of entries only grows: neither the block of an entry nor an older one can be decided any more. */
  #refuseTakenBlock(): void {
    const { set } = this.#decision;
    const newest = this.#chainEnd();
    if (newest !== undefined && newest.block >= set.block) {
      throw alreadyDecided(set, newest.block);
    }
  }

  #insertMetrics(submissionId: number): number {
    const row = {
      ...emissionMetricsRow(this.#decision.set, this.#decision.allocation),
      weight_submission_id: submissionId,
    };
    const { lastInsertRowid } = this.#statements.insertMetrics.run(
      ...METRICS_COLUMNS.map((column) => row[column]),
    );
    return Number(lastInsertRowid);
  }

  #insertHistory(metricsId: number): void {
    const { set, allocation } = this.#decision;
    const totalScores = new Map(
      allocation.categories.map((category) => [category.category, totalScore(category)]),
    );
    const timestamp = timeText(set.decidedAtMs);
    const decision: HistoryDecision = { metricsId, block: set.block, timestamp, totalScores };
    this.#statements.history.insert(decision, this.#heldPairs());
  }

  #heldPairs(): readonly HeldPair[] {
    const { pairs } = this.#decision.allocation;
    return Array.from(pairs.uid, (uid, row) => ({
      pair: pairAt(pairs, row, CATALOGUE),
      hotkey: holderAt(this.#lines.hotkeyAt, uid),
    }));
  }

  #insertPending(metricsId: number): void {
    const { pairs } = this.#decision.allocation;
    for (const chunk of this.#lines.chunks) {
      const { firstPair, firstUid, category, lastUid, lineCount, lines } = chunk;
      this.#statements.insertPending.run(
        metricsId,
        firstPair,
        firstUid,
        category,
        lastUid,
        lineCount,
        lines,
        pairs.uid.length,
      );
    }
  }

  #insertInput(metricsId: number): void {
    for (const { firstKey, lastKey, lineCount, content } of this.#decision.basis.input.chunks) {
      this.#statements.insertInput.run(metricsId, firstKey, lastKey, lineCount, content);
    }
  }

  #insertSubmission(): number {
    const { set } = this.#decision;
    const { buffer, byteOffset, byteLength } = this.#lines.weightsText;
    const weightsJson = Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    const row = weightSetRow(set, weightsJson);
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

function alreadyDecided({ block }: OutlinedDecision['set'], newestBlock: number): AssayError {
  return new AssayError(
    'weight_set_in_progress',
    block === newestBlock
      ? `the weights of block ${block} were decided already, by this process or another`
      : `block ${block} comes too late: the weights of block ${newestBlock} were decided already`,
    { metadata: { newest_block: String(newestBlock) } },
  );
}

export function prepareDecision(database: SqliteDatabase) {
  const table = (name: string) => database.query(name);
  const ofSubnet = (name: string) => table(name).where(named(SUBNET_KEY));
  return {
    history: new HistoryInserts(database),
    insertSubmission: database.statement<unknown[]>(
      table('weight_submissions')
        .insert(named(WEIGHT_SET_COLUMNS))
        .onConflict(['netuid', 'mecid', 'block'])
        .ignore(),
      WEIGHT_SET_COLUMNS,
    ),
    insertMetrics: database.statement<unknown[]>(
      table('emission_metrics').insert(named(METRICS_COLUMNS)),
      METRICS_COLUMNS,
    ),
    insertPending: database.statement<unknown[]>(
      table('pending_weight_history').insert(named(PENDING_COLUMNS)),
      PENDING_COLUMNS,
    ),
    insertInput: database.statement<InputParameters>(
      table('ledger_inputs').insert(named(INPUT_COLUMNS)),
      INPUT_COLUMNS,
    ),
    insertEntry: database.statement<EntryParameters>(
      table('ledger_entries').insert(named(ENTRY_COLUMNS)),
      ENTRY_COLUMNS,
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
