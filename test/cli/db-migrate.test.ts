import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrationNames } from '../../migrations/index.ts';
import { cli } from '../support/cli-run.ts';
import {
  change,
  dumpOf,
  emptyFile,
  filledDatabase,
  filledFile,
} from '../support/database-files.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

describe('assay db migrate', () => {
  it('makes a database that is missing, with its folder', async () => {
    const database = join(temporaryFolder(), 'new', 'assay.db');
    const { exitCode, stdout, stderr } = await cli(['db', 'migrate', '--database', database]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `${database} is made\n` });
    expect(stdout).toBe(migrationNames.map((name) => `applied ${name}\n`).join(''));
    expect(dumpOf(database)).toEqual(dumpOf(database));
  });

  it('has nothing to do for a database that is up to date, also while it is in use', async () => {
    const { file } = await filledDatabase();
    expect(await cli(['db', 'migrate', '--database', file])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `${file} is up to date\n`,
    });
    const { stdout } = await cli(['db', 'migrate', '--json', '--database', file]);
    expect(JSON.parse(stdout)).toEqual({ database: file, created: false, applied: [] });
  });

  it('applies what is missing and keeps the rows', async () => {
    const file = await filledFile();
    await cli(['db', 'rollback', '--database', file, '--to', '0002-verification-results']);
    const { exitCode, stdout, stderr } = await cli(['db', 'migrate', '--database', file]);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: [
        'applied 0003-weight-sets',
        'applied 0004-ledger',
        'applied 0005-signed-extrinsics',
        'applied 0006-executors-by-key',
        'applied 0007-pending-weight-history',
        'applied 0008-counted-gpus',
        '',
      ].join('\n'),
    });
    expect(stderr).toBe(`${file} is brought up to date\n`);
    const { stdout: checked } = await cli(['db', 'check', '--json', '--database', file]);
    expect(JSON.parse(checked)).toMatchObject({
      holds: true,
      schema: 'current',
      rows: { miner_gpu_profiles: 3, verification_reports: 3, weight_submissions: 0 },
    });
  });

  it('leaves a database alone that is in use, of a newer version, or not Assay’s', async () => {
    const used = await filledDatabase();
    await used.query('knex_migrations').where({ name: '0006-executors-by-key' }).delete();
    const newer = await emptyFile();
    change(newer, "insert into knex_migrations (name, batch) values ('9999-future', 9)");
    const foreign = join(temporaryFolder(), 'assay.db');
    change(foreign, 'create table notes (text)');
    const refusals = [used.file, newer, foreign].map(async (database) => {
      const { exitCode, stdout, stderr } = await cli(['db', 'migrate', '--database', database]);
      return [exitCode, stdout, stderr.trim()];
    });
    expect(await Promise.all(refusals)).toEqual([
      [69, '', expect.stringContaining(`${used.file} is in use: stop the service`)],
      [1, '', expect.stringContaining('this one does not know 9999-future')],
      [1, '', `store_unusable: ${foreign} is not a database of Assay`],
    ]);
    expect(dumpOf(foreign)[0]).toBe('notes []');
  });

  it('says how to release a lock that was left behind', async () => {
    const file = await emptyFile();
    await cli(['db', 'rollback', '--database', file]);
    change(file, 'update knex_migrations_lock set is_locked = 1');
    for (const command of ['migrate', 'rollback']) {
      const { exitCode, stderr } = await cli(['db', command, '--database', file]);
      expect(exitCode).toBe(69);
      expect(stderr).toContain('UPDATE knex_migrations_lock SET is_locked = 0');
    }
  });
});
