import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { minerUid } from '../../src/domain/ids.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SAMPLE_TIME_MS, sampleCommit, sampleProfile } from '../support/profile-samples.ts';
import { sqliteStores, temporaryDatabase, temporaryFolder } from '../support/temporary-database.ts';

describe('opening a database', () => {
  it('makes the folder and keeps what another one wrote', async () => {
    const file = join(temporaryFolder(), 'a', 'b', 'assay.db');
    const first = await temporaryDatabase({ file });
    const profile = sampleProfile();
    await sqliteStores(first).journal.commit(sampleCommit(profile));
    await first.close();
    const second = await temporaryDatabase({ file });
    expect(await sqliteStores(second).profiles.get(profile.miner.uid)).toEqual(profile);
  });

  it('sets what durability and integrity need', async () => {
    const { query } = await temporaryDatabase();
    const [[journal], [synchronous], [keys]] = await Promise.all([
      query.raw('pragma journal_mode'),
      query.raw('pragma synchronous'),
      query.raw('pragma foreign_keys'),
    ]);
    expect(journal).toEqual({ journal_mode: 'wal' });
    expect(synchronous).toEqual({ synchronous: 2 });
    expect(keys).toEqual({ foreign_keys: 1 });
  });

  it('refuses a file that a newer version wrote', async () => {
    const { query, file } = await temporaryDatabase();
    await query('knex_migrations').insert({
      name: '9999-from-the-future',
      batch: 2,
      migration_time: 0,
    });
    await expect(SqliteDatabase.open({ file })).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('9999-from-the-future'),
    });
  });

  it('says how to release a migration lock that was left behind', async () => {
    const { query, file } = await temporaryDatabase();
    await query.migrate.down();
    await query('knex_migrations_lock').update({ is_locked: 1 });
    await expect(SqliteDatabase.open({ file })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('UPDATE knex_migrations_lock SET is_locked = 0'),
    });
  });

  it('refuses a file that is not a database', async () => {
    const file = join(temporaryFolder(), 'assay.db');
    writeFileSync(file, 'not a database, but long enough to be taken for one'.repeat(100));
    await expect(SqliteDatabase.open({ file })).rejects.toMatchObject({ code: 'store_unusable' });
  });

  it('says when the file or its folder cannot be made', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'file'), '');
    for (const file of [join(folder, 'taken'), join(folder, 'file', 'assay.db')]) {
      await expect(SqliteDatabase.open({ file })).rejects.toMatchObject({
        code: 'store_unavailable',
      });
    }
  });
});

describe('a read', () => {
  it('sees one state of the file, whatever another handle commits meanwhile', async () => {
    const database = await temporaryDatabase();
    const other = new Database(database.file);
    onTestFinished(() => void other.close());
    await sqliteStores(database).journal.commit(sampleCommit(sampleProfile({ uid: 1 })));
    const count = database.statement<[], { count: number }>(
      database.query('miner_executors').count({ count: '*' }),
      [],
    );
    const counts = database.read(() => {
      const before = count.get()?.count;
      other.exec('delete from miner_executors');
      return [before, database.read(() => count.get()?.count)];
    });
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBe(counts[0]);
    expect(database.read(() => count.get()?.count)).toBe(0);
    expect(() =>
      database.read(() => {
        throw new TypeError('a bug');
      }),
    ).toThrow('a bug');
    expect(database.read(() => count.get()?.count)).toBe(0);
  });
});

describe('a handle that refuses writes', () => {
  it('reads what another one writes and writes nothing itself', async () => {
    const database = await temporaryDatabase();
    const writing = await SqliteDatabase.openMigrated({ file: database.file });
    onTestFinished(() => writing.close());
    database.refuseWrites();
    const profile = sampleProfile();
    await sqliteStores(writing).journal.commit(sampleCommit(profile));
    const { profiles, journal } = sqliteStores(database);
    expect(await profiles.get(profile.miner.uid)).toEqual(profile);
    await expect(journal.commit(sampleCommit(sampleProfile({ uid: 8 })))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(await profiles.count()).toBe(1);
  });
});

describe('opening a database that must be migrated already', () => {
  it('refuses one that is not', async () => {
    const file = join(temporaryFolder(), 'empty.db');
    await expect(SqliteDatabase.openMigrated({ file })).rejects.toMatchObject({
      code: 'store_unusable',
    });
  });

  it('waits for the disk or not, as it is told', async () => {
    const { file } = await temporaryDatabase();
    for (const [synchronous, level] of [
      ['full', 2],
      ['normal', 1],
    ] as const) {
      const database = await SqliteDatabase.openMigrated({ file, synchronous });
      expect(await database.query.raw('pragma synchronous')).toEqual([{ synchronous: level }]);
      await database.close();
    }
  });
});

describe('opening a database to read it', () => {
  it('reads what was written and writes nothing', async () => {
    const written = await temporaryDatabase();
    const profile = sampleProfile();
    await sqliteStores(written).journal.commit(sampleCommit(profile));
    const database = await readOnly(written.file);
    const { profiles, journal } = sqliteStores(database);
    expect(await profiles.get(profile.miner.uid)).toEqual(profile);
    await expect(journal.commit(sampleCommit(sampleProfile({ uid: 8 })))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    await expect(database.query('miner_executors').delete()).rejects.toThrow('readonly');
    expect(await sqliteStores(written).profiles.count()).toBe(1);
  });

  it('makes no file where there is none', async () => {
    const file = join(temporaryFolder(), 'a', 'assay.db');
    await expect(SqliteDatabase.openReadOnly({ file })).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining(file),
    });
    expect(existsSync(join(file, '..'))).toBe(false);
  });

  it('refuses an older schema, and leaves it as it is', async () => {
    const database = await temporaryDatabase();
    while (await database.query.schema.hasTable('signed_extrinsics')) {
      await database.query.migrate.down();
    }
    await expect(SqliteDatabase.openReadOnly(database)).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringMatching(/0005-signed-extrinsics.*assay db migrate/),
    });
    expect(await database.query.schema.hasTable('signed_extrinsics')).toBe(false);
  });

  it('refuses a newer schema', async () => {
    const { query, file } = await temporaryDatabase();
    await query('knex_migrations').insert({
      name: '9999-from-the-future',
      batch: 2,
      migration_time: 0,
    });
    await expect(SqliteDatabase.openReadOnly({ file })).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('9999-from-the-future'),
    });
  });

  it('refuses a file that is no database, an empty one and a folder', async () => {
    const folder = temporaryFolder();
    const [text, empty] = [join(folder, 'text'), join(folder, 'empty')];
    const content = 'not a database, but long enough to be taken for one'.repeat(100);
    writeFileSync(text, content);
    writeFileSync(empty, '');
    for (const file of [text, empty]) {
      await expect(SqliteDatabase.openReadOnly({ file })).rejects.toMatchObject({
        code: 'store_unusable',
      });
    }
    await expect(SqliteDatabase.openReadOnly({ file: folder })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(readFileSync(text, 'utf8')).toBe(content);
    expect(readFileSync(empty, 'utf8')).toBe('');
  });

  it('reads what is committed while another one writes', async () => {
    const database = await temporaryDatabase();
    const { file } = database;
    const written = sqliteStores(database);
    const { profiles } = sqliteStores(await readOnly(file));
    const other = new Database(file);
    onTestFinished(() => {
      other.close();
    });
    await written.journal.commit(sampleCommit(sampleProfile({ uid: 1 })));
    other.exec('begin immediate');
    other.exec('delete from miner_gpu_profiles');
    expect(await profiles.count()).toBe(1);
    other.exec('commit');
    expect(await profiles.count()).toBe(0);
    await written.journal.commit(sampleCommit(sampleProfile({ uid: 2 })));
    expect(await profiles.count()).toBe(1);
  });
});

describe('a database that is in use elsewhere or full', () => {
  it('gives up when another process keeps the lock, and works again afterwards', async () => {
    const database = await temporaryDatabase({ busyTimeoutMs: 20 });
    const { journal, profiles } = sqliteStores(database);
    const other = new Database(database.file);
    onTestFinished(() => {
      other.close();
    });
    other.exec('begin immediate');
    const profile = sampleProfile();
    const commit = sampleCommit(profile);
    await expect(journal.commit(commit)).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { retryAfterMs: 1_000, metadata: { sqlite_code: 'SQLITE_BUSY' } },
    });
    expect(await profiles.get(profile.miner.uid)).toBeUndefined();
    other.exec('rollback');
    expect(await journal.commit(commit)).toEqual({ kind: 'committed' });
  });

  it('writes nothing when the disk is full, and says no more than that', async () => {
    const database = await temporaryDatabase();
    const { journal, profiles, rows } = sqliteStores(database);
    const [{ page_count: pages }] = await database.query.raw('pragma page_count');
    await database.query.raw(`pragma max_page_count = ${pages}`);
    const commits = Array.from({ length: 50 }, (_, uid) => sampleCommit(sampleProfile({ uid })));
    const results = await Promise.allSettled(commits.map((commit) => journal.commit(commit)));
    for (const result of results) {
      expect(result).toMatchObject({ reason: { code: 'store_unavailable' } });
      expect(String((result as PromiseRejectedResult).reason)).not.toMatch(/H100|report|zzz/);
    }
    expect(await profiles.count()).toBe(0);
    expect(await rows('verification_reports')).toEqual([]);
    await database.query.raw('pragma max_page_count = 1000000');
    expect(await journal.commit(sampleCommit(sampleProfile()))).toEqual({ kind: 'committed' });
  });
});

describe('a statement', () => {
  it('is refused when its parameters are not in the stated order', async () => {
    const database = await temporaryDatabase();
    const query = database.query('miner_executors').where({ miner_uid: 'miner_uid' }).limit(1);
    expect(() => database.statement(query, ['limit', 'miner_uid'])).toThrow(AssertionError);
    database.statement(query, ['miner_uid', 'limit']);
  });
});

describe('a transaction', () => {
  it('leaves nothing of what failed', async () => {
    const database = await temporaryDatabase();
    const insert = database.statement<[string, string, string, string, number]>(
      database.query('emission_configs').insert({
        config_json: 'config_json',
        created_at: 'created_at',
        digest: 'digest',
        source: 'source',
        version: 'version',
      }),
      ['config_json', 'created_at', 'digest', 'source', 'version'],
    );
    expect(() =>
      database.transaction(() => {
        insert.run('{}', '', '', 'file', 1);
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(database.transaction(() => insert.run('{}', '', '', 'file', 1).changes)).toBe(1);
  });

  it('stores no time outside of the years that compare as text', async () => {
    const { journal } = sqliteStores(await temporaryDatabase());
    for (const updatedAtMs of [-1, Date.UTC(10_000, 0, 1), Number.NaN]) {
      const commit = sampleCommit(sampleProfile({ updatedAtMs }));
      await expect(journal.commit(commit)).rejects.toThrow(AssertionError);
    }
    const last = sampleProfile({ updatedAtMs: Date.UTC(10_000, 0, 1) - 1 });
    expect(await journal.commit(sampleCommit(last))).toEqual({ kind: 'committed' });
  });
});

describe('closing a database', () => {
  it('moves everything into the file and refuses what comes later', async () => {
    const database = await temporaryDatabase();
    const { journal, profiles } = sqliteStores(database);
    await journal.commit(sampleCommit(sampleProfile({ updatedAtMs: SAMPLE_TIME_MS })));
    await database.close();
    await database.close();
    expect(statSync(`${database.file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    const commit = sampleCommit(sampleProfile({ uid: 8 }));
    await expect(journal.commit(commit)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(profiles.get(minerUid(7))).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

async function readOnly(file: string): Promise<SqliteDatabase> {
  const database = await SqliteDatabase.openReadOnly({ file });
  onTestFinished(() => database.close());
  return database;
}
