/** The rows that a population is taken from, by position: which columns they have, how they are read, what they mean. */
import type { Knex } from 'knex';
import type { JudgedExecutor } from '../domain/gpu/distribution.ts';
import { type Hotkey, minerUid } from '../domain/ids.ts';
import type { FactMiner, PopulationRules } from '../domain/miner-facts.ts';
import { type Held, HeldMachines } from './counted-gpus.ts';
import { gpusOf } from './gpus-json.ts';
import { storedRow } from './stored-row.ts';
import { storedTimeMs } from './time-text.ts';

type ProfileRow = readonly [
  minerUid: number,
  hotkey: string,
  registeredAtBlock: number,
  totalScore: number,
  lastObservedTime: string,
  countedGpusJson: string | null,
  oldestVerifiedTime: string | null,
];

type MachineRow = readonly [executorId: string, verifiedTime: string, gpusJson: string];

/** By Knex: the profiles of the UIDs after one and up to another, and the valid machines of one UID. */
export interface FactQueries {
  readonly profiles: Knex.QueryBuilder;
  readonly machines: Knex.QueryBuilder;
}

/** Their texts prepared, with rows by position. */
export interface FactStatements {
  readonly profiles: {
    all(afterUid: number, lastUid: number): readonly ProfileRow[];
  };
  readonly machines: { all(uid: number): readonly MachineRow[] };
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

/** Rows that are read together: one by one they take a third longer, and a list of all would be large. */
const UIDS_PER_READ = 256;

/** Parameters of the profiles, and of the machines. */
export const FACT_PARAMETERS = {
  profiles: ['after_uid', 'last_uid'],
  machines: ['miner_uid'],
} as const;

export function factQueries(query: Knex): FactQueries {
  return {
    profiles: query('miner_gpu_profiles')
      .select('miner_uid', 'hotkey', 'registered_at_block', 'total_score', 'last_observed_time')
      .select(query.raw('case when counted_revision = revision then counted_gpus_json end'))
      .select('oldest_verified_time')
      .where('miner_uid', '>', 'after_uid')
      .where('miner_uid', '<=', 'last_uid')
      .orderBy('miner_uid'),
    machines: query('miner_executors')
      .select('executor_id', 'verified_time', 'gpus_json')
      .where('miner_uid', 'miner_uid')
      .whereRaw('is_valid = 1 and attestation_valid = 1')
      .orderBy('executor_id'),
  };
}

/**
 * The miners of a range by rising UID, read inside the caller's transaction. Machines without a profile, which only damage
 * brings about, are nobody's.
 *
 * @throws AssayError `store_unusable` when a row is damaged.
 */
export class FactRows {
  readonly #statements: FactStatements;
  readonly #machines: HeldMachines;

  constructor(statements: FactStatements, rules: PopulationRules) {
    this.#statements = statements;
    this.#machines = new HeldMachines(rules, (uid) => this.#judgedExecutors(uid));
  }

  *miners({ afterUid, lastUid }: UidRange): Generator<HeldMiner, void, void> {
    for (let after = afterUid; after < lastUid; after += UIDS_PER_READ) {
      const rows = this.#statements.profiles.all(after, Math.min(lastUid, after + UIDS_PER_READ));
      for (const row of rows) yield this.#heldMiner(row);
    }
  }

  #heldMiner(row: ProfileRow): HeldMiner {
    const [uid, , , , , countedGpusJson, oldestVerifiedTime] = row;
    const { holding, gpusText } = this.#machines.of({ uid, countedGpusJson, oldestVerifiedTime });
    return { miner: factMiner(row), holding, gpusText };
  }

  #judgedExecutors(uid: number): readonly JudgedExecutor[] {
    return this.#statements.machines.all(uid).map(([executorId, verifiedTime, gpusJson]) =>
      storedRow({ table: 'miner_executors', key: `${uid} ${executorId}` }, () => ({
        executorId,
        isValid: true,
        isAttestationValid: true,
        verifiedAtMs: storedTimeMs('verified_time', verifiedTime),
        gpus: gpusOf(gpusJson),
      })),
    );
  }
}

function factMiner([uid, holder, registeredAtBlock, score, observed]: ProfileRow): FactMiner {
  return storedRow({ table: 'miner_gpu_profiles', key: uid }, () => ({
    miner: { uid: minerUid(uid), hotkey: holder as Hotkey, registeredAtBlock },
    score,
    lastObservedAtMs: storedTimeMs('last_observed_time', observed),
  }));
}
