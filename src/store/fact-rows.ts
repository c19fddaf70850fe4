/** The rows that a population is taken from, by position: which columns they have, how they are read, what they mean. */
import type { Database, Statement } from 'better-sqlite3';
import { type Hotkey, minerUid } from '../domain/ids.ts';
import type { FactSource } from '../domain/miner-facts.ts';
import { gpusOf } from './gpus-json.ts';
import { storedRow } from './stored-row.ts';
import { storedTimeMs } from './time-text.ts';

export const FACT_PROFILE_FIELDS = [
  'miner_uid',
  'hotkey',
  'registered_at_block',
  'total_score',
  'last_observed_time',
] as const;

export const FACT_EXECUTOR_FIELDS = [
  'miner_uid',
  'executor_id',
  'is_valid',
  'attestation_valid',
  'verified_time',
  'gpus_json',
] as const;

type FactProfileRow = readonly [
  minerUid: number,
  hotkey: string,
  registeredAtBlock: number,
  totalScore: number,
  lastObservedTime: string,
];

type FactExecutorRow = readonly [
  minerUid: number,
  executorId: string,
  isValid: number,
  attestationValid: number,
  verifiedTime: string,
  gpusJson: string,
];

/** By Knex: profiles after a UID, and executors after a UID and identifier, in that order, so many. */
export interface FactQueries {
  readonly profilesSql: string;
  readonly executorsSql: string;
}

/** Neighbouring UIDs. */
export interface UidRange {
  /** The UID before the first, -1 for all. */
  readonly afterUid: number;
  readonly lastUid: number;
}

const PROFILES_PER_BATCH = 1_000;
const EXECUTORS_PER_BATCH = 4_000;

/**
 * The profiles of a range by rising UID, read in batches inside the caller's transaction.
 *
 * @throws AssayError `store_unusable` when a row is damaged.
 */
export function* factSources(
  database: Database,
  { afterUid: beforeFirst, lastUid, ...queries }: FactQueries & UidRange,
): Generator<FactSource, void, void> {
  const executors = new ExecutorRuns(database, queries, beforeFirst + 1);
  const page = database
    .prepare<[afterUid: number, limit: number], FactProfileRow>(queries.profilesSql)
    .raw();
  let afterUid = beforeFirst;
  while (afterUid < lastUid) {
    const rows = page.all(afterUid, PROFILES_PER_BATCH);
    for (const row of rows) {
      if (row[0] > lastUid) return;
      yield factSource(row, executors.of(row[0]));
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    afterUid = last[0];
  }
}

/** Hands out the executors of one miner after the other; those without a profile, which only damage brings about, are skipped. */
class ExecutorRuns {
  readonly #page: Statement<[uid: number, id: string, limit: number], FactExecutorRow>;
  #rows: readonly FactExecutorRow[] = [];
  #next = 0;

  constructor(database: Database, { executorsSql }: FactQueries, firstUid: number) {
    this.#page = database
      .prepare<[uid: number, id: string, limit: number], FactExecutorRow>(executorsSql)
      .raw();
    // No identifier is empty.
    this.#rows = this.#page.all(firstUid, '', EXECUTORS_PER_BATCH);
  }

  /** Miners are asked for by rising UID. */
  of(uid: number): readonly FactExecutorRow[] {
    const run: FactExecutorRow[] = [];
    for (let row = this.#rows[this.#next]; row && row[0] <= uid; row = this.#rows[this.#next]) {
      if (row[0] === uid) run.push(row);
      this.#next += 1;
      if (this.#next === this.#rows.length) this.#turn(row);
    }
    return run;
  }

  #turn([uid, executorId]: FactExecutorRow): void {
    this.#rows = this.#page.all(uid, executorId, EXECUTORS_PER_BATCH);
    this.#next = 0;
  }
}

function factSource(
  [uid, holder, registeredAtBlock, score, observed]: FactProfileRow,
  executors: readonly FactExecutorRow[],
): FactSource {
  return storedRow({ table: 'miner_gpu_profiles', key: uid }, () => ({
    miner: { uid: minerUid(uid), hotkey: holder as Hotkey, registeredAtBlock },
    score,
    lastObservedAtMs: storedTimeMs('last_observed_time', observed),
    executors: executors.map(judgedExecutor),
  }));
}

function judgedExecutor([
  uid,
  executorId,
  isValid,
  isAttestationValid,
  verifiedTime,
  gpus,
]: FactExecutorRow) {
  return storedRow({ table: 'miner_executors', key: `${uid} ${executorId}` }, () => ({
    executorId,
    isValid: isValid === 1,
    isAttestationValid: isAttestationValid === 1,
    verifiedAtMs: storedTimeMs('verified_time', verifiedTime),
    gpus: gpusOf(gpus),
  }));
}
