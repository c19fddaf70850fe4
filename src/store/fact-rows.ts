/** The rows that a population is taken from, by position: which columns they have, how they are read, what they mean. */
import type { Database } from 'better-sqlite3';
import type { Knex } from 'knex';
import { type Hotkey, minerUid } from '../domain/ids.ts';
import type { FactMiner, PopulationRules } from '../domain/miner-facts.ts';
import { type Held, MachineRows, type MachinesRow } from './machine-rows.ts';
import { storedRow } from './stored-row.ts';
import { storedTimeMs } from './time-text.ts';

type FactProfileRow = readonly [
  minerUid: number,
  hotkey: string,
  registeredAtBlock: number,
  totalScore: number,
  lastObservedTime: string,
];

/** By Knex: profiles, and machines by miner, of the UIDs after one and up to another. */
export interface FactQueries {
  readonly profilesSql: string;
  readonly machinesSql: string;
}

/** Neighbouring UIDs. */
export interface UidRange {
  /** The UID before the first, -1 for all. */
  readonly afterUid: number;
  readonly lastUid: number;
}

/** A miner and what its machines come to. */
export interface HeldMiner extends Held {
  readonly miner: FactMiner;
}

/** The machines of a miner come as one row: a row for each costs several times what reading it from the file does. */
export function factQueries(query: Knex): FactQueries {
  const inRange = (table: Knex.QueryBuilder) =>
    table.where('miner_uid', '>', 0).where('miner_uid', '<=', 0);
  const listed = (column: string) => query.raw('group_concat(??, char(10))', [column]);
  const profiles = inRange(query('miner_gpu_profiles'))
    .select('miner_uid', 'hotkey', 'registered_at_block', 'total_score', 'last_observed_time')
    .orderBy('miner_uid');
  const valid = inRange(query('miner_executors'))
    .select('miner_uid', 'executor_id', 'verified_time', 'gpus_json')
    .whereRaw('is_valid = 1 and attestation_valid = 1')
    .orderBy(['miner_uid', 'executor_id']);
  const machines = query
    .from(valid.as('valid'))
    .select('miner_uid', listed('executor_id'), listed('verified_time'), listed('gpus_json'))
    .groupBy('miner_uid')
    .orderBy('miner_uid');
  return { profilesSql: sqlOf(profiles), machinesSql: sqlOf(machines) };
}

function sqlOf(query: Knex.QueryBuilder): string {
  return query.toSQL().toNative().sql;
}

/**
 * The miners of a range by rising UID, read inside the caller's transaction. Machines without a profile, which only damage
 * brings about, are skipped.
 *
 * @throws AssayError `store_unusable` when a row is damaged.
 */
export function* heldMiners(
  database: Database,
  { afterUid, lastUid, ...queries }: FactQueries & UidRange,
  rules: PopulationRules,
): Generator<HeldMiner, void, void> {
  const read = <Row>(sql: string) =>
    database.prepare<[number, number], Row>(sql).raw().iterate(afterUid, lastUid);
  const machinesOf = new RowsByMiner(read<MachinesRow>(queries.machinesSql));
  const machines = new MachineRows(rules);
  try {
    for (const row of read<FactProfileRow>(queries.profilesSql)) {
      const held = machines.held(machinesOf.get(row[0]));
      yield { miner: factMiner(row), ...held };
    }
  } finally {
    machinesOf.close();
  }
}

/** Hands out the row of one miner after the other. */
class RowsByMiner {
  readonly #rows: IterableIterator<MachinesRow>;
  #row: MachinesRow | undefined;

  constructor(rows: IterableIterator<MachinesRow>) {
    this.#rows = rows;
    this.#turn();
  }

  /** Miners are asked for by rising UID. */
  get(uid: number): MachinesRow | undefined {
    while (this.#row !== undefined && this.#row[0] < uid) this.#turn();
    return this.#row?.[0] === uid ? this.#row : undefined;
  }

  /** The database cannot be closed before. */
  close(): void {
    this.#rows.return?.();
  }

  #turn(): void {
    const next = this.#rows.next();
    this.#row = next.done === true ? undefined : next.value;
  }
}

function factMiner([uid, holder, registeredAtBlock, score, observed]: FactProfileRow): FactMiner {
  return storedRow({ table: 'miner_gpu_profiles', key: uid }, () => ({
    miner: { uid: minerUid(uid), hotkey: holder as Hotkey, registeredAtBlock },
    score,
    lastObservedAtMs: storedTimeMs('last_observed_time', observed),
  }));
}
