/** Decisions whose pairs are left pending, and what must be true of them at every moment. */
import { expect } from 'vitest';
import type { WeightDecision } from '../../src/actors/ports.ts';
import { CATALOGUE, type CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import type { LedgerPair } from '../../src/domain/ledger/ledger-entry.ts';
import { pairAt } from '../../src/domain/ledger/pair-lines.ts';
import { replay } from '../../src/domain/ledger/replay.ts';
import { present } from '../../src/lib/assert.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { HistoryWriter } from '../../src/store/history-writer.ts';
import { LedgerAudit } from '../../src/store/ledger-audit.ts';
import { checkDatabase } from '../../src/store/sqlite-check.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteWeightSetStore } from '../../src/store/sqlite-weight-set-store.ts';
import { decidedIn, sampleMiners } from './decision-samples.ts';
import { sqliteStores } from './temporary-database.ts';

export const PENDING_SUBNET = { netuid: 39, mecid: 0 };

/** Every table that a decision is written to. */
export const DECISION_TABLES = [
  'weight_submissions',
  'ledger_entries',
  'emission_metrics',
  'weight_allocation_history',
  'pending_weight_history',
  'ledger_inputs',
] as const;

/** One chunk for each of four categories and one without; two of the categories are shut. */
export function severalChunks(block = 1_000, miners = 60): Promise<WeightDecision> {
  return decidedIn({
    block,
    profiles: sampleMiners(miners),
    config: { minMinersPerCategory: 19 },
  });
}

/** Records a decision; with 0 rows at most all its pairs are left pending. */
export function record(
  database: SqliteDatabase,
  decision: WeightDecision,
  historyRowsMax = 0,
): Promise<void> {
  return new SqliteWeightSetStore({ database, ...PENDING_SUBNET, historyRowsMax }).record(decision);
}

/** Writes all that is pending. */
export function writeAll(database: SqliteDatabase): void {
  const writer = new HistoryWriter(database);
  while (writer.writeNext() > 0);
}

export async function rowsOf(
  { query }: Pick<SqliteDatabase, 'query'>,
  table: string,
): Promise<readonly Record<string, unknown>[]> {
  return query(table).orderBy([1, 2]);
}

/** Every row of every table of decisions. */
export async function decisionRows(database: SqliteDatabase) {
  const tables = DECISION_TABLES.map(async (table) => [table, await rowsOf(database, table)]);
  return Object.fromEntries(await Promise.all(tables));
}

/** Rows of the history that a block has. */
export async function writtenCount({ query }: SqliteDatabase, block: number): Promise<number> {
  const table = query('weight_allocation_history').where({ weight_set_block: block });
  return (await table.select('id')).length;
}

export function pairsOfDecision({ allocation: { pairs } }: WeightDecision): readonly LedgerPair[] {
  return Array.from(pairs.uid, (_, row) => pairAt(pairs, row, CATALOGUE));
}

/** Every reader but the list of the history has the decision whole, and nothing is wrong with it. */
export async function expectWhole(
  database: SqliteDatabase,
  decision: WeightDecision,
): Promise<void> {
  const { weightSets, ledger, weightHistory } = sqliteStores(database);
  const { block } = decision.set;
  expect(await weightSets.at(block)).toEqual(decision.set);
  expect((await ledger.entryAt(block))?.entry.block).toBe(block);
  const content = present(await ledger.contentAt(block), 'the content');
  const { previousDigest } = content.sealed.entry;
  expect(replay(content, { digestOf: sha256Hex, previousDigest })).toEqual([]);
  const pairs = pairsOfDecision(decision);
  expect(content.pairs).toEqual(pairs);
  await expectPairs(database, { block, pairs });
  const metrics = await weightHistory.metrics({ limit: 99 });
  expect(metrics.map((each) => each.block)).toContain(block);
  await expectSound(database);
}

async function expectPairs(
  database: SqliteDatabase,
  { block, pairs }: { readonly block: number; readonly pairs: readonly LedgerPair[] },
): Promise<void> {
  const { ledger } = sqliteStores(database);
  const uids = new Set([...pairs.map(({ uid }) => uid), minerUid(0), minerUid(65_535)]);
  for (const uid of uids) {
    expect(await ledger.pairsAt(block, uid)).toEqual(pairs.filter((pair) => pair.uid === uid));
  }
  for (const category of ['H100', 'RTX4090', 'L40S', 'H200'] as CategoryKey[]) {
    expect(await ledger.shutPairsAt(block, category)).toEqual(
      pairs.filter(
        (pair) => pair.category === category && pair.reason === 'CATEGORY_BELOW_MIN_MINERS',
      ),
    );
  }
}

/** `assay db check --replay` would have nothing to say. */
export async function expectSound(database: SqliteDatabase): Promise<void> {
  for await (const { block, findings } of new LedgerAudit({
    database,
    ...PENDING_SUBNET,
  }).entries()) {
    expect([block, findings]).toEqual([block, []]);
  }
  const { lines } = await checkDatabase({
    database: database.file,
    isReplaying: true,
    signal: new AbortController().signal,
  });
  expect(lines.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
}

/** Blocks in the list of the history, each once, in its order. */
export async function listedBlocks(database: SqliteDatabase): Promise<readonly number[]> {
  const rows = await sqliteStores(database).weightHistory.pairs({ limit: 100_000 });
  return [...new Set(rows.map(({ block }) => block))];
}
