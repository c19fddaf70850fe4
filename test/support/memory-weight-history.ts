import type { WeightDecision } from '../../src/actors/ports.ts';
import type {
  EmissionMetrics,
  EmissionMetricsQuery,
  WeightHistoryQuery,
  WeightHistoryReader,
  WeightHistoryRow,
} from '../../src/actors/record-ports.ts';
import { CATALOGUE } from '../../src/domain/gpu/catalogue.ts';
import { minerOfLine } from '../../src/domain/ledger/miner-line.ts';
import { pairAt } from '../../src/domain/ledger/pair-lines.ts';
import { present } from '../../src/lib/assert.ts';
import { unpackLines } from '../../src/lib/packed-lines.ts';

type Ranges = Pick<EmissionMetricsQuery, 'fromBlock' | 'toBlock' | 'fromMs' | 'beforeMs'>;

/** What weight sets gave, in memory: every filter is a plain comparison, one row after the other. */
export class MemoryWeightHistory implements WeightHistoryReader {
  readonly #rows: WeightHistoryRow[] = [];
  readonly #metrics: EmissionMetrics[] = [];

  /** Blocks rise from one decision to the next. */
  add({ set, allocation, basis }: WeightDecision): void {
    const lines = basis.input.chunks.flatMap(({ content }) => unpackLines(content));
    const holders = new Map(lines.map(minerOfLine).map(({ uid, hotkey }) => [uid, hotkey]));
    const categories = allocation.categories.map((category) => ({
      category: category.category,
      minerCount: category.minerCount,
      totalScore: Number(category.totalBasis) / 1e6,
      weightPool: category.weightPool,
      allocationPercentage: category.shareMicroPercent / 1e6,
    }));
    this.#metrics.unshift({
      block: set.block,
      decidedAtMs: set.decidedAtMs,
      burnWeight: allocation.burn.weight,
      burnPercentage: allocation.burn.percentage,
      minersServed: allocation.minersServed,
      categories,
      state: set.state,
    });
    const count = allocation.pairs.uid.length;
    const newest = this.#rows.length + count;
    const rows = Array.from({ length: count }, (_, place) => {
      const pair = pairAt(allocation.pairs, place, CATALOGUE);
      const of = categories.find(({ category }) => category === pair.category);
      return {
        ...pair,
        id: newest - place,
        block: set.block,
        hotkey: present(holders.get(pair.uid), 'every pair has a holder'),
        categoryTotalScore: of?.totalScore ?? 0,
        categoryWeightPool: of?.weightPool ?? 0,
        decidedAtMs: set.decidedAtMs,
        state: set.state,
      };
    });
    this.#rows.unshift(...rows);
  }

  async pairs(query: WeightHistoryQuery): Promise<readonly WeightHistoryRow[]> {
    const { minerUid, hotkey, category, after, limit } = query;
    return this.#rows
      .filter((row) => isWithin(row, query))
      .filter((row) => minerUid === undefined || row.uid === minerUid)
      .filter((row) => hotkey === undefined || row.hotkey === hotkey)
      .filter((row) => category === undefined || row.category === category)
      .filter(
        ({ block, id }) =>
          after === undefined || block < after.block || (block === after.block && id < after.id),
      )
      .slice(0, limit);
  }

  async metrics(query: EmissionMetricsQuery): Promise<readonly EmissionMetrics[]> {
    const { beforeBlock = Number.POSITIVE_INFINITY, limit } = query;
    return this.#metrics
      .filter((metrics) => isWithin(metrics, query))
      .filter(({ block }) => block < beforeBlock)
      .slice(0, limit);
  }
}

function isWithin(
  { block, decidedAtMs }: Pick<EmissionMetrics, 'block' | 'decidedAtMs'>,
  { fromBlock, toBlock, fromMs, beforeMs }: Ranges,
): boolean {
  return (
    (fromBlock === undefined || block >= fromBlock) &&
    (toBlock === undefined || block <= toBlock) &&
    (fromMs === undefined || decidedAtMs >= fromMs) &&
    (beforeMs === undefined || decidedAtMs < beforeMs)
  );
}
