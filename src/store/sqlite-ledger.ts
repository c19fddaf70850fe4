import { setImmediate } from 'node:timers/promises';
import type { LedgerReader } from '../actors/record-ports.ts';
import { AssayError } from '../domain/errors.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { LedgerContent, LedgerPair, SealedEntry } from '../domain/ledger/ledger-entry.ts';
import type { MinerFacts } from '../domain/miner-facts.ts';
import type { ExclusionReason } from '../domain/population.ts';
import { PAIR_FIELDS, type PairRow, pairOf } from './history-rows.ts';
import {
  type EntryRow,
  type InputRow,
  ledgerWeightsOf,
  minerOf,
  minersOf,
  sealedOf,
} from './ledger-rows.ts';
import { PendingPairs, pairsOf } from './pending-pairs.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import {
  type AtBlock,
  BLOCK_KEY,
  SUBNET_KEY,
  type Subnet,
  type SubnetOptions,
} from './subnet-key.ts';

interface SqliteLedgerOptions extends SubnetOptions {
  /** Pairs, or links, that are read before the event loop turns. */
  readonly rowsPerBatch?: number;
}

/** An entry's place in the chain of digests. */
export interface LedgerLink {
  readonly block: number;
  readonly digest: string;
  readonly previousDigest: string;
}

/** Stands for deleted entries: the newest of them, and how many there were. */
export interface LedgerAnchor {
  readonly block: number;
  readonly digest: string;
  readonly deletedCount: number;
}

interface PlacedEntry extends EntryRow {
  readonly weights_json: string;
  readonly metrics_id: number | null;
}

/** Where the pairs of a decision are read, by the key of its metrics. */
interface PairReading {
  readonly rows: (metricsId: number) => readonly PairRow[];
  readonly pending: (metricsId: number) => readonly LedgerPair[];
}

const ROWS_PER_BATCH = 2_000;
const SHUT: ExclusionReason = 'CATEGORY_BELOW_MIN_MINERS';

/**
 * Reads the ledger of one subnet and mechanism. Rows of decisions whose entry was deleted are never reached: everything is
 * looked up from an entry.
 */
export class SqliteLedger implements LedgerReader {
  readonly #database: SqliteDatabase;
  readonly #subnet: Subnet;
  readonly #rowsPerBatch: number;
  readonly #pending: PendingPairs;
  readonly #statements: ReturnType<typeof prepare>;

  constructor({ database, netuid, mecid, rowsPerBatch = ROWS_PER_BATCH }: SqliteLedgerOptions) {
    this.#database = database;
    this.#subnet = [netuid, mecid];
    this.#rowsPerBatch = rowsPerBatch;
    this.#pending = new PendingPairs(database);
    this.#statements = prepare(database);
  }

  async entryAt(block?: number): Promise<SealedEntry | undefined> {
    return this.#database.read(() => {
      const { newest, entry } = this.#statements;
      const row =
        block === undefined ? newest.get(...this.#subnet, 1) : entry.get(...this.#subnet, block);
      return row && sealedOf(row);
    });
  }

  async minerAt(block: number, uid: MinerUid): Promise<MinerFacts | undefined> {
    return this.#database.read(() => {
      const metricsId = this.#metricsId(block);
      if (metricsId === undefined) return undefined;
      const chunk = this.#statements.chunkBefore.get(metricsId, uid, 1);
      return chunk && minerOf(chunk, uid);
    });
  }

  async pairsAt(block: number, uid: MinerUid): Promise<readonly LedgerPair[]> {
    return this.#pairs(block, {
      rows: (metricsId) => this.#statements.pairsOfMiner.all(uid, block, metricsId),
      pending: (metricsId) => this.#pending.ofMiner(metricsId, uid),
    });
  }

  async shutPairsAt(block: number, category: CategoryKey): Promise<readonly LedgerPair[]> {
    return this.#pairs(block, {
      rows: (metricsId) => this.#statements.shutPairs.all(category, metricsId),
      pending: (metricsId) => this.#pending.leftOut(metricsId, category, SHUT),
    });
  }

  /**
   * The entry of a block with everything that it speaks of, read in batches, so that reports keep streaming.
   *
   * @throws AssayError `store_unusable` when a row cannot be read, or the one that leads to miners and pairs is missing;
   * whether what can be read is right is for `replay`.
   */
  async contentAt(block: number): Promise<LedgerContent | undefined> {
    const row = this.#placed(block);
    if (row === undefined) return undefined;
    const metricsId = row.metrics_id;
    if (metricsId === null) throw withoutMetrics(block);
    const content = {
      sealed: this.#database.read(() => sealedOf(row)),
      miners: await this.#miners(metricsId),
      pairs: await this.#allPairs(metricsId),
      weights: ledgerWeightsOf(row),
    };
    // An entry that was deleted meanwhile may have lost rows before they were read.
    return this.#placed(block)?.metrics_id === metricsId ? content : undefined;
  }

  /** Every entry's place in the chain by rising block, in batches. */
  async *links(): AsyncGenerator<readonly LedgerLink[]> {
    for (let afterBlock = -1; ; ) {
      const batch = this.#database.read(() =>
        this.#statements.links.all(...this.#subnet, afterBlock, this.#rowsPerBatch),
      );
      const last = batch.at(-1);
      if (last === undefined) return;
      yield batch;
      afterBlock = last.block;
      await setImmediate();
    }
  }

  /** Undefined as long as no entry was deleted. */
  async anchor(): Promise<LedgerAnchor | undefined> {
    return this.#database.read(() => this.#statements.anchor.get(...this.#subnet));
  }

  async #pairs(block: number, { rows, pending }: PairReading): Promise<readonly LedgerPair[]> {
    return this.#database.read(() => {
      const metricsId = this.#metricsId(block);
      if (metricsId === undefined) return [];
      return this.#pending.has(metricsId) ? pending(metricsId) : rows(metricsId).map(pairOf);
    });
  }

  async #miners(metricsId: number): Promise<readonly MinerFacts[]> {
    const miners: MinerFacts[] = [];
    for (let afterUid = -1; ; ) {
      const chunk = this.#database.read(() =>
        this.#statements.chunkAfter.get(metricsId, afterUid, 1),
      );
      if (chunk === undefined) return miners;
      for (const facts of minersOf(chunk)) miners.push(facts);
      afterUid = chunk.first_uid;
      await setImmediate();
    }
  }

  async #allPairs(metricsId: number): Promise<readonly LedgerPair[]> {
    // What is pending is read in one go: it is gone as soon as the last row is written.
    const pending = this.#database.read(() => this.#pending.chunks(metricsId));
    const pairs: LedgerPair[] = [];
    for (const chunk of pending) {
      for (const pair of pairsOf(chunk)) pairs.push(pair);
      await setImmediate();
    }
    return pending.length > 0 ? pairs : this.#writtenPairs(metricsId);
  }

  /** By falling key, which is the order of the decision. */
  async #writtenPairs(metricsId: number): Promise<readonly LedgerPair[]> {
    const pairs: LedgerPair[] = [];
    for (let beforeId = Number.MAX_SAFE_INTEGER; ; ) {
      const batch = this.#database.read(() =>
        this.#statements.pairsBefore.all(metricsId, beforeId, this.#rowsPerBatch),
      );
      const last = batch.at(-1);
      if (last === undefined) return pairs;
      for (const row of batch) pairs.push(pairOf(row));
      beforeId = last[0];
      await setImmediate();
    }
  }

  #placed(block: number): PlacedEntry | undefined {
    return this.#database.read(() => this.#statements.placed.get(...this.#subnet, block));
  }

  #metricsId(block: number): number | undefined {
    return this.#statements.metricsId.get(...this.#subnet, block)?.metrics_id;
  }
}

function withoutMetrics(block: number): AssayError {
  const message = `the entry of block ${block} has no row in emission_metrics, which leads to its miners and pairs`;
  return new AssayError('store_unusable', message, { metadata: { block: String(block) } });
}

function prepare(database: SqliteDatabase) {
  const entries = () => database.query('ledger_entries');
  const ofSubnet = () => entries().where(named(SUBNET_KEY));
  const entryColumns = () => ofSubnet().select('block', 'entry_json', 'digest');
  return {
    entry: database.statement<AtBlock, EntryRow>(entryColumns().where(named(['block'])), BLOCK_KEY),
    newest: database.statement<[...Subnet, limit: number], EntryRow>(
      entryColumns().orderBy('block', 'desc').limit(1),
      [...SUBNET_KEY, 'limit'],
    ),
    links: database.statement<[...AtBlock, limit: number], LedgerLink>(
      ofSubnet()
        .select('block', 'digest', { previousDigest: 'previous_digest' })
        .where('block', '>', 'block')
        .orderBy('block')
        .limit(1),
      [...BLOCK_KEY, 'limit'],
    ),
    anchor: database.statement<Subnet, LedgerAnchor>(
      database
        .query('ledger_anchors')
        .select('block', 'digest', { deletedCount: 'deleted_count' })
        .where(named(SUBNET_KEY)),
      SUBNET_KEY,
    ),
    ...preparePlaces(database),
    ...preparePairs(database),
    ...prepareInputs(database),
  };
}

/** From an entry to what is stored beside it. */
function preparePlaces(database: SqliteDatabase) {
  const entry = () =>
    database.query('ledger_entries as e').where({
      'e.netuid': 'netuid',
      'e.mecid': 'mecid',
      'e.block': 'block',
    });
  return {
    metricsId: database.statement<AtBlock, { metrics_id: number }>(
      entry()
        .join('emission_metrics as m', 'm.weight_submission_id', 'e.weight_submission_id')
        .select({ metrics_id: 'm.id' }),
      BLOCK_KEY,
    ),
    placed: database.statement<AtBlock, PlacedEntry>(
      entry()
        .join('weight_submissions as s', 's.id', 'e.weight_submission_id')
        .leftJoin('emission_metrics as m', 'm.weight_submission_id', 'e.weight_submission_id')
        .select('e.block', 'e.entry_json', 'e.digest', 's.weights_json', { metrics_id: 'm.id' }),
      BLOCK_KEY,
    ),
  };
}

function preparePairs(database: SqliteDatabase) {
  const pairs = () =>
    database
      .query('weight_allocation_history')
      .select(...PAIR_FIELDS)
      .orderBy('id', 'desc');
  return {
    pairsOfMiner: database
      .statement<[uid: number, block: number, metricsId: number], PairRow>(
        pairs().where(named(['miner_uid', 'weight_set_block', 'emission_metrics_id'])),
        ['miner_uid', 'weight_set_block', 'emission_metrics_id'],
      )
      .raw(),
    shutPairs: database
      .statement<[category: string, metricsId: number], PairRow>(
        pairs()
          .where(named(['gpu_category', 'emission_metrics_id']))
          // Word for word the condition of the index that holds such pairs alone.
          .whereRaw(`exclusion_reason = '${SHUT}'`),
        ['gpu_category', 'emission_metrics_id'],
      )
      .raw(),
    pairsBefore: database
      .statement<[metricsId: number, beforeId: number, limit: number], PairRow>(
        pairs()
          .where(named(['emission_metrics_id']))
          .where('id', '<', 'id')
          .limit(1),
        ['emission_metrics_id', 'id', 'limit'],
      )
      .raw(),
  };
}

function prepareInputs(database: SqliteDatabase) {
  const chunks = () =>
    database
      .query('ledger_inputs')
      .select('emission_metrics_id', 'first_uid', 'lines')
      .where(named(['emission_metrics_id']));
  return {
    chunkBefore: database.statement<[metricsId: number, uid: number, limit: number], InputRow>(
      chunks().where('first_uid', '<=', 'first_uid').orderBy('first_uid', 'desc').limit(1),
      ['emission_metrics_id', 'first_uid', 'limit'],
    ),
    chunkAfter: database.statement<[metricsId: number, uid: number, limit: number], InputRow>(
      chunks().where('first_uid', '>', 'first_uid').orderBy('first_uid').limit(1),
      ['emission_metrics_id', 'first_uid', 'limit'],
    ),
  };
}
