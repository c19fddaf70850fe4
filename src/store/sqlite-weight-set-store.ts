import type { WeightSetStore } from '../actors/ports.ts';
import type { Allocation } from '../domain/allocation.ts';
import { AssayError } from '../domain/errors.ts';
import { categoryIndex } from '../domain/gpu/catalogue.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { isOver, isTaken, WEIGHT_SET_STATES } from '../domain/weight-set-state.ts';
import { assert, present } from '../lib/assert.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { timeText } from './time-text.ts';
import {
  EMISSION_METRICS_COLUMNS,
  emissionMetricsRow,
  totalScore,
  WEIGHT_SET_CHANGES,
  WEIGHT_SET_COLUMNS,
  type WeightSetRow,
  weightSetChanges,
  weightSetOf,
  weightSetRow,
} from './weight-set-rows.ts';

interface SqliteWeightSetStoreOptions {
  readonly database: SqliteDatabase;
  readonly netuid: number;
  readonly mecid: number;
}

type Subnet = [netuid: number, mecid: number];
type HistoryParameters = [
  allocatedWeight: number,
  basis: number,
  categoryTotalScore: number,
  emissionMetricsId: number | bigint,
  gpuCategory: string,
  gpuCount: number,
  minerScore: number,
  minerUid: number,
  timestamp: string,
  weightSetBlock: number,
];

const HISTORY_COLUMNS = [
  'allocated_weight',
  'basis',
  'category_total_score',
  'emission_metrics_id',
  'gpu_category',
  'gpu_count',
  'miner_score',
  'miner_uid',
  'timestamp',
  'weight_set_block',
] as const;
const TAKEN_STATES = WEIGHT_SET_STATES.filter(isTaken);
const UNFINISHED_STATES = WEIGHT_SET_STATES.filter((state) => !isOver(state));
const KEY = ['netuid', 'mecid', 'block'] as const;
const MICROS = 1_000_000;

/** Keeps the weight sets of one subnet and mechanism. */
export class SqliteWeightSetStore implements WeightSetStore {
  readonly #database: SqliteDatabase;
  readonly #subnet: Subnet;
  readonly #statements: ReturnType<typeof prepare>;

  constructor({ database, netuid, mecid }: SqliteWeightSetStoreOptions) {
    this.#database = database;
    this.#subnet = [netuid, mecid];
    this.#statements = prepare(database);
  }

  async record(set: WeightSet, allocation: Allocation): Promise<void> {
    assert(set.hotkeys.length === set.vector.uids.length, 'every weight has a hotkey');
    this.#database.transaction(() => {
      const submissionId = this.#insertSubmission(set);
      const metricsId = this.#insertMetrics(set, allocation, submissionId);
      this.#insertHistory(set, allocation, metricsId);
    });
  }

  async update(set: WeightSet): Promise<void> {
    const changes = weightSetChanges(set);
    const { changes: count } = this.#database.transaction(() =>
      this.#statements.update.run(
        ...WEIGHT_SET_CHANGES.map((column) => changes[column]),
        set.netuid,
        set.mecid,
        set.block,
      ),
    );
    if (count === 0) {
      throw new AssayError('weight_set_not_found', `no weight set was recorded at ${set.block}`);
    }
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

  async unfinished(): Promise<readonly WeightSet[]> {
    return this.#database.read(() =>
      this.#statements.unfinished.all(...this.#subnet, ...UNFINISHED_STATES).map(weightSetOf),
    );
  }

  #read(get: () => WeightSetRow | undefined): WeightSet | undefined {
    return this.#database.read(() => {
      const row = get();
      return row && weightSetOf(row);
    });
  }

  #insertSubmission(set: WeightSet): number | bigint {
    const row = weightSetRow(set);
    const { changes, lastInsertRowid } = this.#statements.insert.run(
      ...WEIGHT_SET_COLUMNS.map((column) => row[column]),
    );
    if (changes === 0) {
      throw new AssayError(
        'weight_set_in_progress',
        `the weights of block ${set.block} were decided already, by this process or another`,
      );
    }
    return lastInsertRowid;
  }

  #insertMetrics(set: WeightSet, allocation: Allocation, submissionId: number | bigint) {
    const row = emissionMetricsRow(set, allocation, submissionId);
    return this.#statements.insertMetrics.run(
      ...EMISSION_METRICS_COLUMNS.map((column) => row[column]),
    ).lastInsertRowid;
  }

  /** One row per included pair. */
  #insertHistory(set: WeightSet, { categories, pairs }: Allocation, metricsId: number | bigint) {
    const byIndex = new Map(
      categories.map((category) => [
        categoryIndex(category.category),
        { key: category.category, totalScore: totalScore(category) },
      ]),
    );
    const timestamp = timeText(set.decidedAtMs);
    for (let pair = 0; pair < pairs.uid.length; pair += 1) {
      if (at(pairs.reason, pair) !== 0) continue;
      const category = present(byIndex.get(at(pairs.category, pair)), 'a paid pair has a category');
      this.#statements.insertHistory.run(
        at(pairs.weight, pair),
        at(pairs.basis, pair),
        category.totalScore,
        metricsId,
        category.key,
        at(pairs.gpuCount, pair),
        at(pairs.scoreMicros, pair) / MICROS,
        at(pairs.uid, pair),
        timestamp,
        set.block,
      );
    }
  }
}

function at(column: ArrayLike<number>, index: number): number {
  return column[index] as number;
}

function prepare(database: SqliteDatabase) {
  const submissions = () => database.query('weight_submissions');
  const ofSubnet = () => submissions().where({ netuid: 'netuid', mecid: 'mecid' });
  const newest = () => ofSubnet().orderBy('block', 'desc').limit(1);
  return {
    insert: database.statement<unknown[]>(
      submissions()
        .insert(named(WEIGHT_SET_COLUMNS))
        .onConflict([...KEY])
        .ignore(),
      WEIGHT_SET_COLUMNS,
    ),
    insertMetrics: database.statement<unknown[]>(
      database.query('emission_metrics').insert(named(EMISSION_METRICS_COLUMNS)),
      EMISSION_METRICS_COLUMNS,
    ),
    insertHistory: database.statement<HistoryParameters>(
      database.query('weight_allocation_history').insert(named(HISTORY_COLUMNS)),
      HISTORY_COLUMNS,
    ),
    update: database.statement<unknown[]>(
      submissions().update(named(WEIGHT_SET_CHANGES)).where(named(KEY)),
      [...WEIGHT_SET_CHANGES, ...KEY],
    ),
    latest: database.statement<[...Subnet, limit: number], WeightSetRow>(newest(), [
      'netuid',
      'mecid',
      'limit',
    ]),
    latestTaken: database.statement<unknown[], WeightSetRow>(
      newest().whereIn('state', TAKEN_STATES),
      ['netuid', 'mecid', ...TAKEN_STATES, 'limit'],
    ),
    unfinished: database.statement<unknown[], WeightSetRow>(
      ofSubnet().whereIn('state', UNFINISHED_STATES).orderBy('block'),
      ['netuid', 'mecid', ...UNFINISHED_STATES],
    ),
    at: database.statement<[...Subnet, block: number], WeightSetRow>(
      ofSubnet().where({ block: 'block' }),
      KEY,
    ),
  };
}
