/**
 * Reads what weight sets gave, newest block first. Rows of a decision that is no longer kept belong to no submission and are
 * never shown, nor are the pairs of a decision before the last of its rows is written. They could be many, and lie at the ends of the
 * history, so a read begins at the newest block and ends at the oldest that has a submission. The joins are crosswise because
 * SQLite keeps the order of those: the rows come in the order in which they are wanted and nothing is sorted.
 */
import type {
  EmissionMetrics,
  EmissionMetricsQuery,
  WeightHistoryQuery,
  WeightHistoryReader,
  WeightHistoryRow,
} from '../actors/record-ports.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { assert, present } from '../lib/assert.ts';
import { keysetPage } from './keyset-page.ts';
import { PendingPairs } from './pending-pairs.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { SUBNET_KEY, type Subnet, type SubnetOptions } from './subnet-key.ts';
import { timeRangeTexts } from './time-text.ts';
import {
  categoriesOf,
  emissionMetricsOf,
  HISTORY_FIELDS,
  type HistoryRow,
  METRICS_FIELDS,
  type MetricsRow,
  type OutcomeRow,
  weightHistoryRowOf,
} from './weight-history-rows.ts';

type Filters = Pick<WeightHistoryQuery, 'fromBlock' | 'toBlock' | 'fromMs' | 'beforeMs'>;
type FoundHistoryRow = HistoryRow & OutcomeRow & Pick<MetricsRow, 'category_distributions_json'>;

/** Blocks from the first up to and with the last. */
interface BlockRange {
  readonly first: number;
  readonly last: number;
}

/** Reads the sets of one subnet and mechanism. */
export class SqliteWeightHistory implements WeightHistoryReader {
  readonly #database: SqliteDatabase;
  readonly #subnet: Subnet;
  readonly #pending: PendingPairs;
  readonly #blocks: ReturnType<typeof prepareBlocks>;
  readonly #metrics: ReturnType<typeof prepareMetrics>;
  readonly #pairs: ReadonlyMap<string, ReturnType<typeof preparePairs>>;

  constructor({ database, netuid, mecid }: SubnetOptions) {
    this.#database = database;
    this.#subnet = [netuid, mecid];
    this.#pending = new PendingPairs(database);
    this.#blocks = prepareBlocks(database);
    this.#metrics = prepareMetrics(database);
    this.#pairs = new Map(
      PAIR_FILTERS.map((columns) => [columns.join(), preparePairs(database, columns)]),
    );
  }

  async pairs(query: WeightHistoryQuery): Promise<readonly WeightHistoryRow[]> {
    return this.#database.read(() => {
      const blocks = this.#blockRange(query);
      if (blocks === undefined) return [];
      const rows: FoundHistoryRow[] = [];
      for (const range of rangesWithout(this.#pending.blocks(this.#subnet), blocks)) {
        rows.push(...this.#pairRows({ ...query, limit: query.limit - rows.length }, range));
        if (rows.length === query.limit) break;
      }
      return withPools(rows);
    });
  }

  /** The blocks whose pairs are not listed yet, rising: their rows are still to be written. */
  async pendingBlocks(): Promise<readonly number[]> {
    return this.#database.read(() => this.#pending.blocks(this.#subnet));
  }

  async metrics(query: EmissionMetricsQuery): Promise<readonly EmissionMetrics[]> {
    const { beforeBlock = Number.POSITIVE_INFINITY, limit } = query;
    return this.#database.read(() => {
      const blocks = this.#blockRange(query);
      if (blocks === undefined) return [];
      const last = Math.min(blocks.last, beforeBlock - 1);
      return this.#metrics
        .all(...this.#subnet, blocks.first, last, ...timeRangeTexts(query), limit)
        .map(emissionMetricsOf);
    });
  }

  #pairRows(query: WeightHistoryQuery, { first, last }: BlockRange): readonly FoundHistoryRow[] {
    const { minerUid, hotkey, category, after, limit } = query;
    assert(hotkey === undefined || minerUid !== undefined, 'a hotkey is asked for with its UID');
    const given: readonly [PairFilter, string | number | undefined][] = [
      ['miner_uid', minerUid],
      ['miner_hotkey', hotkey],
      ['gpu_category', category],
    ];
    const used = given.filter(([, value]) => value !== undefined);
    const key = used.map(([column]) => column).join();
    const { rest, below } = present(this.#pairs.get(key), `no statement filters by ${key}`);
    const values = used.map(([, value]) => value);
    const tail = [...timeRangeTexts(query), ...this.#subnet];
    const isInside = after !== undefined && after.block >= first && after.block <= last;
    const position = isInside ? { key: after.block, id: after.id } : undefined;
    const bound = Math.min(last, after?.block ?? last);
    return keysetPage(position, limit, {
      rest: (block, id, count) => rest.all(...values, block, id, ...tail, count),
      below: (block = bound + 1, count) => below.all(...values, first, block, ...tail, count),
    });
  }

  /**
   * The blocks that rows can be in: those of this subnet's sets, those asked for, and those decided in the time asked
   * for. A clock that was set back may leave other times between them, so the times are filtered as well.
   */
  #blockRange(query: Filters): BlockRange | undefined {
    const { fromBlock = 0, toBlock = Number.POSITIVE_INFINITY, fromMs, beforeMs } = query;
    const { oldest, newest, decided } = this.#blocks;
    const isTimed = fromMs !== undefined || beforeMs !== undefined;
    const timed = isTimed ? decided.get(...timeRangeTexts(query)) : undefined;
    const first = oldest.get(...this.#subnet, 1)?.block;
    const last = newest.get(...this.#subnet, 1)?.block;
    if (first === undefined || last === undefined) return undefined;
    if (isTimed && typeof timed?.first !== 'number') return undefined;
    const range = {
      first: Math.max(fromBlock, first, timed?.first ?? 0),
      last: Math.min(toBlock, last, timed?.last ?? Number.POSITIVE_INFINITY),
    };
    return range.first > range.last ? undefined : range;
  }
}

/** What is left of a range without some rising blocks, the newest first. */
function rangesWithout(blocks: readonly number[], { first, last }: BlockRange): BlockRange[] {
  const ranges: BlockRange[] = [];
  let end = last;
  for (const block of blocks.toReversed()) {
    if (block > end) continue;
    ranges.push({ first: Math.max(first, block + 1), last: end });
    end = block - 1;
  }
  return [...ranges, { first, last: end }].filter((range) => range.first <= range.last);
}

/** What a category of each set had to divide, read once for each set. */
function withPools(rows: readonly FoundHistoryRow[]): readonly WeightHistoryRow[] {
  const poolsOf = new Map<number, ReadonlyMap<string, number>>();
  return rows.map((row) => {
    const id = row.emission_metrics_id;
    const pools = poolsOf.get(id) ?? categoryPools({ ...row, id });
    poolsOf.set(id, pools);
    return weightHistoryRowOf(row, pools.get(row.gpu_category) ?? 0);
  });
}

function categoryPools(row: Parameters<typeof categoriesOf>[0]): ReadonlyMap<CategoryKey, number> {
  return new Map(categoriesOf(row).map(({ category, weightPool }) => [category, weightPool]));
}

type PairFilter = 'miner_uid' | 'miner_hotkey' | 'gpu_category';

/** Every combination of filters has statements of its own, so that each is led by an index. */
const PAIR_FILTERS: readonly (readonly PairFilter[])[] = [
  [],
  ['gpu_category'],
  ['miner_uid'],
  ['miner_uid', 'gpu_category'],
  ['miner_uid', 'miner_hotkey'],
  ['miner_uid', 'miner_hotkey', 'gpu_category'],
];

const TIMES = ['from_time', 'before_time'];

function preparePairs(database: SqliteDatabase, columns: readonly PairFilter[]) {
  const filtered = () => {
    const rows = database
      .query('weight_allocation_history as h')
      .select(HISTORY_FIELDS.map((field) => `h.${field}`))
      .select('m.category_distributions_json', 's.state')
      .crossJoin('emission_metrics as m', 'm.id', 'h.emission_metrics_id')
      .crossJoin('weight_submissions as s', 's.id', 'm.weight_submission_id')
      .orderBy([
        { column: 'h.weight_set_block', order: 'desc' },
        { column: 'h.id', order: 'desc' },
      ])
      .limit(1);
    for (const column of columns) rows.where(`h.${column}`, column);
    return rows;
  };
  const decided = (rows: ReturnType<typeof filtered>) =>
    rows
      .where('h.timestamp', '>=', 'from_time')
      .where('h.timestamp', '<', 'before_time')
      .where({ 's.netuid': 'netuid', 's.mecid': 'mecid' });
  return {
    rest: database.statement<unknown[], FoundHistoryRow>(
      decided(filtered().where('h.weight_set_block', 'block').where('h.id', '<', 'id')),
      [...columns, 'block', 'id', ...TIMES, ...SUBNET_KEY, 'limit'],
    ),
    below: database.statement<unknown[], FoundHistoryRow>(
      decided(
        filtered()
          .where('h.weight_set_block', '>=', 'first_block')
          .where('h.weight_set_block', '<', 'block'),
      ),
      [...columns, 'first_block', 'block', ...TIMES, ...SUBNET_KEY, 'limit'],
    ),
  };
}

function prepareMetrics(database: SqliteDatabase) {
  return database.statement<unknown[], MetricsRow & OutcomeRow>(
    database
      .query('weight_submissions as s')
      .select(METRICS_FIELDS.map((field) => `m.${field}`))
      .select('s.state')
      .crossJoin('emission_metrics as m', 'm.weight_submission_id', 's.id')
      .where({ 's.netuid': 'netuid', 's.mecid': 'mecid' })
      .where('s.block', '>=', 'first_block')
      .where('s.block', '<=', 'last_block')
      .where('m.timestamp', '>=', 'from_time')
      .where('m.timestamp', '<', 'before_time')
      .orderBy('s.block', 'desc')
      .limit(1),
    [...SUBNET_KEY, 'first_block', 'last_block', ...TIMES, 'limit'],
  );
}

function prepareBlocks(database: SqliteDatabase) {
  const end = (order: 'asc' | 'desc') =>
    database.statement<[...Subnet, limit: number], { block: number }>(
      database
        .query('weight_submissions')
        .select('block')
        .where({ netuid: 'netuid', mecid: 'mecid' })
        .orderBy('block', order)
        .limit(1),
      [...SUBNET_KEY, 'limit'],
    );
  return {
    oldest: end('asc'),
    newest: end('desc'),
    /** Null when nothing was decided in that time. */
    decided: database.statement<
      [fromTime: string, beforeTime: string],
      { first: number | null; last: number | null }
    >(
      database
        .query('emission_metrics')
        .min({ first: 'weight_set_block' })
        .max({ last: 'weight_set_block' })
        .where('timestamp', '>=', 'from_time')
        .where('timestamp', '<', 'before_time'),
      TIMES,
    ),
  };
}
