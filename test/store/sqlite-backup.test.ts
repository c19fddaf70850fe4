import { spawnSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Backup, backUpDatabase } from '../../src/store/sqlite-backup.ts';
import {
  change,
  dumpOf,
  emptyFile,
  filledDatabase,
  filledFile,
} from '../support/database-files.ts';
import { cliProcessWithLimit, killed, scriptProcess } from '../support/node-process.ts';
import { sampleCommit, sampleProfile } from '../support/profile-samples.ts';
import { sqliteStores, temporaryFolder } from '../support/temporary-database.ts';

type Options = Parameters<typeof backUpDatabase>[0];

function backUp(database: string, file: string, more: Partial<Options> = {}): Promise<Backup> {
  const signal = new AbortController().signal;
  return backUpDatabase({ database, file, canReplace: false, signal, ...more });
}

/** Names in a folder, the index of the log aside: it has no content of its own. */
function namesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => !name.endsWith('-shm'));
}

describe('a backup', () => {
  it('has every row of the database, also those that are only in its log yet', async () => {
    const { file } = await filledDatabase();
    const copy = join(temporaryFolder(), 'copy.db');
    const made = await backUp(file, copy);
    expect(dumpOf(copy)).toEqual(dumpOf(file));
    expect(made).toMatchObject({
      file: copy,
      schema: { kind: 'current' },
      newestBlock: 360,
      rows: { miner_gpu_profiles: 3, verification_reports: 3, ledger_entries: 1 },
      chainStateFile: undefined,
    });
  });

  it('is one file that needs no log, and tells its size', async () => {
    const { file } = await filledDatabase();
    const copy = join(temporaryFolder(), 'copy.db');
    const { bytes } = await backUp(file, copy);
    expect(readdirSync(dirname(copy))).toEqual(['copy.db']);
    expect(readFileSync(copy)).toHaveLength(bytes);
  });

  it('leaves the database as usable as it was', async () => {
    const database = await filledDatabase();
    const { journal, profiles } = sqliteStores(database);
    await backUp(database.file, join(temporaryFolder(), 'copy.db'));
    const commit = sampleCommit(sampleProfile({ uid: 9 }));
    expect(await journal.commit(commit)).toEqual({ kind: 'committed' });
    expect(await profiles.count()).toBe(4);
  });

  it('is of one moment while another process commits without a pause', async () => {
    const file = await emptyFile();
    const writer = await scriptProcess('committing-process.ts', [file]);
    const copies: string[] = [];
    for (const number of [1, 2, 3]) {
      const copy = join(temporaryFolder(), `${number}.db`);
      const { rows } = await backUp(file, copy);
      copies.push(copy);
      // Each commit writes one profile or changes it, one report and three machines.
      expect(rows.miner_executors).toBe(3 * (rows.miner_gpu_profiles ?? 0));
      expect(commitsIn(copy)).toBe(rows.verification_reports);
    }
    await killed(writer);
    const counts = copies.map(commitsIn);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(commitsIn(file)).toBeGreaterThanOrEqual(counts.at(-1) ?? 0);
  });

  it('of a database of an older or a newer version says so', async () => {
    const [older, newer] = [await filledFile(), await filledFile()];
    change(older, "delete from knex_migrations where name = '0005-signed-extrinsics'");
    change(newer, "insert into knex_migrations (name, batch) values ('9999-future', 9)");
    expect((await backUp(older, join(temporaryFolder(), 'older.db'))).schema).toEqual({
      kind: 'older',
      missing: ['0005-signed-extrinsics'],
    });
    expect((await backUp(newer, join(temporaryFolder(), 'newer.db'))).schema).toEqual({
      kind: 'newer',
      unknown: ['9999-future'],
    });
  });
});

/** Each profile was stored as many times as its revision says. */
function commitsIn(file: string): number {
  const handle = new Database(file, { readonly: true });
  const commits = handle
    .prepare<[], number>('select coalesce(sum(revision), 0) from miner_gpu_profiles')
    .pluck()
    .get();
  handle.close();
  return commits ?? 0;
}

describe('the simulated chain', () => {
  it('is copied beside the copy', async () => {
    const file = await filledFile();
    const chainStateFile = join(dirname(file), 'chain.json');
    writeFileSync(chainStateFile, '{"block":7}\n');
    const copy = join(temporaryFolder(), 'copy.db');
    const made = await backUp(file, copy, { chainStateFile });
    expect(made.chainStateFile).toBe(`${copy}.dev-chain.json`);
    expect(readFileSync(`${copy}.dev-chain.json`, 'utf8')).toBe('{"block":7}\n');
  });

  it('of an earlier copy never stays beside a later one that has none', async () => {
    const file = await filledFile();
    const copy = join(temporaryFolder(), 'copy.db');
    writeFileSync(`${copy}.dev-chain.json`, 'old');
    const chainStateFile = join(dirname(file), 'absent.json');
    const refused = backUp(file, copy, { chainStateFile });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(readFileSync(`${copy}.dev-chain.json`, 'utf8')).toBe('old');
    await backUp(file, copy, { chainStateFile, canReplace: true });
    expect(readdirSync(dirname(copy))).toEqual(['copy.db']);
  });
});

describe('the place of a backup', () => {
  it('may not be taken, unless an earlier copy is to be replaced', async () => {
    const { file } = await filledDatabase();
    const copy = await emptyFile();
    const before = readFileSync(copy);
    await expect(backUp(file, copy)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: `${copy} is there already and stays as it is; --replace overwrites it`,
    });
    expect(readFileSync(copy)).toEqual(before);
    await backUp(file, copy, { canReplace: true });
    expect(dumpOf(copy)).toEqual(dumpOf(file));
    expect(readdirSync(dirname(copy))).toEqual(['assay.db']);
  });

  it('may have the log of another database beside it only to be replaced, and then loses it', async () => {
    const { file } = await filledDatabase();
    const folder = await crashed();
    const copy = join(folder, 'assay.db');
    await backUp(file, copy, { canReplace: true });
    expect(dumpOf(copy)).toEqual(dumpOf(file));
    writeFileSync(join(folder, 'other.db-wal'), 'left behind');
    await expect(backUp(file, join(folder, 'other.db'))).rejects.toMatchObject({
      message: expect.stringContaining('other.db-wal is there already'),
    });
    await backUp(file, join(folder, 'other.db'), { canReplace: true });
    expect(namesIn(folder)).toEqual(['assay.db', 'other.db']);
  });

  it('is never a file of the database itself, under whatever name', async () => {
    const { file } = await filledDatabase();
    const chainStateFile = join(dirname(file), 'chain.db.dev-chain.json');
    writeFileSync(chainStateFile, 'state');
    const [linked, symbolic] = ['linked.db', 'symbolic.db'].map((name) =>
      join(dirname(file), name),
    ) as [string, string];
    linkSync(file, linked);
    symlinkSync(file, symbolic);
    const places = [file, linked, symbolic, `${file}-wal`, `${file}-shm`, chainStateFile];
    for (const place of [...places, join(dirname(file), 'chain.db')]) {
      const refused = backUp(file, place, { canReplace: true, chainStateFile });
      await expect(refused, place).rejects.toMatchObject({
        code: 'invalid_argument',
        message: expect.stringContaining('is a file of the database itself'),
      });
    }
    expect(readFileSync(chainStateFile, 'utf8')).toBe('state');
  });

  it('is never a database that somebody has open, or a file that is no database', async () => {
    const file = await filledFile();
    const other = await filledDatabase();
    await expect(backUp(file, other.file, { canReplace: true })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('is in use'),
    });
    const text = join(temporaryFolder(), 'notes.txt');
    writeFileSync(text, 'not a database, but long enough to be taken for one'.repeat(100));
    await expect(backUp(file, text, { canReplace: true })).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('is not a database, so it is not replaced'),
    });
    expect(readdirSync(dirname(text))).toEqual(['notes.txt']);
  });

  it.each(['copy.db', 'copy.db-wal', 'copy.db.dev-chain.json'])(
    'may have nothing but a file at %s',
    async (name) => {
      const file = await filledFile();
      const folder = temporaryFolder();
      expect(spawnSync('mkfifo', [join(folder, name)]).status).toBe(0);
      const refused = backUp(file, join(folder, 'copy.db'), { canReplace: true });
      await expect(refused).rejects.toMatchObject({
        code: 'invalid_argument',
        message: `${join(folder, name)} could not be written: it is something else than a file`,
      });
      expect(lstatSync(join(folder, name)).isFIFO()).toBe(true);
      expect(readdirSync(folder)).toEqual([name]);
    },
  );

  it('must be in a folder', async () => {
    const { file } = await filledDatabase();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'taken'));
    const reasons = ['absent/copy.db', 'file/copy.db', 'taken'].map(async (name) => {
      const refused = backUp(file, join(folder, name), { canReplace: true });
      return refused.then(
        () => 'done',
        (error: Error) => error.message,
      );
    });
    expect(await Promise.all(reasons)).toEqual([
      expect.stringContaining('its folder does not exist'),
      expect.stringContaining('a part of its path is not a folder'),
      expect.stringContaining('it is a folder'),
    ]);
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
    expect(readdirSync(join(folder, 'taken'))).toEqual([]);
  });
});

/** A folder in which a process died that had just written. */
async function crashed(): Promise<string> {
  const folder = temporaryFolder();
  const file = await emptyFile(join(folder, 'assay.db'));
  await killed(await scriptProcess('committing-process.ts', [file]));
  expect(namesIn(folder)).toEqual(['assay.db', 'assay.db-wal']);
  return folder;
}

describe('a backup that cannot be made', () => {
  it('leaves nothing behind when the disk is full, and an earlier copy as it was', async () => {
    const file = await filledFile();
    const copy = await emptyFile();
    const before = readFileSync(copy);
    const args = ['db', 'backup', copy, '--replace', '--database', file];
    const ended = await cliProcessWithLimit(args, 64);
    expect(ended).toEqual({
      exitCode: 69,
      stdout: '',
      stderr: `store_unavailable: ${file} could not be copied to ${copy}: a part of it could not be written (SQLITE_IOERR_WRITE)\n`,
    });
    expect(readdirSync(dirname(copy))).toEqual(['assay.db']);
    expect(readFileSync(copy)).toEqual(before);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const { file } = await filledDatabase();
    const folder = temporaryFolder();
    const stop = new AbortController();
    stop.abort(new Error('stopped by the test'));
    const stopped = backUp(file, join(folder, 'copy.db'), { signal: stop.signal });
    await expect(stopped).rejects.toBe(stop.signal.reason);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['is missing', () => undefined, 'there is no database'],
    ['is a text', (file: string) => writeFileSync(file, 'text '.repeat(2_000)), 'SQLITE_NOTADB'],
    ['is empty', (file: string) => writeFileSync(file, ''), 'is not a database of Assay'],
    [
      'is something else’s',
      (file: string) => change(file, 'create table notes (text)'),
      'is not a database of Assay',
    ],
    ['was cut short', truncated, 'it is damaged (SQLITE_CORRUPT)'],
    ['has rows without parents', orphaned, 'has no row in verification_reports'],
  ])('says why when the database %s', async (_, spoil, reason) => {
    const file = join(temporaryFolder(), 'assay.db');
    await spoil(file);
    const folder = temporaryFolder();
    await expect(backUp(file, join(folder, 'copy.db'))).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining(reason),
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

async function truncated(file: string): Promise<void> {
  truncateSync(await filledFile(file), 20_480);
}

async function orphaned(file: string): Promise<void> {
  change(await filledFile(file), 'delete from verification_reports where id = 1');
}

describe('a backup over a file that was cut short', () => {
  it('replaces it', async () => {
    const { file } = await filledDatabase();
    const copy = await filledFile();
    truncateSync(copy, 20_480);
    await backUp(file, copy, { canReplace: true });
    expect(dumpOf(copy)).toEqual(dumpOf(file));
    expect(readdirSync(dirname(copy))).toEqual(['assay.db']);
  });
});
