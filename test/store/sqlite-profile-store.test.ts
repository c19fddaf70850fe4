import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minerUid } from '../../src/domain/ids.ts';
import { SqliteProfileStore } from '../../src/store/sqlite-profile-store.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../support/profile-samples.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';

describe('reading profiles that are asked for together', () => {
  it('answers each, and a damaged one fails alone', async () => {
    const database = await temporaryDatabase();
    const { journal, profiles } = sqliteStores(database);
    await Promise.all([1, 2, 3].map((uid) => journal.commit(sampleCommit(profileWith(uid, 2)))));
    await database
      .query('miner_gpu_profiles')
      .where({ miner_uid: 2 })
      .update({ gpu_counts_json: '{"H100":-1}' });
    const answers = await Promise.allSettled(
      [3, 2, 1, 4].map((uid) => profiles.get(minerUid(uid))),
    );
    expect(answers).toEqual([
      { status: 'fulfilled', value: profileWith(3, 2) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'store_unusable' }) },
      { status: 'fulfilled', value: profileWith(1, 2) },
      { status: 'fulfilled', value: undefined },
    ]);
  });

  it('refuses all of them once it is closed', async () => {
    const database = await temporaryDatabase();
    const { profiles } = sqliteStores(database);
    const asked = [1, 2].map((uid) => profiles.get(minerUid(uid)));
    await database.close();
    const refused = {
      status: 'rejected',
      reason: expect.objectContaining({ code: 'store_unavailable' }),
    };
    expect(await Promise.allSettled(asked)).toEqual([refused, refused]);
  });
});

describe('reading every profile', () => {
  it('gives each with all its executors, however few a batch may hold', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.nat({ max: 6 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 8 }),
      async (executorCounts, executorsPerBatch) => {
        const database = await temporaryDatabase();
        const stored = executorCounts.map((count, uid) => profileWith(uid, count));
        const { journal } = sqliteStores(database);
        await Promise.all(stored.map((profile) => journal.commit(sampleCommit(profile))));
        const read = [];
        for await (const batch of new SqliteProfileStore(database, { executorsPerBatch }).all()) {
          read.push(...batch);
        }
        expect(read).toEqual(stored);
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });

  it('shows a commit between two batches whole or not at all', async () => {
    const database = await temporaryDatabase();
    const { journal } = sqliteStores(database);
    await Promise.all([1, 2, 3].map((uid) => journal.commit(sampleCommit(profileWith(uid, 2)))));
    const changed = [1, 3].map((uid) => ({ ...profileWith(uid, 3), revision: 2 }));
    const read = [];
    for await (const batch of new SqliteProfileStore(database, { executorsPerBatch: 3 }).all()) {
      if (read.length === 0) {
        await Promise.all(changed.map((profile) => journal.commit(sampleCommit(profile))));
      }
      read.push(...batch);
    }
    expect(read).toEqual([profileWith(1, 2), profileWith(2, 2), changed[1]]);
  });
});

function profileWith(uid: number, executorCount: number) {
  return sampleProfile({
    uid,
    executors: Array.from({ length: executorCount }, (_, index) =>
      sampleExecutor({ executorId: `executor-${index}` }),
    ),
  });
}
