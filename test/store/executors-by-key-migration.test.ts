import { describe, expect, it } from 'vitest';
import { migrationNames } from '../../migrations/index.ts';
import { schemaText } from '../../scripts/schema-text.ts';
import { minerUid } from '../../src/domain/ids.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../support/profile-samples.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';

const NAME = '0006-executors-by-key';

describe('the migration to executors by their key and back', () => {
  it('keeps every executor, with its profile, and the rules of the table', async () => {
    const { database, profiles } = await filled();
    const stored = [
      await rowsOf(database),
      await profiles.get(minerUid(7)),
      await schemaText(database),
    ];
    await beforeIt(database);
    expect(await rowsOf(database)).toEqual(stored[0]);
    const before = await schemaText(database);
    expect(before).not.toBe(stored[2]);
    await database.query.migrate.latest();
    expect([
      await rowsOf(database),
      await profiles.get(minerUid(7)),
      await schemaText(database),
    ]).toEqual(stored);
    await beforeIt(database);
    expect(await schemaText(database)).toBe(before);
  });

  it.each(['with it', 'without it'])(
    'leaves foreign keys and checks in force: %s',
    async (side) => {
      const { database } = await filled();
      if (side === 'without it') await beforeIt(database);
      const { query } = database;
      const nobody = query('miner_executors').update({ miner_uid: 9 });
      await expect(nobody).rejects.toThrow('FOREIGN KEY constraint failed');
      const tooLarge = query('miner_executors').update({ hardware_score: 2 });
      await expect(tooLarge).rejects.toThrow('CHECK constraint failed');
      await query('miner_gpu_profiles').where({ miner_uid: 7 }).delete();
      expect(await rowsOf(database)).toMatchObject([{ miner_uid: 8 }]);
    },
  );
});

/** Two miners, one with two executors. */
async function filled() {
  const database = await temporaryDatabase();
  const stores = sqliteStores(database);
  const executors = ['b', 'a'].map((executorId) => sampleExecutor({ executorId }));
  await stores.journal.commit(sampleCommit(sampleProfile({ uid: 7, executors })));
  await stores.journal.commit(sampleCommit(sampleProfile({ uid: 8 })));
  return { database, ...stores };
}

/** Undoes the migration, and those behind it. */
async function beforeIt({ query }: SqliteDatabase): Promise<void> {
  const undone = migrationNames.length - migrationNames.indexOf(NAME);
  for (let count = 0; count < undone; count += 1) await query.migrate.down();
}

function rowsOf({ query }: SqliteDatabase): Promise<Record<string, unknown>[]> {
  return query('miner_executors').orderBy(['miner_uid', 'executor_id']);
}
