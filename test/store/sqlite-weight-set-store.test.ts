import Database from 'better-sqlite3';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WeightDecision } from '../../src/actors/ports.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { present } from '../../src/lib/assert.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteWeightSetStore } from '../../src/store/sqlite-weight-set-store.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import {
  DECISION_TABLES,
  decisionRows,
  expectWhole,
  pairsOfDecision,
  record,
  PENDING_SUBNET as SUBNET,
  writeAll,
} from '../support/pending-history.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';
import { sampleDecision } from '../support/weight-set-samples.ts';

/** Its rows of the history are written at once, or left pending. */
const FORMS = [
  ['with its rows', Number.MAX_SAFE_INTEGER],
  ['with pending rows', 0],
] as const;

let decision: WeightDecision;
let other: WeightDecision;

beforeAll(async () => {
  decision = await decidedIn({ profiles: sampleMiners(60) });
  other = await decidedIn({ profiles: sampleMiners(50) });
});

describe.each(FORMS)('a decision that is recorded %s', (_, historyRowsMax) => {
  it('leaves nothing at all when the disk is full, and can be recorded when it is not', async () => {
    const database = await temporaryDatabase();
    const decision = await decidedIn({ profiles: sampleMiners(400) });
    const [{ page_count: pages }] = await database.query.raw('pragma page_count');
    const failures: unknown[] = [];
    // A page more each time, so that it fails at every place where it can.
    for (let isRecorded = false; !isRecorded; ) {
      await database.query.raw(`pragma max_page_count = ${pages + failures.length}`);
      const [result] = await Promise.allSettled([record(database, decision, historyRowsMax)]);
      isRecorded = result.status === 'fulfilled';
      if (result.status === 'fulfilled') continue;
      failures.push(result.reason);
      expect(result.reason).toMatchObject({ code: 'store_unavailable' });
      await expectNothing(database);
    }
    expect(failures.length).toBeGreaterThan(1);
    await database.query.raw('pragma max_page_count = 1000000');
    await expectWhole(database, decision);
  });

  it('leaves nothing at all when another process has the lock', async () => {
    const database = await temporaryDatabase({ busyTimeoutMs: 20 });
    const process = connectionTo(database);
    process.exec('begin immediate');
    await expect(record(database, decision, historyRowsMax)).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    process.exec('rollback');
    await expectNothing(database);
    await record(database, decision, historyRowsMax);
    await expectWhole(database, decision);
  });

  it('leaves nothing at all when the database is closed before its transaction', async () => {
    const database = await temporaryDatabase();
    const recording = record(database, decision, historyRowsMax);
    await Promise.all([
      expect(recording).rejects.toMatchObject({ code: 'store_unavailable' }),
      database.close(),
    ]);
    const again = await temporaryDatabase({ file: database.file });
    await expectNothing(again);
    await record(again, decision, historyRowsMax);
    await expectWhole(again, decision);
  });

  it('leaves nothing at all when its last row is refused', async () => {
    const database = await temporaryDatabase();
    await database.query.raw(`create trigger refusing before insert on ledger_entries
      begin select raise(abort, 'refused'); end`);
    await expect(record(database, decision, historyRowsMax)).rejects.toThrow('refused');
    await expectNothing(database);
  });

  it('is not recorded a second time, nor one of an older block', async () => {
    const database = await temporaryDatabase();
    await record(database, decision, historyRowsMax);
    const rows = await decisionRows(database);
    const older = await decidedIn({ block: 640, profiles: sampleMiners(60) });
    for (const each of [decision, other, older]) {
      await expect(record(database, each, historyRowsMax)).rejects.toMatchObject({
        code: 'weight_set_in_progress',
        details: expect.objectContaining({ metadata: { newest_block: '1000' } }),
      });
    }
    expect(await decisionRows(database)).toEqual(rows);
  });
});

describe('a block that two processes decide', () => {
  it.each([
    ['both with pending rows', 0, 0],
    ['one with pending rows, one with its rows', 0, Number.MAX_SAFE_INTEGER],
    ['both with their rows', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])('is recorded by exactly one of them: %s', async (_, here, there) => {
    const database = await temporaryDatabase();
    const second = await temporaryDatabase({ file: database.file });
    const results = await Promise.allSettled([
      record(database, decision, here),
      record(second, other, there),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'weight_set_in_progress' },
    });
    const winner = results[0]?.status === 'fulfilled' ? decision : other;
    await expectWhole(second, winner);
    writeAll(database);
    await expectWhole(database, winner);
    const { ledger, rows } = sqliteStores(database);
    const content = present(await ledger.contentAt(1_000), 'the content');
    expect(content.pairs).toEqual(pairsOfDecision(winner));
    expect(await rows('weight_allocation_history')).toHaveLength(content.pairs.length);
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
    const store = new SqliteWeightSetStore({ database, ...SUBNET });
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

function connectionTo({ file }: SqliteDatabase): Database.Database {
  const connection = new Database(file);
  onTestFinished(() => void connection.close());
  return connection;
}

async function expectNothing(database: SqliteDatabase): Promise<void> {
  const rows = await decisionRows(database);
  for (const table of DECISION_TABLES) expect(rows[table], table).toEqual([]);
  expect(await sqliteStores(database).weightSets.latest()).toBeUndefined();
}

describe('what a set gave to one UID', () => {
  const uids = fc.uniqueArray(fc.integer({ min: 0, max: 65_535 }), { minLength: 1, maxLength: 40 });

  it('is its weight in the vector, whatever other UIDs there are', async () => {
    const property = fc.asyncProperty(
      uids.map((all) => Uint16Array.from(all).sort()),
      fc.integer({ min: 0, max: 65_535 }),
      async (inVector, other) => {
        const { weightSets } = sqliteStores(await temporaryDatabase());
        const weights = inVector.map((each) => (each * 31) % 65_536);
        const vector = { uids: inVector, weights };
        const hotkeys = [...inVector].map((each) => sampleHotkey(each));
        await weightSets.record(sampleDecision({ vector, hotkeys }));
        for (const each of [...inVector, other]) {
          const weight = weights[inVector.indexOf(each)] ?? 0;
          expect(await weightSets.outcomeAt(360, minerUid(each))).toMatchObject({ weight });
        }
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  it.each(['[[7,-1,"x"]]', '[[7,1.5,"x"]]', '[[7,65536,"x"]]', '[[7,"1","x"]]', '[[7,'])(
    'is refused as damaged where the entry is %s',
    async (weights_json) => {
      const database = await temporaryDatabase();
      const { weightSets } = sqliteStores(database);
      await weightSets.record(sampleDecision());
      await database.query('weight_submissions').update({ weights_json });
      await expect(weightSets.outcomeAt(360, minerUid(7))).rejects.toMatchObject({
        code: 'store_unusable',
      });
    },
  );
});
