import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WeightDecision } from '../../src/actors/ports.ts';
import { GENESIS_DIGEST } from '../../src/domain/ledger/ledger-entry.ts';
import { replay } from '../../src/domain/ledger/replay.ts';
import { present } from '../../src/lib/assert.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteLedgerRemover } from '../../src/store/sqlite-ledger-remover.ts';
import { SqliteWeightSetStore } from '../../src/store/sqlite-weight-set-store.ts';
import { StagingRegister } from '../../src/store/staging-register.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';

const SUBNET = { netuid: 39, mecid: 0 };
const TABLES = [
  'weight_submissions',
  'ledger_entries',
  'emission_metrics',
  'weight_allocation_history',
  'ledger_inputs',
];

let decision: WeightDecision;

beforeAll(async () => {
  decision = await decidedIn({ profiles: sampleMiners(60) });
});

describe('a decision with more pairs than one transaction takes', () => {
  it.each([1, 7, 50, 10_000])(
    'is stored to the same bytes with %d pairs at a time',
    async (limit) => {
      const [whole, staged] = [await temporaryDatabase(), await temporaryDatabase()];
      const pairsPerTransaction = decision.allocation.pairs.uid.length;
      await storeOf(whole, { pairsPerTransaction }).record(decision);
      await storeOf(staged, { pairsPerTransaction: limit }).record(decision);
      for (const table of TABLES) {
        expect(await rowsOf(staged, table)).toEqual(await rowsOf(whole, table));
      }
      await expectReplays(staged);
    },
  );

  it('is seen by no reader before it is whole, while others have their turns', async () => {
    const database = await temporaryDatabase();
    const { weightSets, ledger, weightHistory } = sqliteStores(database);
    const staging = new StagingRegister();
    const recording = storeOf(database, { pairsPerTransaction: 10, staging }).record(decision);
    const stagedCounts = new Set<number>();
    await whilePending(recording, async () => {
      if ((await weightSets.latest()) !== undefined) return;
      const staged = await rowsOf(database, 'weight_allocation_history');
      stagedCounts.add(staged.length);
      expect(await weightSets.unfinished()).toEqual([]);
      expect(await ledger.entryAt()).toBeUndefined();
      expect(await weightHistory.pairs({ limit: 1 })).toEqual([]);
      expect(await weightHistory.metrics({ limit: 1 })).toEqual([]);
      for (const row of await rowsOf(database, 'emission_metrics')) {
        expect(row.weight_submission_id).toBeNull();
        expect(staging.isStaging(Number(row.id))).toBe(true);
      }
    });
    expect(stagedCounts.size).toBeGreaterThan(5);
    await expectReplays(database);
    expect(staging.isStaging(1)).toBe(false);
  });

  it('leaves nothing at all when the disk is full in the middle, and can be recorded when it is not', async () => {
    const { database, recording } = await staging();
    const [{ page_count: pages }] = await database.query.raw('pragma page_count');
    await database.query.raw(`pragma max_page_count = ${pages}`);
    await expect(recording).rejects.toMatchObject({ code: 'store_unavailable' });
    for (const table of TABLES) expect(await rowsOf(database, table), table).toEqual([]);
    await database.query.raw('pragma max_page_count = 1000000');
    await storeOf(database).record(decision);
    await expectReplays(database);
  });

  it('is marked as given up when its rows cannot be removed either, so that a sweep takes them at once', async () => {
    const register = new StagingRegister();
    const { database, recording } = await staging(register);
    const other = connectionTo(database);
    other.exec('begin immediate');
    await expect(recording).rejects.toMatchObject({ code: 'store_unavailable' });
    other.exec('rollback');
    expect(await rowsOf(database, 'weight_allocation_history')).not.toEqual([]);
    expect(register.isStaging(1)).toBe(false);
    expect(register.abandoned).toEqual([1]);
    const remover = new SqliteLedgerRemover({ database, ...SUBNET, staging: register });
    while ((await remover.sweep({ limit: 10, nowMs: SAMPLE_TIME_MS })) > 0);
    for (const table of TABLES) expect(await rowsOf(database, table), table).toEqual([]);
    expect(register.abandoned).toEqual([]);
  });

  it('leaves nothing visible when another process takes the lock in the middle', async () => {
    const { database, recording } = await staging();
    const other = connectionTo(database);
    other.exec('begin immediate');
    await expect(recording).rejects.toMatchObject({ code: 'store_unavailable' });
    other.exec('rollback');
    await expectNothingVisible(database);
    await expectSweptAndRecordable(database);
  });

  it('leaves nothing visible when the database is closed in the middle', async () => {
    const { database, recording } = await staging();
    await database.close();
    await expect(recording).rejects.toMatchObject({ code: 'store_unavailable' });
    const again = await temporaryDatabase({ file: database.file });
    await expectNothingVisible(again);
    await expectSweptAndRecordable(again);
  });

  it.each([
    ['its metrics', 'delete from emission_metrics'],
    ['some of its pairs', 'delete from weight_allocation_history where id = 2'],
  ])('is given up when another process has swept %s away', async (_, sweep) => {
    const { database, recording } = await staging();
    const other = connectionTo(database);
    other.pragma('foreign_keys = ON');
    other.exec(sweep);
    await expect(recording).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('were removed'),
    });
    await expectNothingVisible(database);
  });

  it('is given up when part of its input is swept away', async () => {
    const { database, recording } = await staging();
    const other = connectionTo(database);
    other.exec(`create trigger sweeper after insert on ledger_inputs begin
      delete from ledger_inputs where rowid = new.rowid; end`);
    await expect(recording).rejects.toMatchObject({ code: 'store_unavailable' });
    await expectNothingVisible(database);
  });

  it.each([
    ['at the same time', 5, 5],
    ['staged here and whole there', 5, 10_000],
  ])('is recorded by exactly one of two processes, %s', async (_, here, there) => {
    const database = await temporaryDatabase();
    const second = await temporaryDatabase({ file: database.file });
    const other = await decidedIn({ profiles: sampleMiners(50) });
    const results = await Promise.allSettled([
      storeOf(database, { pairsPerTransaction: here }).record(decision),
      storeOf(second, { pairsPerTransaction: there }).record(other),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'weight_set_in_progress' },
    });
    const content = present(await sqliteStores(database).ledger.contentAt(1_000), 'the content');
    const winner = results[0]?.status === 'fulfilled' ? decision : other;
    expect(content.pairs).toHaveLength(winner.allocation.pairs.uid.length);
    await expectReplays(database);
  });

  it('is refused when a newer block was recorded while it was staged', async () => {
    const { database, recording } = await staging();
    const second = await temporaryDatabase({ file: database.file });
    await storeOf(second).record(await decidedIn({ block: 1_360 }));
    await expect(recording).rejects.toMatchObject({ code: 'weight_set_in_progress' });
    expect((await sqliteStores(database).weightSets.latest())?.block).toBe(1_360);
    expect(await sqliteStores(database).weightSets.at(1_000)).toBeUndefined();
  });
});

describe('a chain of entries whose oldest were deleted', () => {
  it('goes on from the anchor', async () => {
    const database = await temporaryDatabase();
    const digest = 'ab'.repeat(32);
    await database.query('ledger_anchors').insert({
      ...SUBNET,
      block: 720,
      digest,
      deleted_count: 2,
      updated_time: '2026-01-01T00:00:00.000Z',
    });
    const { ledger } = sqliteStores(database);
    expect(await ledger.anchor()).toEqual({ block: 720, digest, deletedCount: 2 });
    const store = storeOf(database);
    expect(await store.newestBlock()).toBe(720);
    await expect(store.record(await decidedIn({ block: 720 }))).rejects.toMatchObject({
      code: 'weight_set_in_progress',
    });
    await store.record(await decidedIn({ block: 721 }));
    expect(await store.newestBlock()).toBe(721);
    expect((await ledger.entryAt())?.entry.previousDigest).toBe(digest);
    await store.record(await decidedIn({ block: 722 }));
    expect((await ledger.entryAt())?.entry.previousDigest).toBe(
      (await ledger.entryAt(721))?.digest,
    );
  });
});

function storeOf(
  database: SqliteDatabase,
  options: { readonly pairsPerTransaction?: number; readonly staging?: StagingRegister } = {},
) {
  return new SqliteWeightSetStore({ database, ...SUBNET, ...options });
}

function rowsOf(database: SqliteDatabase, table: string): Promise<Record<string, unknown>[]> {
  return database.query(table).orderBy([1, 2]);
}

/** A decision that is being staged and has some of its pairs in the database. */
async function staging(register = new StagingRegister()) {
  const database = await temporaryDatabase({ busyTimeoutMs: 20 });
  const store = storeOf(database, { pairsPerTransaction: 2, staging: register });
  const recording = store.record(decision);
  recording.catch(() => undefined);
  const reader = connectionTo(database);
  const count = reader.prepare('select count(*) as count from weight_allocation_history').pluck();
  while (Number(count.get()) < 4) await setImmediate();
  expect(Number(count.get())).toBeLessThan(decision.allocation.pairs.uid.length);
  return { database, recording };
}

function connectionTo({ file }: SqliteDatabase): Database.Database {
  const connection = new Database(file);
  onTestFinished(() => {
    connection.close();
  });
  return connection;
}

async function whilePending(work: Promise<void>, look: () => Promise<void>): Promise<void> {
  let isPending = true;
  const end = work.finally(() => {
    isPending = false;
  });
  while (isPending) {
    await look();
    await setImmediate();
  }
  await end;
}

async function expectNothingVisible(database: SqliteDatabase): Promise<void> {
  expect(await rowsOf(database, 'weight_submissions')).toEqual([]);
  expect(await rowsOf(database, 'ledger_entries')).toEqual([]);
  const metrics = await rowsOf(database, 'emission_metrics');
  expect(metrics.filter((row) => row.weight_submission_id !== null)).toEqual([]);
  const { weightHistory } = sqliteStores(database);
  expect(await weightHistory.pairs({ limit: 1 })).toEqual([]);
}

/** What was left behind is recognised after a restart, goes, and is not in the way of the next decision. */
async function expectSweptAndRecordable(database: SqliteDatabase): Promise<void> {
  expect(await rowsOf(database, 'weight_allocation_history')).not.toEqual([]);
  await storeOf(database).record(decision);
  const remover = new SqliteLedgerRemover({
    database,
    ...SUBNET,
    staging: new StagingRegister(),
  });
  while ((await remover.sweep({ limit: 10, nowMs: SAMPLE_TIME_MS + 86_400_000 })) > 0);
  expect(await rowsOf(database, 'emission_metrics')).toHaveLength(1);
  expect(await rowsOf(database, 'weight_allocation_history')).toHaveLength(
    decision.allocation.pairs.uid.length,
  );
  await expectReplays(database);
}

async function expectReplays(database: SqliteDatabase): Promise<void> {
  const content = await sqliteStores(database).ledger.contentAt(1_000);
  const check = { digestOf: sha256Hex, previousDigest: GENESIS_DIGEST };
  expect(replay(present(content, 'the content'), check)).toEqual([]);
}
