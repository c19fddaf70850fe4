import { beforeAll, describe, expect, it } from 'vitest';
import type { WeightDecision } from '../../src/actors/ports.ts';
import type { ArchivedEntry } from '../../src/actors/record-ports.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { HistoryWriter } from '../../src/store/history-writer.ts';
import { documentOf } from '../../src/store/ledger-document.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteLedgerRemover } from '../../src/store/sqlite-ledger-remover.ts';
import { decidedIn } from '../support/decision-samples.ts';
import {
  DECISION_TABLES,
  decisionRows,
  expectSound,
  expectWhole,
  listedBlocks,
  PENDING_SUBNET,
  pairsOfDecision,
  record,
  rowsOf,
  severalChunks,
  writeAll,
  writtenCount,
} from '../support/pending-history.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import { REMOVAL_TIME_MS, sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';

const ALL_ROWS = Number.MAX_SAFE_INTEGER;
const RETENTION = { decidedBeforeMs: SAMPLE_TIME_MS + 1, nowMs: REMOVAL_TIME_MS };

let older: WeightDecision;
let large: WeightDecision;
let larger: WeightDecision;

beforeAll(async () => {
  older = await decidedIn({ block: 640 });
  large = await severalChunks();
  larger = await severalChunks(1_360, 70);
});

describe('a decision with more pairs than its transaction writes rows', () => {
  it('is whole for every reader at every stage, and listed when its last row is written', async () => {
    const database = await temporaryDatabase();
    await record(database, older, ALL_ROWS);
    await record(database, large);
    const writer = new HistoryWriter(database);
    const pairCount = pairsOfDecision(large).length;
    const stages: number[] = [];
    for (let written = 0; written < pairCount; ) {
      await expectWhole(database, large);
      expect((await sqliteStores(database).weightSets.latest())?.block).toBe(1_000);
      expect(await listedBlocks(database)).toEqual([640]);
      expect(await writtenCount(database, 1_000)).toBe(written);
      expect(await rowsOf(database, 'pending_weight_history')).toHaveLength(5);
      written += writer.writeNext();
      stages.push(written);
    }
    expect(stages).toHaveLength(5);
    expect(stages.at(-1)).toBe(pairCount);
    await expectWhole(database, large);
    expect(await listedBlocks(database)).toEqual([1_000, 640]);
    expect(await rowsOf(database, 'pending_weight_history')).toEqual([]);
    expect(writer.writeNext()).toBe(0);
    await expectSound(database);
  });

  it('is hidden from the list alone, whatever is asked for', async () => {
    const database = await temporaryDatabase();
    await record(database, older, ALL_ROWS);
    await record(database, large);
    await record(database, await decidedIn({ block: 1_360 }), ALL_ROWS);
    const { weightHistory } = sqliteStores(database);
    const blocksOf = async (query: Partial<Parameters<typeof weightHistory.pairs>[0]>) => {
      const rows = await weightHistory.pairs({ limit: 1_000, ...query });
      return [...new Set(rows.map(({ block }) => block))];
    };
    new HistoryWriter(database).writeNext();
    for (const query of [
      {},
      { minerUid: minerUid(2) },
      { category: 'H100' as CategoryKey },
      { toBlock: 5_000 },
      { fromMs: 0, beforeMs: SAMPLE_TIME_MS + 1 },
    ]) {
      expect(await blocksOf(query), JSON.stringify(query)).toEqual([1_360, 640]);
    }
    for (const query of [
      { toBlock: 1_359 },
      { toBlock: 1_000 },
      { after: { block: 1_360, id: 0 } },
      { after: { block: 1_000, id: 9_999 } },
    ]) {
      expect(await blocksOf(query), JSON.stringify(query)).toEqual([640]);
    }
    expect(await blocksOf({ limit: 1 })).toEqual([1_360]);
    expect(await blocksOf({ toBlock: 639 })).toEqual([]);
    expect(await blocksOf({ fromBlock: 641 })).toEqual([1_360]);
    expect(await blocksOf({ fromBlock: 1_000, toBlock: 1_000 })).toEqual([]);
    expect((await weightHistory.metrics({ limit: 9 })).map(({ block }) => block)).toEqual([
      1_360, 1_000, 640,
    ]);
    writeAll(database);
    expect(await blocksOf({})).toEqual([1_360, 1_000, 640]);
  });

  it('of another subnet hides nothing of this one, and is written as well', async () => {
    const database = await temporaryDatabase();
    await record(database, { ...large, set: { ...large.set, netuid: 40 } });
    await record(database, await decidedIn({ block: 1_360 }), ALL_ROWS);
    expect(await listedBlocks(database)).toEqual([1_360]);
    writeAll(database);
    expect(await writtenCount(database, 1_000)).toBe(pairsOfDecision(large).length);
  });

  it.each([60, 2_600])(
    'has the same rows as one that was written at once, to the byte: %d miners',
    async (miners) => {
      const decision = await severalChunks(1_000, miners);
      const [whole, pending] = [await temporaryDatabase(), await temporaryDatabase()];
      await record(whole, decision, pairsOfDecision(decision).length);
      expect(await rowsOf(whole, 'pending_weight_history')).toEqual([]);
      await record(pending, decision, pairsOfDecision(decision).length - 1);
      expect(await rowsOf(pending, 'weight_allocation_history')).toEqual([]);
      writeAll(pending);
      const expected = await decisionRows(whole);
      const found = await decisionRows(pending);
      for (const table of DECISION_TABLES) expect(found[table], table).toEqual(expected[table]);
    },
  );

  it('keeps each chunk within one category and about a thousand pairs', async () => {
    const database = await temporaryDatabase();
    const decision = await severalChunks(1_000, 2_600);
    await record(database, decision);
    const chunks = await rowsOf(database, 'pending_weight_history');
    expect(chunks).toHaveLength(9);
    let next = 0;
    for (const chunk of chunks) {
      expect(chunk.first_pair).toBe(next);
      const count = Number(chunk.line_count);
      expect(count).toBeLessThanOrEqual(1_024);
      const pairs = pairsOfDecision(decision).slice(next, next + count);
      next += count;
      expect(new Set(pairs.map(({ category = '' }) => category))).toEqual(
        new Set([chunk.gpu_category]),
      );
      expect([chunk.first_uid, chunk.last_uid]).toEqual([pairs[0]?.uid, pairs.at(-1)?.uid]);
    }
    expect(next).toBe(pairsOfDecision(decision).length);
  });

  it('goes with its weight set', async () => {
    const database = await temporaryDatabase();
    await record(database, large);
    await database.query('weight_submissions').delete();
    for (const table of DECISION_TABLES) expect(await rowsOf(database, table)).toEqual([]);
  });
});

describe('rows that are still to be written', () => {
  it.each([0, 1, 4])(
    'are written after the process died when it had written %d chunks',
    async (count) => {
      const [expected, database] = [await temporaryDatabase(), await temporaryDatabase()];
      await record(expected, large, ALL_ROWS);
      await record(database, large);
      const writer = new HistoryWriter(database);
      for (let chunk = 0; chunk < count; chunk += 1) writer.writeNext();
      await database.close();
      const reopened = await temporaryDatabase({ file: database.file });
      await expectWhole(reopened, large);
      writeAll(reopened);
      expect(await decisionRows(reopened)).toEqual(await decisionRows(expected));
    },
  );

  it('are those of the oldest decision first, one after the other', async () => {
    const database = await temporaryDatabase();
    await record(database, large);
    const writer = new HistoryWriter(database);
    writer.writeNext();
    await record(database, larger);
    const complete = [pairsOfDecision(large).length, pairsOfDecision(larger).length];
    let [first, second] = [await writtenCount(database, 1_000), 0];
    while (second !== complete[1]) {
      if (second > 0) expect(first).toBe(complete[0]);
      expect(await listedBlocks(database)).toEqual(first === complete[0] ? [1_000] : []);
      await expectWhole(database, large);
      await expectWhole(database, larger);
      expect(writer.writeNext()).toBeGreaterThan(0);
      first = await writtenCount(database, 1_000);
      second = await writtenCount(database, 1_360);
    }
    expect(await listedBlocks(database)).toEqual([1_360, 1_000]);
    expect(writer.writeNext()).toBe(0);
    await expectSound(database);
  });

  it('are written once when two processes write them in turns', async () => {
    const [expected, database] = [await temporaryDatabase(), await temporaryDatabase()];
    await record(expected, large, ALL_ROWS);
    await record(database, large);
    const second = await temporaryDatabase({ file: database.file });
    const writers = [new HistoryWriter(database), new HistoryWriter(second)];
    while (writers.map((writer) => writer.writeNext()).some((count) => count > 0));
    expect(await decisionRows(database)).toEqual(await decisionRows(expected));
  });

  it.each([0, 2])(
    'are swept and never written when their entry was deleted after %d chunks',
    async (count) => {
      const database = await deletedAfter(count);
      const { ledgerRemover, rows } = sqliteStores(database);
      const written = await writtenCount(database, 1_000);
      expect(new HistoryWriter(database).writeNext()).toBeGreaterThan(0);
      expect(await writtenCount(database, 1_000)).toBe(written);
      const inputs = await rows('ledger_inputs');
      const ofDeleted = inputs.filter((row) => row.emission_metrics_id === 1).length;
      let swept = 0;
      for (let taken = -1; taken !== 0; swept += taken) {
        taken = await ledgerRemover.sweep(3);
        expect(taken).toBeLessThanOrEqual(3);
      }
      // Its metrics, the chunks, what was written of the pairs, and the input.
      expect(swept).toBe(1 + 5 + written + ofDeleted);
      writeAll(database);
      expect(await listedBlocks(database)).toEqual([1_360]);
      await expectWhole(database, { ...larger, set: { ...larger.set, state: 'verified' } });
    },
  );

  it('are in the document that is archived before their entry is deleted', async () => {
    const database = await temporaryDatabase();
    await record(database, large);
    new HistoryWriter(database).writeNext();
    await record(database, larger);
    await sqliteStores(database).weightSets.update({ ...large.set, state: 'verified' });
    const documents: string[] = [];
    const write = async ({ parts }: ArchivedEntry) => void documents.push([...parts].join(''));
    const remover = new SqliteLedgerRemover({ database, ...PENDING_SUBNET, archive: { write } });
    expect(await remover.deleteOldest(RETENTION)).toBe(1_000);
    expect(documentOf(documents[0] ?? '').pairs).toEqual(pairsOfDecision(large));
  });
});

/** Two pending decisions, of which the older one is deleted by retention after some of its chunks were written. */
async function deletedAfter(count: number): Promise<SqliteDatabase> {
  const database = await temporaryDatabase();
  const { weightSets, ledgerRemover } = sqliteStores(database);
  await record(database, large);
  const writer = new HistoryWriter(database);
  for (let chunk = 0; chunk < count; chunk += 1) writer.writeNext();
  await record(database, larger);
  for (const { set } of [large, larger]) await weightSets.update({ ...set, state: 'verified' });
  expect(await ledgerRemover.deleteOldest(RETENTION)).toBe(1_000);
  return database;
}
