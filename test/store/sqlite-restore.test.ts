import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrationNames } from '../../migrations/index.ts';
import { migratedSchemaText, schemaText } from '../../scripts/schema-text.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { type Restored, restoreDatabase } from '../../src/store/sqlite-restore.ts';
import {
  change,
  dumpOf,
  emptyFile,
  FILLED_UIDS,
  filledDatabase,
  filledFile,
  uidsIn,
} from '../support/database-files.ts';
import { cliProcess, killed, scriptProcess } from '../support/node-process.ts';
import { sampleCommit, sampleProfile } from '../support/profile-samples.ts';
import { sqliteStores, temporaryDatabase, temporaryFolder } from '../support/temporary-database.ts';

type Options = Parameters<typeof restoreDatabase>[0];

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const ENDING = '.replaced-20260102T030405.678Z';

function restore(file: string, database: string, more: Partial<Options> = {}): Promise<Restored> {
  return restoreDatabase({
    file,
    database,
    canReplace: false,
    checkChainState: () => undefined,
    nowMs: NOW_MS,
    signal: new AbortController().signal,
    ...more,
  });
}

/** A closed database with one profile, of UID 50. */
async function otherFile(file = join(temporaryFolder(), 'assay.db')): Promise<string> {
  const database = await SqliteDatabase.open({ file });
  await sqliteStores(database).journal.commit(sampleCommit(sampleProfile({ uid: 50 })));
  await database.close();
  return file;
}

/** Names and contents of everything in a folder, to be compared; nobody may have a database in it open. */
function everythingIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => `${name} ${readFileSync(join(folder, name)).toString('latin1')}`);
}

describe('a restored database', () => {
  it('has every row of the copy, in a folder that is made', async () => {
    const copy = await filledFile();
    const database = join(temporaryFolder(), 'new', 'folder', 'assay.db');
    const restored = await restore(copy, database);
    expect(dumpOf(database)).toEqual(dumpOf(copy));
    expect(restored).toMatchObject({
      database,
      replaced: undefined,
      newestBlock: 360,
      schema: { kind: 'current' },
    });
    expect(readdirSync(dirname(database))).toEqual(['assay.db']);
  });

  it('takes the place of another one, which is kept beside', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    await expect(restore(copy, database)).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(uidsIn(database)).toEqual([50]);
    const { replaced } = await restore(copy, database, { canReplace: true });
    expect(replaced).toBe(`${database}${ENDING}`);
    expect(uidsIn(database)).toEqual(FILLED_UIDS);
    expect(uidsIn(`${database}${ENDING}`)).toEqual([50]);
  });

  it('can be opened and written by a service, and so can the one that was kept', async () => {
    const [copy, file] = [await filledFile(), await otherFile()];
    await restore(copy, file, { canReplace: true });
    for (const each of [file, `${file}${ENDING}`]) {
      const { journal } = sqliteStores(await temporaryDatabase({ file: each }));
      const commit = sampleCommit(sampleProfile({ uid: 60 }));
      expect(await journal.commit(commit)).toEqual({ kind: 'committed' });
    }
    expect(uidsIn(file)).toEqual([...FILLED_UIDS, 60]);
    expect(uidsIn(`${file}${ENDING}`)).toEqual([50, 60]);
  });

  it('has what is only in the log beside the copy, too', async () => {
    const source = await filledDatabase();
    const folder = temporaryFolder();
    for (const suffix of ['', '-wal']) {
      copyFileSync(`${source.file}${suffix}`, join(folder, `copy.db${suffix}`));
    }
    const database = join(temporaryFolder(), 'assay.db');
    await restore(join(folder, 'copy.db'), database);
    expect(uidsIn(database)).toEqual(FILLED_UIDS);
  });

  it('of an older version is migrated when it is opened', async () => {
    const copy = await filledFile();
    await cliProcess(['db', 'rollback', '--database', copy]);
    const database = join(temporaryFolder(), 'assay.db');
    const { schema } = await restore(copy, database);
    expect(schema).toEqual({ kind: 'older', missing: migrationNames.slice(-1) });
    const opened = await temporaryDatabase({ file: database });
    expect(await schemaText(opened)).toBe(await migratedSchemaText());
    expect(await sqliteStores(opened).profiles.count()).toBe(3);
  });
});

describe('a log that was left behind', () => {
  it('goes with the database that it belongs to, and never into the restored one', async () => {
    const copy = await filledFile();
    const database = await emptyFile();
    await killed(await scriptProcess('committing-process.ts', [database]));
    expect(existsSync(`${database}-wal`)).toBe(true);
    await restore(copy, database, { canReplace: true });
    expect(dumpOf(database)).toEqual(dumpOf(copy));
    expect(uidsIn(`${database}${ENDING}`).length).toBeGreaterThan(0);
    expect(readdirSync(dirname(database))).toEqual(['assay.db', `assay.db${ENDING}`]);
  });

  it('without its database is put aside', async () => {
    const copy = await filledFile();
    const folder = temporaryFolder();
    const database = join(folder, 'assay.db');
    writeFileSync(`${database}-wal`, 'log');
    writeFileSync(`${database}-shm`, 'index');
    await expect(restore(copy, database)).rejects.toMatchObject({
      message: expect.stringContaining('assay.db-wal is there already'),
    });
    const { replaced } = await restore(copy, database, { canReplace: true });
    expect(replaced).toBeUndefined();
    expect(readFileSync(`${database}${ENDING}-wal`, 'utf8')).toBe('log');
    expect(dumpOf(database)).toEqual(dumpOf(copy));
  });

  it('stays where it is when the restore fails', async () => {
    const copy = await filledFile();
    const folder = temporaryFolder();
    const database = join(folder, 'assay.db');
    writeFileSync(`${database}-wal`, 'log');
    mkdirSync(join(folder, 'state.json'));
    writeFileSync(`${copy}.dev-chain.json`, '{}');
    const chainStateFile = join(folder, 'state.json');
    const refused = restore(copy, database, { canReplace: true, chainStateFile });
    await expect(refused).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(readdirSync(folder).sort()).toEqual(['assay.db-wal', 'state.json']);
  });
});

describe('a database that another process has open', () => {
  it.each(['idle-process.ts', 'committing-process.ts'])('is not replaced: %s', async (script) => {
    const copy = await filledFile();
    const database = await otherFile();
    const holder = await scriptProcess(script, [database]);
    const args = ['db', 'restore', copy, '--replace', '--database', database];
    const refused = await cliProcess(args);
    expect(refused).toMatchObject({ exitCode: 69, stdout: '' });
    expect(refused.stderr).toContain(`${database} is in use: stop the service`);
    const names = readdirSync(dirname(database)).sort();
    expect(names).toEqual(['assay.db', 'assay.db-shm', 'assay.db-wal']);
    expect(uidsIn(database)).toContain(50);
    await killed(holder);
    expect(await cliProcess(args)).toMatchObject({ exitCode: 0 });
    expect(uidsIn(database)).toEqual(FILLED_UIDS);
  });

  it('is not replaced while this process reads it', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    const reader = new Database(database, { readonly: true });
    onTestFinished(() => void reader.close());
    reader.prepare('select count(*) from miner_gpu_profiles').get();
    await expect(restore(copy, database, { canReplace: true })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    reader.close();
    await restore(copy, database, { canReplace: true });
  });

  it('cannot be written by a process that opened it just before it was replaced', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    const late = new Database(database);
    onTestFinished(() => void late.close());
    await restore(copy, database, { canReplace: true });
    expect(() => late.pragma('journal_mode = WAL')).toThrow('readonly');
    expect(() => late.exec('delete from miner_gpu_profiles')).toThrow('readonly');
    late.close();
    expect(dumpOf(database)).toEqual(dumpOf(copy));
  });
});

describe('a database that is damaged', () => {
  it('is replaced when it was cut short', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    truncateSync(database, 20_480);
    await restore(copy, database, { canReplace: true });
    expect(dumpOf(database)).toEqual(dumpOf(copy));
    expect(readFileSync(`${database}${ENDING}`).length).toBe(20_480);
  });

  it('must be moved away when nothing of it can be recognised', async () => {
    const copy = await filledFile();
    const database = join(temporaryFolder(), 'assay.db');
    writeFileSync(database, 'not a database, but long enough to be taken for one'.repeat(100));
    await expect(restore(copy, database, { canReplace: true })).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('move it away first'),
    });
    expect(readdirSync(dirname(database))).toEqual(['assay.db']);
  });
});

describe('a copy that cannot be restored', () => {
  it.each<[string, (file: string) => unknown, string]>([
    ['is missing', () => undefined, 'there is no database'],
    ['is a text', (file) => writeFileSync(file, 'text '.repeat(2_000)), 'it is not a database'],
    ['is empty', (file) => writeFileSync(file, ''), 'is not a database of Assay'],
    [
      'was cut short',
      async (file) => truncateSync(await filledFile(file), 20_480),
      'it is damaged',
    ],
    [
      'is something else’s',
      (file) => change(file, 'create table notes (text)'),
      'is not a database of Assay',
    ],
    [
      'is of a newer version',
      async (file) =>
        change(
          await filledFile(file),
          "insert into knex_migrations (name, batch) values ('9999-future', 9)",
        ),
      'was written by a newer version: this one does not know 9999-future',
    ],
    [
      'was taken during a migration',
      async (file) =>
        change(await filledFile(file), 'update knex_migrations_lock set is_locked = 1'),
      'in the middle of a migration',
    ],
    [
      'has rows without parents',
      async (file) => change(await filledFile(file), 'delete from verification_reports'),
      'has no row in verification_reports',
    ],
    [
      'has an index that misses rows',
      async (file) =>
        change(
          await filledFile(file),
          `pragma writable_schema = on;
           update sqlite_master set sql = replace(sql, '(\`verification_timestamp\`)', '(\`executor_id\`)')
           where name = 'idx_prover_results_timestamp'`,
        ),
      'idx_prover_results_timestamp',
    ],
  ])('because it %s changes nothing', async (_, spoil, reason) => {
    const copy = join(temporaryFolder(), 'copy.db');
    await spoil(copy);
    const database = await otherFile();
    const before = everythingIn(dirname(database));
    await expect(restore(copy, database, { canReplace: true })).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining(reason),
    });
    expect(everythingIn(dirname(database))).toEqual(before);
  });

  it('because it is the database itself changes nothing', async () => {
    const database = await otherFile();
    await expect(restore(database, database, { canReplace: true })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    expect(uidsIn(database)).toEqual([50]);
    expect(existsSync(`${database}${ENDING}`)).toBe(false);
  });

  it('because it is stopped changes nothing', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    const stop = new AbortController();
    stop.abort(new Error('stopped by the test'));
    const { signal } = stop;
    await expect(restore(copy, database, { canReplace: true, signal })).rejects.toBe(signal.reason);
    expect(readdirSync(dirname(database))).toEqual(['assay.db']);
    expect(uidsIn(database)).toEqual([50]);
  });

  it('because the name for the replaced one is taken changes nothing', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    writeFileSync(`${database}${ENDING}`, 'taken');
    await expect(restore(copy, database, { canReplace: true })).rejects.toMatchObject({
      message: expect.stringContaining('could not be put aside'),
    });
    expect(readFileSync(`${database}${ENDING}`, 'utf8')).toBe('taken');
    expect(uidsIn(database)).toEqual([50]);
  });
});

describe('the simulated chain', () => {
  it('is restored with the database; the state that was there is kept beside', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    const chainStateFile = join(temporaryFolder(), 'chain.json');
    writeFileSync(`${copy}.dev-chain.json`, 'of the copy');
    writeFileSync(chainStateFile, 'of before');
    const restored = await restore(copy, database, { canReplace: true, chainStateFile });
    expect(readFileSync(chainStateFile, 'utf8')).toBe('of the copy');
    expect(readFileSync(`${chainStateFile}${ENDING}`, 'utf8')).toBe('of before');
    expect(restored).toMatchObject({
      chainStateFile,
      replacedChainStateFile: `${chainStateFile}${ENDING}`,
    });
    expect(readdirSync(dirname(chainStateFile)).sort()).toEqual([
      'chain.json',
      `chain.json${ENDING}`,
    ]);
  });

  it('stays as it is when the copy has none', async () => {
    const copy = await filledFile();
    const chainStateFile = join(temporaryFolder(), 'chain.json');
    writeFileSync(chainStateFile, 'of before');
    const database = join(temporaryFolder(), 'assay.db');
    const restored = await restore(copy, database, { chainStateFile });
    expect(restored.chainStateFile).toBeUndefined();
    expect(readFileSync(chainStateFile, 'utf8')).toBe('of before');
  });

  it('is not restored, nor is the database, when the state cannot be used', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    writeFileSync(`${copy}.dev-chain.json`, 'damaged');
    const refused = restore(copy, database, {
      canReplace: true,
      chainStateFile: `${database}.dev-chain.json`,
      checkChainState: (file) => {
        throw new Error(`${readFileSync(file, 'utf8')} it is`);
      },
    });
    await expect(refused).rejects.toThrow('damaged it is');
    expect(readdirSync(dirname(database))).toEqual(['assay.db']);
    expect(uidsIn(database)).toEqual([50]);
  });

  it('that cannot be put aside leaves the database as it was', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    const chainStateFile = join(temporaryFolder(), 'state.json');
    mkdirSync(chainStateFile);
    writeFileSync(`${copy}.dev-chain.json`, 'of the copy');
    await expect(
      restore(copy, database, { canReplace: true, chainStateFile }),
    ).rejects.toMatchObject({ message: expect.stringContaining('could not be put aside') });
    expect(readdirSync(dirname(database))).toEqual(['assay.db']);
    expect(uidsIn(database)).toEqual([50]);
  });

  it('is never restored from its own state', async () => {
    const [copy, database] = [await filledFile(), await otherFile()];
    const chainStateFile = `${copy}.dev-chain.json`;
    writeFileSync(chainStateFile, 'state');
    await expect(
      restore(copy, database, { canReplace: true, chainStateFile }),
    ).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(readFileSync(chainStateFile, 'utf8')).toBe('state');
  });
});
