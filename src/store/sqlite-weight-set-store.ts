import { setImmediate } from 'node:timers/promises';
import type { WeightDecision, WeightSetStore } from '../actors/ports.ts';
import { AssayError } from '../domain/errors.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { isOver, isTaken, WEIGHT_SET_STATES } from '../domain/weight-set-state.ts';
import { inBoundedSteps, type RowRange } from './bounded-steps.ts';
import { decisionLines } from './decision-lines.ts';
import { chainEnd, DecisionWriter, prepareDecision } from './decision-writer.ts';
import { CHECKPOINT_PAGES, named, type SqliteDatabase } from './sqlite-database.ts';
import { StagingRegister } from './staging-register.ts';
import {
  type AtBlock,
  BLOCK_KEY,
  SUBNET_KEY,
  type Subnet,
  type SubnetOptions,
} from './subnet-key.ts';
import { UnlinkedRows } from './unlinked-rows.ts';
import {
  WEIGHT_SET_CHANGES,
  type WeightSetRow,
  weightSetChanges,
  weightSetOf,
} from './weight-set-rows.ts';

interface SqliteWeightSetStoreOptions extends SubnetOptions {
  /** Whoever sweeps the rows of unfinished decisions away is given the same one. */
  readonly staging?: StagingRegister;
  /** Pairs that one transaction inserts at most; a decision with more is staged. */
  readonly pairsPerTransaction?: number;
}

/** Bounds how long the event loop stands still, and how long another writer waits: 5 to 10 ms. */
const PAIRS_PER_TRANSACTION = 1_000;
/** At SQLite's default the commits of a staged decision would take up to 30 ms. */
const STAGING_CHECKPOINT_PAGES = 200;
/** Each has at most `LINES_PER_CHUNK_MAX` lines. */
const CHUNKS_PER_TRANSACTION = 4;
const TAKEN_STATES = WEIGHT_SET_STATES.filter(isTaken);
const UNFINISHED_STATES = WEIGHT_SET_STATES.filter((state) => !isOver(state));

/** Keeps the weight sets of one subnet and mechanism. */
export class SqliteWeightSetStore implements WeightSetStore {
  readonly #database: SqliteDatabase;
  readonly #subnet: Subnet;
  readonly #staging: StagingRegister;
  readonly #unlinked: UnlinkedRows;
  readonly #pairsPerTransaction: number;
  readonly #statements: ReturnType<typeof prepare>;

  constructor({ database, netuid, mecid, ...options }: SqliteWeightSetStoreOptions) {
    this.#database = database;
    this.#subnet = [netuid, mecid];
    this.#staging = options.staging ?? new StagingRegister();
    this.#unlinked = new UnlinkedRows(database);
    this.#pairsPerTransaction = options.pairsPerTransaction ?? PAIRS_PER_TRANSACTION;
    this.#statements = prepare(database);
  }

  async record(decision: WeightDecision): Promise<void> {
    const lines = await decisionLines(decision, this.#pairsPerTransaction);
    const writer = new DecisionWriter(this.#statements.decision, decision, lines);
    if (writer.pairCount > this.#pairsPerTransaction) await this.#recordStaged(writer);
    else this.#recordAtOnce(writer);
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

  #recordAtOnce(writer: DecisionWriter): void {
    this.#database.transaction(() => {
      const metricsId = writer.begin();
      writer.writeHistory(metricsId, { from: 0, to: writer.pairCount });
      writer.writeInput(metricsId, { from: 0, to: writer.chunkCount });
      writer.finish(metricsId);
    });
  }

  /** What is staged when a step fails stays invisible and goes at once, or when somebody sweeps. */
  async #recordStaged(writer: DecisionWriter): Promise<void> {
    const metricsId = this.#database.transaction(() => writer.begin());
    this.#staging.begin(metricsId);
    try {
      this.#database.checkpointEvery(STAGING_CHECKPOINT_PAGES);
      await this.#stage(writer, metricsId);
      // The vector alone can be a thousand pages: the next commit copies them.
      this.#database.checkpointEvery(0);
      this.#database.transaction(() => writer.finish(metricsId));
      this.#staging.end(metricsId);
    } catch (error) {
      this.#staging.abandon(metricsId);
      await this.#removeAbandoned(metricsId);
      throw error;
    } finally {
      this.#database.checkpointEvery(CHECKPOINT_PAGES);
    }
    // What follows on a decision of this size is long enough to be a turn of its own.
    await setImmediate();
  }

  /** A store that fails may fail here as well: what stays is marked for whoever sweeps. */
  async #removeAbandoned(metricsId: number): Promise<void> {
    const remove = () => this.#unlinked.delete(metricsId, this.#pairsPerTransaction);
    try {
      this.#database.checkpointEvery(STAGING_CHECKPOINT_PAGES);
      while (this.#database.transaction(remove) > 0) await setImmediate();
      this.#staging.removed(metricsId);
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
    }
  }

  async #stage(writer: DecisionWriter, metricsId: number): Promise<void> {
    await this.#inTransactions(writer.pairCount, this.#pairsPerTransaction, (range) =>
      writer.writeHistory(metricsId, range),
    );
    await this.#inTransactions(writer.chunkCount, CHUNKS_PER_TRANSACTION, (range) =>
      writer.writeInput(metricsId, range),
    );
  }

  async #inTransactions(
    rows: number,
    rowsPerStep: number,
    write: (range: RowRange) => void,
  ): Promise<void> {
    await setImmediate();
    await inBoundedSteps({ rows, rowsPerStep }, (range) =>
      this.#database.transaction(() => write(range)),
    );
    await setImmediate();
  }
}

function prepare(database: SqliteDatabase) {
  const submissions = () => database.query('weight_submissions');
  const ofSubnet = () => submissions().where(named(SUBNET_KEY));
  const newest = () => ofSubnet().orderBy('block', 'desc').limit(1);
  return {
    decision: prepareDecision(database),
    update: database.statement<unknown[]>(
      submissions().update(named(WEIGHT_SET_CHANGES)).where(named(BLOCK_KEY)),
      [...WEIGHT_SET_CHANGES, ...BLOCK_KEY],
    ),
    latest: database.statement<[...Subnet, limit: number], WeightSetRow>(newest(), [
      ...SUBNET_KEY,
      'limit',
    ]),
    latestTaken: database.statement<unknown[], WeightSetRow>(
      newest().whereIn('state', TAKEN_STATES),
      [...SUBNET_KEY, ...TAKEN_STATES, 'limit'],
    ),
    unfinished: database.statement<unknown[], WeightSetRow>(
      ofSubnet().whereIn('state', UNFINISHED_STATES).orderBy('block'),
      [...SUBNET_KEY, ...UNFINISHED_STATES],
    ),
    at: database.statement<AtBlock, WeightSetRow>(submissions().where(named(BLOCK_KEY)), BLOCK_KEY),
  };
}
