import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliRun, cli } from '../support/cli-run.ts';
import { change, filledDatabase, filledFile, uidsIn } from '../support/database-files.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const ROWS = {
  miner_gpu_profiles: 3,
  miner_executors: 3,
  verification_reports: 3,
  miner_prover_results: 3,
  emission_configs: 0,
  weight_submissions: 1,
  signed_extrinsics: 1,
  emission_metrics: 1,
  pending_weight_history: 0,
  weight_allocation_history: 3,
  ledger_entries: 1,
};

function newCopy(): string {
  return join(temporaryFolder(), 'copy.db');
}

describe('assay db backup', () => {
  it('says what it copied, and shows what is in the copy', async () => {
    const { file } = await filledDatabase();
    const copy = newCopy();
    const { exitCode, stdout, stderr } = await cli(['db', 'backup', copy, '--database', file]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `${file} is copied to ${copy}\n`,
    });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^size +[\d,]+ bytes in \d+\.\d\d s$/);
    expect(lines.slice(1, 4)).toEqual([
      'schema                     that of this version',
      'newest block               360',
      'miner_gpu_profiles         3 rows',
    ]);
    expect(uidsIn(copy)).toEqual([1, 2, 3]);
  });

  it('prints the same as one JSON object', async () => {
    const { file } = await filledDatabase();
    writeFileSync(`${file}.dev-chain.json`, '{}');
    const copy = newCopy();
    const { stdout, stderr } = await cli(['db', 'backup', copy, '--database', file, '--json']);
    expect(stderr).toBe('');
    const { duration_ms, ...made } = JSON.parse(stdout);
    expect(duration_ms).toBeGreaterThanOrEqual(0);
    expect(made).toEqual({
      file: copy,
      bytes: statSync(copy).size,
      schema: 'current',
      newest_block: 360,
      rows: ROWS,
      chain_state_file: `${copy}.dev-chain.json`,
    });
  });

  it('copies the state of the simulated chain from where the configuration has it', async () => {
    const file = await filledFile();
    const state = join(dirname(file), 'chain.json');
    writeFileSync(state, '{}');
    const copy = newCopy();
    const env = { ASSAY_CHAIN__DEV__STATE_FILE: state };
    const { stderr } = await cli(['db', 'backup', copy, '--database', file], { env });
    expect(stderr).toContain(`state is copied to ${copy}.dev-chain.json`);
    expect(readdirSync(dirname(copy)).sort()).toEqual(['copy.db', 'copy.db.dev-chain.json']);
  });

  it('says that only a newer version can use the copy of its database', async () => {
    const file = await filledFile();
    change(file, "insert into knex_migrations (name, batch) values ('9999-future', 9)");
    const { exitCode, stdout, stderr } = await cli(['db', 'backup', newCopy(), '--database', file]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('only that version can restore the copy');
    expect(stdout).toContain('of a newer version: this one does not know 9999-future');
    expect(stdout).toMatch(/^newest block +unknown$/m);
    expect(stdout).toMatch(/^weight_submissions +1 rows$/m);
  });

  it('never overwrites a file unless it is told to', async () => {
    const file = await filledFile();
    const copy = newCopy();
    const args = ['db', 'backup', copy, '--database', file];
    expect((await cli(args)).exitCode).toBe(0);
    const refused = await cli(args);
    expect(refused).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `invalid_argument: ${copy} is there already and stays as it is; --replace overwrites it\n`,
    });
    expect((await cli([...args, '--replace'])).exitCode).toBe(0);
  });

  it.each([['backup', 'copy.db'], ['restore', 'copy.db'], ['check'], ['migrate'], ['rollback']])(
    '%s refuses a database in memory',
    async (...args) => {
      const { exitCode, stderr } = await cli(['db', ...args, '--database', ':memory:']);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: ":memory: is no file: a database in memory is its process's own\n",
      });
    },
  );

  it('asks for the name of a file in a folder, and does not suggest to try again', async () => {
    const file = await filledFile();
    const unnamed = await cli(['db', 'backup', '', '--database', file]);
    expect(unnamed).toMatchObject({ exitCode: 2, stderr: 'the name of the file is empty\n' });
    const copy = join(temporaryFolder(), 'missing', 'copy.db');
    expect(await cli(['db', 'backup', copy, '--database', file])).toMatchObject({
      exitCode: 1,
      stderr: `invalid_argument: ${copy} could not be written: its folder does not exist\n`,
    });
  });

  it('does not make a copy in memory', async () => {
    const file = await filledFile();
    const { exitCode } = await cli(['db', 'backup', ':memory:', '--database', file]);
    expect(exitCode).toBe(1);
    expect(existsSync(':memory:')).toBe(false);
  });

  it('says that nothing was changed when it is stopped', async () => {
    const file = await filledFile();
    const copy = newCopy();
    const run = new CliRun(['db', 'backup', copy, '--database', file]);
    run.stop();
    expect(await run.exitCode).toBe(1);
    expect(run.stderr).toBe('stopped; nothing was changed\n');
    expect(readdirSync(dirname(copy))).toEqual([]);
  });
});
