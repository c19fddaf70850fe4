import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrationNames } from '../../migrations/index.ts';
import { cli } from '../support/cli-run.ts';
import {
  change,
  dumpOf,
  emptyFile,
  filledDatabase,
  filledFile,
  uidsIn,
} from '../support/database-files.ts';
import { cliProcessWithLimit } from '../support/node-process.ts';
import { temporaryDatabase, temporaryFolder } from '../support/temporary-database.ts';

function rollBack(database: string, ...more: readonly string[]) {
  return cli(['db', 'rollback', '--database', database, ...more]);
}

/** Names that a database has been kept under. */
function asidesOf(database: string): readonly string[] {
  const names = readdirSync(dirname(database)).filter((name) => name.includes('.replaced-'));
  return names.map((name) => join(dirname(database), name));
}

function asideOf(database: string): string {
  return asidesOf(database)[0] ?? expect.fail('the database is kept');
}

describe('assay db rollback', () => {
  it('undoes the newest migration, which loses nothing', async () => {
    const file = await filledFile();
    const { exitCode, stdout, stderr } = await rollBack(file);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `undone ${migrationNames.at(-1)}\n`,
    });
    expect(stderr.split('\n')).toEqual([
      `${file} is taken back; the next start of this version applies this again`,
      `what was there before is ${asideOf(file)}`,
      '',
    ]);
  });

  it('undoes migrations up to one and keeps the other tables', async () => {
    const file = await filledFile();
    const { exitCode, stdout, stderr } = await rollBack(file, '--to', '0004-ledger');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: migrationNames
        .slice(migrationNames.indexOf('0004-ledger') + 1)
        .reverse()
        .map((name) => `undone ${name}\n`)
        .join(''),
    });
    expect(stderr.split('\n')).toEqual([
      `${file} is taken back; the next start of this version applies this again`,
      expect.stringMatching(/^it has lost 1 row of signed_extrinsics$/),
      `what was there before is ${asideOf(file)}`,
      '',
    ]);
    expect(uidsIn(file)).toEqual([1, 2, 3]);
    const checked = await cli(['db', 'check', '--json', '--database', file]);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      holds: true,
      schema: 'older',
      rows: { verification_reports: 3, weight_submissions: 1 },
    });
    const opened = await temporaryDatabase({ file });
    expect(await opened.query('signed_extrinsics')).toEqual([]);
    expect(await opened.query('ledger_entries')).toHaveLength(1);
  });

  it('keeps the database as it was, and a restore brings it back', async () => {
    const file = await filledFile();
    const before = dumpOf(file);
    await rollBack(file);
    const aside = asideOf(file);
    expect(dumpOf(aside)).toEqual(before);
    const { exitCode } = await cli(['db', 'restore', aside, '--replace', '--database', file]);
    expect(exitCode).toBe(0);
    expect(dumpOf(file)).toEqual(before);
  });

  it('undoes nothing when there is no room for the copy', async () => {
    const file = await filledFile();
    const before = dumpOf(file);
    const ended = await cliProcessWithLimit(['db', 'rollback', '--database', file], 64);
    expect(ended.exitCode).toBe(69);
    expect(ended.stderr).toContain('could not be copied');
    expect(dumpOf(file)).toEqual(before);
    expect(asidesOf(file)).toEqual([]);
  });

  it('undoes everything that came after a migration, the newest first', async () => {
    const file = await filledFile();
    const { stdout } = await rollBack(file, '--to', '0001-profiles', '--json');
    expect(JSON.parse(stdout)).toEqual({
      database: file,
      undone: migrationNames.slice(1).reverse(),
      replaced: asideOf(file),
      lost_rows: expect.objectContaining({ ledger_entries: 1, verification_reports: 3 }),
    });
    expect(uidsIn(file)).toEqual([1, 2, 3]);
  });

  it('has nothing to undo after the newest migration, or when nothing is applied', async () => {
    const file = await filledFile();
    const newest = String(migrationNames.at(-1));
    expect(await rollBack(file, '--to', newest)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `${file} stays as it is: there is nothing to undo\n`,
    });
    await rollBack(file, '--to', '0001-profiles');
    expect((await rollBack(file)).stdout).toBe('undone 0001-profiles\n');
    expect((await rollBack(file, '--json')).stdout).toBe(
      `${JSON.stringify({ database: file, undone: [], replaced: null, lost_rows: {} })}\n`,
    );
  });

  it('names what is applied when it is to go back to something else', async () => {
    const file = await emptyFile();
    const { exitCode, stderr } = await rollBack(file, '--to', 'ledger');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `invalid_argument: the database has no migration ledger; it has ${migrationNames.join(', ')}\n`,
    );
    expect((await cli(['db', 'migrate', '--database', file])).stderr).toContain('is up to date');
  });

  it('leaves a database alone that is in use, of a newer version, or missing', async () => {
    const { file: used } = await filledDatabase();
    const newer = await emptyFile();
    change(newer, "insert into knex_migrations (name, batch) values ('9999-future', 9)");
    const missing = join(temporaryFolder(), 'assay.db');
    const refusals = [used, newer, missing].map(async (database) => {
      const { exitCode, stdout, stderr } = await rollBack(database);
      return [exitCode, stdout, stderr.trim()];
    });
    expect(await Promise.all(refusals)).toEqual([
      [69, '', expect.stringContaining(`${used} is in use: stop the service`)],
      [1, '', expect.stringContaining('this one does not know 9999-future')],
      [1, '', `store_unusable: there is no database ${missing}`],
    ]);
  });
});
