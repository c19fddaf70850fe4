import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  EmissionMetricsQuery,
  WeightHistoryQuery,
  WeightHistoryReader,
  WeightHistoryRow,
} from '../../src/actors/record-ports.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import {
  type HistoryPair,
  type HistorySet,
  historyDecision,
  historyHotkey,
} from '../support/history-samples.ts';
import { MemoryWeightHistory } from '../support/memory-weight-history.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import { type Stores, TESTED_DATABASES } from '../support/temporary-database.ts';

const ALL = { limit: 1_000 };
const HOUR_MS = 3_600_000;

/** Every category that a pair can be in, rewarded or not, and none. */
const PAIRS: readonly HistoryPair[] = [1, 2, 3, 300].flatMap((uid) => [
  { uid, category: 'H100' },
  { uid, category: 'A100', reason: 'BELOW_MIN_SCORE' },
  { uid, category: 'T4', reason: 'CATEGORY_NOT_REWARDED' },
  { uid, reason: 'NO_VALID_GPU' },
]);

describe.each(TESTED_DATABASES)('the weight history in $name', ({ open }) => {
  it('gives every pair of every set: newest block first, then category, then UID', async () => {
    const { weightHistory, ...stores } = await open();
    await record(stores, { block: 360, pairs: PAIRS }, { block: 720, pairs: PAIRS });
    const rows = await weightHistory.pairs(ALL);
    expect(rows.map(({ block, category, uid }) => [block, category, uid])).toEqual(
      [720, 360].flatMap((block) =>
        ['H100', 'A100', 'T4', undefined].flatMap((category) =>
          [1, 2, 3, 300].map((uid) => [block, category, uid]),
        ),
      ),
    );
    expect(withoutId(rows[1])).toEqual({
      block: 720,
      uid: 2,
      hotkey: historyHotkey(2),
      category: 'H100',
      reason: undefined,
      gpuCount: 3,
      scoreMicros: (2 * 7_919 + 720) % 1_000_001,
      basis: 3,
      weight: 2,
      categoryTotalScore: 0.72,
      categoryWeightPool: 720,
      decidedAtMs: SAMPLE_TIME_MS + 720 * 12_000,
      state: 'computed',
    });
    expect(rows[8]).toMatchObject({
      reason: 'CATEGORY_NOT_REWARDED',
      weight: 0,
      categoryTotalScore: 0,
      categoryWeightPool: 0,
    });
  });

  it('gives what a plain filter gives, whatever the filters', async () => {
    const property = fc.asyncProperty(
      anySets,
      fc.array(anyQuery(7), { minLength: 5, maxLength: 20 }),
      async (sets, queries) => {
        const { weightHistory, weightSets } = await open();
        const plain = new MemoryWeightHistory();
        for (const set of sets) {
          const decision = historyDecision(set);
          await weightSets.record(decision);
          if (set.netuid === undefined) plain.add(decision);
        }
        for (const query of queries) {
          const [found, expected] = await Promise.all([
            weightHistory.pairs({ ...query, ...ALL }),
            plain.pairs({ ...query, ...ALL }),
          ]);
          expect(found.map(withoutId)).toEqual(expected.map(withoutId));
          expect(await weightHistory.metrics({ ...query, ...ALL })).toEqual(
            await plain.metrics({ ...query, ...ALL }),
          );
        }
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  it('joins pages of every size to the whole, though new sets are decided in between', async () => {
    const property = fc.asyncProperty(
      anySets,
      anyQuery(2),
      fc.integer({ min: 1, max: 9 }),
      async (sets, query, limit) => {
        const { weightHistory, weightSets } = await open();
        for (const set of sets) await weightSets.record(historyDecision(set));
        const pairs = await weightHistory.pairs({ ...query, ...ALL });
        let block = 10_000;
        const decideMore = async () => {
          block += 1;
          await weightSets.record(historyDecision({ block, pairs: PAIRS }));
        };
        expect(await pagesOfPairs(weightHistory, { ...query, limit }, decideMore)).toEqual(pairs);
        const metrics = await weightHistory.metrics({ ...query, ...ALL });
        expect(await pagesOfMetrics(weightHistory, { ...query, limit }, decideMore)).toEqual(
          metrics,
        );
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  it.each([
    ['all pairs', {}],
    ['a miner', { minerUid: minerUid(2) }],
    ['a category', { category: 'H100' as CategoryKey }],
    ['a miner in a category', { minerUid: minerUid(2), category: 'A100' as CategoryKey }],
    ['a holder', { minerUid: minerUid(2), hotkey: historyHotkey(2) }],
  ])('ends and begins pages of %s within a block as between blocks', async (_, query) => {
    const { weightHistory, ...stores } = await open();
    for (let block = 360; block <= 1_440; block += 360)
      await record(stores, { block, pairs: PAIRS });
    const whole = await weightHistory.pairs({ ...ALL, ...query });
    expect(whole.length).toBeGreaterThanOrEqual(4);
    for (let limit = 1; limit <= whole.length; limit += 1) {
      expect(await pagesOfPairs(weightHistory, { ...query, limit })).toEqual(whole);
    }
  });

  it('gives the blocks of a range, its ends included', async () => {
    const { weightHistory, ...stores } = await open();
    for (let block = 360; block <= 3_600; block += 360) await record(stores, { block });
    const blocks = async (query: Partial<EmissionMetricsQuery>) => {
      const metrics = await weightHistory.metrics({ ...ALL, ...query });
      const pairs = await weightHistory.pairs({ ...ALL, ...query });
      expect(pairs.map(({ block }) => block)).toEqual(metrics.map(({ block }) => block));
      return metrics.map(({ block }) => block);
    };
    expect(await blocks({ fromBlock: 720, toBlock: 1_440 })).toEqual([1_440, 1_080, 720]);
    expect(await blocks({ fromBlock: 720, toBlock: 720 })).toEqual([720]);
    expect(await blocks({ fromBlock: 721, toBlock: 1_079 })).toEqual([]);
    expect(await blocks({ fromBlock: 1_440, toBlock: 720 })).toEqual([]);
    expect(await blocks({ fromBlock: 3_601 })).toEqual([]);
    expect(await blocks({ toBlock: 359 })).toEqual([]);
    expect(await blocks({ fromBlock: 0, toBlock: Number.MAX_SAFE_INTEGER })).toHaveLength(10);
  });

  it('gives the sets of a span of time: its beginning included, its end not', async () => {
    const { weightHistory, ...stores } = await open();
    const empty = await weightHistory.metrics({ ...ALL, fromMs: 0 });
    for (let hour = 1; hour <= 10; hour += 1) {
      await record(stores, { block: hour * 300, decidedAtMs: SAMPLE_TIME_MS + hour * HOUR_MS });
    }
    const hours = async (from: number | undefined, before?: number) => {
      const metrics = await weightHistory.metrics({
        ...ALL,
        ...(from === undefined ? {} : { fromMs: SAMPLE_TIME_MS + from * HOUR_MS }),
        ...(before === undefined ? {} : { beforeMs: SAMPLE_TIME_MS + before * HOUR_MS }),
      });
      return metrics.map(({ decidedAtMs }) => (decidedAtMs - SAMPLE_TIME_MS) / HOUR_MS);
    };
    expect(empty).toEqual([]);
    expect(await hours(8)).toEqual([10, 9, 8]);
    expect(await hours(undefined, 3)).toEqual([2, 1]);
    expect(await hours(4, 6)).toEqual([5, 4]);
    expect(await hours(4, 4)).toEqual([]);
    expect(await hours(6, 4)).toEqual([]);
    expect(await hours(11)).toEqual([]);
    expect(await hours(0, 1)).toEqual([]);
    expect(await hours(0, 100)).toHaveLength(10);
  });

  it('reads a long history in large pages and small ranges', async () => {
    const { weightHistory, ...stores } = await open();
    const sets = Array.from({ length: 500 }, (_, index): HistorySet => {
      const hours = index + 1;
      return { block: hours * 300, decidedAtMs: SAMPLE_TIME_MS + hours * HOUR_MS };
    });
    await record(stores, ...sets);
    const whole = await weightHistory.metrics(ALL);
    expect(whole.map(({ block }) => block)).toEqual(sets.map(({ block }) => block).reverse());
    expect(await pagesOfMetrics(weightHistory, { limit: 150 })).toEqual(whole);
    const week = {
      fromMs: SAMPLE_TIME_MS + 100 * HOUR_MS,
      beforeMs: SAMPLE_TIME_MS + 268 * HOUR_MS,
    };
    expect(await weightHistory.metrics({ ...ALL, ...week })).toEqual(whole.slice(233, 401));
    expect(await weightHistory.pairs({ ...ALL, ...week })).toHaveLength(168);
  });

  it('holds the time exactly where the clock was set back between two sets', async () => {
    const { weightHistory, ...stores } = await open();
    const times = [1, 5, 2, 6, 3];
    for (const [index, hour] of times.entries()) {
      const decidedAtMs = SAMPLE_TIME_MS + hour * HOUR_MS;
      await record(stores, { block: (index + 1) * 360, decidedAtMs });
    }
    const query = { ...ALL, fromMs: SAMPLE_TIME_MS + 2 * HOUR_MS };
    const early = { ...query, beforeMs: SAMPLE_TIME_MS + 5 * HOUR_MS };
    const blocks = (rows: readonly { readonly block: number }[]) => rows.map(({ block }) => block);
    expect(blocks(await weightHistory.metrics(early))).toEqual([1_800, 1_080]);
    expect(blocks(await weightHistory.pairs(early))).toEqual([1_800, 1_080]);
    expect(blocks(await weightHistory.metrics(query))).toEqual([1_800, 1_440, 1_080, 720]);
  });

  it('lists metrics with their categories in the order of the catalogue', async () => {
    const { weightHistory, weightSets, overwrite } = await open();
    await weightSets.record(historyDecision({ block: 360 }));
    const [metrics] = await weightHistory.metrics(ALL);
    expect(metrics).toMatchObject({ burnWeight: 100, burnPercentage: 10, minersServed: 2 });
    expect(metrics?.categories).toEqual([
      {
        category: 'H100',
        minerCount: 1,
        totalScore: 0.36,
        weightPool: 360,
        allocationPercentage: 75.5,
      },
      {
        category: 'A100',
        minerCount: 0,
        totalScore: 0.36,
        weightPool: 360,
        allocationPercentage: 24.5,
      },
    ]);
    const stored = (gpu_model: string) => ({
      ...{ gpu_model, miner_count: 1, total_score: 1, weight_allocation: 1 },
      allocation_percentage: 1,
    });
    const shuffled = Object.fromEntries(['GONE', 'T4', 'H200'].map((key) => [key, stored(key)]));
    const json = JSON.stringify(shuffled);
    await overwrite('emission_metrics', { category_distributions_json: json });
    const [reordered] = await weightHistory.metrics(ALL);
    expect(reordered?.categories.map(({ category }) => category)).toEqual(['H200', 'T4', 'GONE']);
  });

  it('shows nothing of a decision without a submission, nor of another subnet or mechanism', async () => {
    const { weightHistory, overwrite, ...stores } = await open();
    await record(stores, { block: 300, netuid: 40 }, { block: 330, mecid: 1 }, { block: 360 });
    await record(stores, { block: 420, netuid: 40 });
    expect(await weightHistory.pairs(ALL)).toHaveLength(1);
    expect((await weightHistory.metrics(ALL)).map(({ block }) => block)).toEqual([360]);
    await overwrite('emission_metrics', { weight_submission_id: null });
    expect(await weightHistory.pairs(ALL)).toEqual([]);
    expect(await weightHistory.metrics(ALL)).toEqual([]);
  });

  it('says what became of each set on chain', async () => {
    const { weightHistory, weightSets } = await open();
    const sets = [360, 720, 1_080].map((block) => historyDecision({ block }));
    for (const decision of sets) await weightSets.record(decision);
    const [first, second] = sets.map(({ set }) => set);
    const failure = { reason: 'TOO_FAST', message: 'too fast', action: { kind: 'stop' } } as const;
    if (first !== undefined) await weightSets.update({ ...first, state: 'failed', failure });
    if (second !== undefined) await weightSets.update({ ...second, state: 'verified' });
    const states = ['computed', 'verified', 'failed'].map((state) => ({ state }));
    expect(await weightHistory.pairs(ALL)).toMatchObject(states);
    expect(await weightHistory.pairs({ ...ALL, minerUid: minerUid(7) })).toMatchObject(states);
    expect(await weightHistory.metrics(ALL)).toMatchObject(states);
  });

  it('tells the holders of a UID apart, and needs the UID for it', async () => {
    const { weightHistory, ...stores } = await open();
    await record(stores, { block: 360 }, { block: 720, holder: 1 }, { block: 1_080, holder: 1 });
    const query = { ...ALL, minerUid: minerUid(7), hotkey: historyHotkey(7, 1) };
    expect((await weightHistory.pairs(query)).map(({ block }) => block)).toEqual([1_080, 720]);
    await expect(weightHistory.pairs({ ...ALL, hotkey: historyHotkey(7) })).rejects.toThrow(
      AssertionError,
    );
  });

  it('reads rows from before the ledger, which say neither whose they are nor what was left out', async () => {
    const { weightHistory, overwrite, ...stores } = await open();
    await record(stores, { block: 360 });
    await overwrite('weight_allocation_history', { miner_hotkey: '' });
    expect(await weightHistory.pairs(ALL)).toMatchObject([{ hotkey: '', reason: undefined }]);
  });

  it.each([
    ['emission_metrics', { category_distributions_json: '[1]' }, 'category_distributions_json'],
    ['emission_metrics', { category_distributions_json: '{"H100":{}}' }, '.H100'],
    ['emission_metrics', { category_distributions_json: 'much' }, 'emission_metrics is damaged'],
    ['weight_allocation_history', { exclusion_reason: 'WHIM' }, 'the reason is not a known one'],
    ['weight_allocation_history', { miner_hotkey: 'me' }, 'hotkey'],
    ['weight_allocation_history', { timestamp: 'lately' }, 'timestamp is not a time'],
  ])('says which row of %s is damaged: %j', async (table, damage, message) => {
    const { weightHistory, overwrite, ...stores } = await open();
    await record(stores, { block: 360 });
    await overwrite(table, damage);
    const failure = weightHistory.pairs(ALL);
    await expect(failure).rejects.toMatchObject({ code: 'store_unusable' });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(`of ${table} is damaged`);
  });
});

const anyPairs = fc.subarray([...PAIRS], { minLength: 4 });
const anySets = fc
  .array(fc.record({ pairs: anyPairs, holder: fc.nat(1), hours: fc.nat(6), isOther: fc.nat(5) }), {
    maxLength: 8,
  })
  .map((sets) =>
    sets.map(
      ({ pairs, holder, hours, isOther }, index): HistorySet => ({
        block: (index + 1) * 10,
        decidedAtMs: SAMPLE_TIME_MS + hours * HOUR_MS,
        ...(isOther === 0 ? { netuid: 40 } : {}),
        pairs,
        holder,
      }),
    ),
  );

const anyTime = fc.integer({ min: -1, max: 7 }).map((hours) => SAMPLE_TIME_MS + hours * HOUR_MS);
const anyFilters = fc.record({
  minerUid: fc.constantFrom(1, 2, 3, 300, 65_535).map((uid) => minerUid(uid)),
  holder: fc.nat(1),
  category: fc.constantFrom(...(['H100', 'A100', 'T4', 'A10'] as CategoryKey[])),
  fromBlock: fc.integer({ min: 0, max: 90 }),
  toBlock: fc.integer({ min: 0, max: 90 }),
  fromMs: anyTime,
  beforeMs: anyTime,
});

/** So many filters at most; ranges may be the wrong way round or outside of everything. */
function anyQuery(filtersMax: number): fc.Arbitrary<Omit<WeightHistoryQuery, 'limit'>> {
  const names = ['minerUid', 'holder', 'category', 'fromBlock', 'toBlock', 'fromMs', 'beforeMs'];
  const given = fc.subarray(names, { maxLength: filtersMax });
  return fc.tuple(anyFilters, given).map(([filters, kept]) => {
    const { holder, minerUid: uid, ...rest } = filters;
    const all = { ...rest, minerUid: uid };
    const query = Object.fromEntries(Object.entries(all).filter(([name]) => kept.includes(name)));
    const isHeld = kept.includes('minerUid') && kept.includes('holder');
    return isHeld ? { ...query, hotkey: historyHotkey(uid, holder) } : query;
  });
}

async function record({ weightSets }: Pick<Stores, 'weightSets'>, ...sets: HistorySet[]) {
  for (const set of sets) await weightSets.record(historyDecision(set));
}

async function pagesOfPairs(
  history: WeightHistoryReader,
  query: WeightHistoryQuery,
  between: () => Promise<void> = async () => {},
) {
  const rows: WeightHistoryRow[] = [];
  for (;;) {
    const after = rows.at(-1);
    const page = await history.pairs({ ...query, ...(after === undefined ? {} : { after }) });
    rows.push(...page);
    if (page.length < query.limit) return rows;
    await between();
  }
}

async function pagesOfMetrics(
  history: WeightHistoryReader,
  query: EmissionMetricsQuery,
  between: () => Promise<void> = async () => {},
) {
  const rows: Awaited<ReturnType<WeightHistoryReader['metrics']>>[number][] = [];
  for (;;) {
    const last = rows.at(-1);
    const page = await history.metrics({ ...query, ...(last && { beforeBlock: last.block }) });
    rows.push(...page);
    if (page.length < query.limit) return rows;
    await between();
  }
}

/** The model numbers its rows in its own way. */
function withoutId(row: WeightHistoryRow | undefined) {
  return { ...row, id: undefined };
}
