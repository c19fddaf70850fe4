import type { StoredOutcome, WeightDecision, WeightSetStore } from '../actors/ports.ts';
import { AssayError } from '../domain/errors.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { isOver, isTaken, WEIGHT_SET_STATES } from '../domain/weight-set-state.ts';
import { type DecisionLines, decisionLines, HISTORY_ROWS_MAX } from './decision-lines.ts';
import type { OutlinedDecision, WeightSetChange } from './decision-transfer.ts';
import { chainEnd, DecisionWriter, prepareDecision } from './decision-writer.ts';
import {
  JOINED_EXTRINSIC_COLUMNS,
  type JoinedExtrinsicRow,
  SIGNED_EXTRINSIC_COLUMNS,
  type SignedExtrinsicRow,
  signedExtrinsicRow,
} from './signed-extrinsic-rows.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import {
  type AtBlock,
  BLOCK_KEY,
  SUBNET_KEY,
  type Subnet,
  type SubnetOptions,
} from './subnet-key.ts';
import {
  OUTCOME_FIELDS,
  type StoredOutcomeRow,
  storedOutcomeOf,
  WEIGHT_SET_CHANGES,
  type WeightSetRow,
  weightSetChanges,
  weightSetOf,
} from './weight-set-rows.ts';
import { vectorJson } from './weights-json.ts';

type StoredSetRow = WeightSetRow & JoinedExtrinsicRow;

interface SqliteWeightSetStoreOptions extends SubnetOptions {
  /** Rows of the history that the transaction of a decision writes at most; those of a larger one follow. */
  readonly historyRowsMax?: number;
}

/**
 * The start of an entry and what follows it, enough for its weight. As bytes: places in a text are counted character by character, which
 * takes as long as the search in a set of 65,534 miners.
 */
const ENTRY_SQL =
  'case when instr(cast(weights_json as blob), cast(? as blob)) > 0 then ' +
  'cast(substr(cast(weights_json as blob), instr(cast(weights_json as blob), cast(? as blob)), 16) as text) end as entry';
const TAKEN_STATES = WEIGHT_SET_STATES.filter(isTaken);
const UNFINISHED_STATES = WEIGHT_SET_STATES.filter((state) => !isOver(state));

/** Keeps the weight sets of one subnet and mechanism. */
export class SqliteWeightSetStore implements WeightSetStore {
  readonly #database: SqliteDatabase;
  readonly #subnet: Subnet;
  readonly #historyRowsMax: number;
  readonly #statements: ReturnType<typeof prepare>;

  constructor({ database, netuid, mecid, ...options }: SqliteWeightSetStoreOptions) {
    this.#database = database;
    this.#subnet = [netuid, mecid];
    this.#historyRowsMax = options.historyRowsMax ?? HISTORY_ROWS_MAX;
    this.#statements = prepare(database);
  }

  async record(decision: WeightDecision): Promise<void> {
    this.write(decision, await decisionLines(decision, this.#historyRowsMax));
  }

  /** Writes a decision whose lines somebody has worked out. Errors are those of `record`. */
  write(decision: OutlinedDecision, lines: DecisionLines): void {
    const writer = new DecisionWriter(this.#statements.decision, decision, lines);
    this.#database.transaction(() => writer.write());
  }

  async update(set: WeightSetChange): Promise<void> {
    const extrinsic = await this.#extrinsicToStore(set);
    this.#database.transaction(() => {
      this.#change(set);
      if (extrinsic !== undefined) this.#insertExtrinsic(extrinsic);
    });
  }

  async newestBlock(): Promise<number | undefined> {
    return this.#database.read(() => chainEnd(this.#statements.decision, this.#subnet)?.block);
  }

  async latest(): Promise<WeightSet | undefined> {
    return this.#read(() => this.#statements.latest.get(...this.#subnet, 1));
  }

  async latestTaken(): Promise<WeightSet | undefined> {
    return this.#read(() => this.#statements.latestTaken.get(...this.#subnet, ...TAKEN_STATES, 1));
  }

  async at(block: number): Promise<WeightSet | undefined> {
    return this.#read(() => this.#statements.at.get(...this.#subnet, block));
  }

  async outcomeAt(block: number, uid: MinerUid): Promise<StoredOutcome | undefined> {
    return this.#database.read(() => {
      const start = `[${uid},`;
      const row = this.#statements.outcomeAt.get(start, start, ...this.#subnet, block);
      return row && storedOutcomeOf(row);
    });
  }

  async unfinished(): Promise<readonly WeightSet[]> {
    return this.#database.read(() =>
      this.#statements.unfinished.all(...this.#subnet, ...UNFINISHED_STATES).map(weightSetOf),
    );
  }

  #change(set: WeightSetChange): void {
    const row = weightSetChanges(set);
    const { changes } = this.#statements.update.run(
      ...WEIGHT_SET_CHANGES.map((column) => row[column]),
      ...keyOf(set),
    );
    if (changes === 0) {
      throw new AssayError('weight_set_not_found', `no weight set was recorded at ${set.block}`);
    }
  }

  /** What is stored once, with the first change that comes after the signature; large, so no later change carries it. */
  async #extrinsicToStore(set: WeightSetChange): Promise<SignedExtrinsicRow | undefined> {
    const { extrinsic, updatedAtMs } = set;
    if (extrinsic === undefined) return undefined;
    const place = this.#database.read(() => this.#statements.signing.get(...keyOf(set)));
    if (place === undefined || place.is_signed === 1) return undefined;
    const signing = { submissionId: place.id, signedAtMs: updatedAtMs };
    return signedExtrinsicRow(extrinsic, await vectorJson(extrinsic.vector), signing);
  }

  #insertExtrinsic(row: SignedExtrinsicRow): void {
    this.#statements.insertExtrinsic.run(...SIGNED_EXTRINSIC_COLUMNS.map((column) => row[column]));
  }

  #read(get: () => StoredSetRow | undefined): WeightSet | undefined {
    return this.#database.read(() => {
      const row = get();
      return row && weightSetOf(row);
    });
  }
}

function keyOf({ netuid, mecid, block }: WeightSetChange): AtBlock {
  return [netuid, mecid, block];
}

function prepare(database: SqliteDatabase) {
  const joined = () =>
    database
      .query('weight_submissions as s')
      .leftJoin('signed_extrinsics as x', 'x.weight_submission_id', 's.id');
  const ofSubnet = () =>
    joined()
      .select('s.*', JOINED_EXTRINSIC_COLUMNS)
      .where({ 's.netuid': 'netuid', 's.mecid': 'mecid' });
  const newest = () => ofSubnet().orderBy('s.block', 'desc').limit(1);
  return {
    ...prepareChanges(database),
    decision: prepareDecision(database),
    latest: database.statement<[...Subnet, limit: number], StoredSetRow>(newest(), [
      ...SUBNET_KEY,
      'limit',
    ]),
    latestTaken: database.statement<unknown[], StoredSetRow>(
      newest().whereIn('s.state', TAKEN_STATES),
      [...SUBNET_KEY, ...TAKEN_STATES, 'limit'],
    ),
    unfinished: database.statement<unknown[], StoredSetRow>(
      ofSubnet().whereIn('s.state', UNFINISHED_STATES).orderBy('s.block'),
      [...SUBNET_KEY, ...UNFINISHED_STATES],
    ),
    at: database.statement<AtBlock, StoredSetRow>(
      ofSubnet().where({ 's.block': 'block' }),
      BLOCK_KEY,
    ),
    outcomeAt: database.statement<[start: string, start: string, ...AtBlock], StoredOutcomeRow>(
      database
        .query('weight_submissions')
        .select(...OUTCOME_FIELDS, database.query.raw(ENTRY_SQL, ['start', 'start']))
        .where(named(BLOCK_KEY)),
      ['start', 'start', ...BLOCK_KEY],
    ),
    signing: database.statement<AtBlock, { readonly id: number; readonly is_signed: number }>(
      joined()
        .select('s.id', database.query.raw('x.weight_submission_id is not null as is_signed'))
        .where({ 's.netuid': 'netuid', 's.mecid': 'mecid', 's.block': 'block' }),
      BLOCK_KEY,
    ),
  };
}

function prepareChanges(database: SqliteDatabase) {
  return {
    update: database.statement<unknown[]>(
      database
        .query('weight_submissions')
        .update(named(WEIGHT_SET_CHANGES))
        .where(named(BLOCK_KEY)),
      [...WEIGHT_SET_CHANGES, ...BLOCK_KEY],
    ),
    insertExtrinsic: database.statement<unknown[]>(
      database
        .query('signed_extrinsics')
        .insert(named(SIGNED_EXTRINSIC_COLUMNS))
        .onConflict('weight_submission_id')
        .ignore(),
      SIGNED_EXTRINSIC_COLUMNS,
    ),
  };
}
