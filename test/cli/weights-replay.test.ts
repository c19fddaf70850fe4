import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { CliRun, cli } from '../support/cli-run.ts';
import { deleteEntry, sharedLedger, tampered, weightsCli } from '../support/recorded-ledger.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const ledgerOf = sharedLedger();

/** Replays a copy of the recorded ledger that somebody changed. */
async function replayed(
  args: readonly string[],
  change: (handle: BetterSqlite3.Database) => void = () => undefined,
) {
  const ledger = await ledgerOf();
  return weightsCli(ledger, ['replay', ...args], tampered(ledger, change));
}

function payMore(handle: BetterSqlite3.Database): void {
  handle.exec(
    `update weight_allocation_history set allocated_weight = allocated_weight + 1
     where weight_set_block = 20 and miner_uid = 3`,
  );
}

function addOlderSet(handle: BetterSqlite3.Database): void {
  const row = handle
    .prepare<[], Record<string, unknown>>('select * from weight_submissions where block = 10')
    .get();
  const { id, ...values } = { ...row, block: 5 } as Record<string, unknown>;
  const names = Object.keys(values);
  handle
    .prepare(`insert into weight_submissions (${names}) values (${names.map(() => '?')})`)
    .run(...Object.values(values));
}

function retireFirst(handle: BetterSqlite3.Database): void {
  handle.exec(`insert into ledger_anchors
    select netuid, mecid, block, digest, 1, '2026-01-01T00:00:00.000Z'
    from ledger_entries where block = 10`);
  deleteEntry(handle, 10);
}

describe('assay weights replay', () => {
  it('says that one set holds', async () => {
    expect(await replayed(['--block', '20'])).toEqual({
      exitCode: 0,
      stdout: 'the weight set of block 20 holds\n',
      stderr: '',
    });
    const { stdout } = await replayed(['--block', '20', '--json']);
    expect(JSON.parse(stdout)).toEqual({ block: 20, holds: true, findings: [] });
  });

  it('ends with exit code 1 and every finding for a set that does not hold', async () => {
    const { exitCode, stdout, stderr } = await replayed(['--block', '20'], payMore);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('the weight set of block 20 does not hold:\n  pairs_digest: ');
    expect(stdout).toContain('  pair of UID 3 in H100: expected included, 8 GPUs');
    expect(stderr).toBe('the weight set of block 20 does not hold\n');
  });

  it('does not mind what is wrong in another set', async () => {
    expect(await replayed(['--block', '30'], payMore)).toMatchObject({ exitCode: 0 });
  });

  it('names the first of all sets that does not hold', async () => {
    const { exitCode, stdout, stderr } = await replayed(['--all'], payMore);
    expect(exitCode).toBe(1);
    const [head, first] = stdout.split('\n');
    expect(head).toBe('4 of 5 weight sets hold, from block 10 to 41');
    expect(first).toBe('the weight set of block 20 does not hold:');
    expect(stderr).toBe('block 20 is the first that does not hold\n');
  });

  it('prints one JSON object for all sets, broken or not', async () => {
    const { exitCode, stdout } = await replayed(['--all', '--json'], payMore);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      holds: false,
      entries: 5,
      held: 4,
      first_block: 10,
      last_block: 41,
      first_broken: { block: 20, findings: expect.arrayContaining([]) },
      sets_older_than_ledger: 0,
      deleted_entries: 0,
      deleted_up_to_block: null,
    });
  });

  it('counts sets that are older than the ledger, and deleted entries', async () => {
    expect(await replayed(['--all'], addOlderSet)).toMatchObject({
      exitCode: 0,
      stdout:
        '5 of 5 weight sets hold, from block 10 to 41\n' +
        '1 weight set is older than the ledger: nothing can be said of it\n',
    });
    expect(await replayed(['--all'], retireFirst)).toMatchObject({
      exitCode: 0,
      stdout:
        '4 of 4 weight sets hold, from block 20 to 41\n' +
        '1 entry up to block 10 was deleted by retention; the chain goes on from its digest\n',
    });
  });

  it('says why there is no entry', async () => {
    const missing = 'ledger_entry_not_found: there is no entry of block';
    expect(await replayed(['--block', '11'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `${missing} 11: no weights were set there\n`,
    });
    expect((await replayed(['--block', '5'], addOlderSet)).stderr).toBe(
      `${missing} 5: its weight set is older than the ledger\n`,
    );
    expect((await replayed(['--block', '10'], retireFirst)).stderr).toBe(
      `${missing} 10: the entries up to block 10 were deleted by retention\n`,
    );
  });

  it('finds a set that lost its entry', async () => {
    const { exitCode, stdout } = await replayed(['--block', '20', '--json'], (handle) =>
      handle.exec('delete from ledger_entries where block = 20'),
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).findings).toEqual([
      { where: 'ledger_entries', message: 'the weight set has no entry, but older ones have' },
    ]);
  });

  it('knows an empty ledger', async () => {
    const file = join(temporaryFolder(), 'empty.db');
    await (await SqliteDatabase.open({ file })).close();
    const { exitCode, stdout } = await weightsCli(await ledgerOf(), ['replay', '--all'], file);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'there is nothing to replay: the ledger has no entries\n',
    });
  });

  it('does not take the wrong subnet for an empty ledger', async () => {
    const { database, config } = await ledgerOf();
    const args = ['weights', 'replay', '--config', config, '--database', database];
    const env = { ASSAY_CHAIN__NETUID: '7' };
    const text = 'no entries of subnet 7/0; the database has 1/0\n';
    expect(await cli([...args, '--all'], { env })).toEqual({
      exitCode: 1,
      stdout: 'there is nothing to replay\n',
      stderr: text,
    });
    const { exitCode, stdout } = await cli([...args, '--all', '--json'], { env });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      holds: false,
      entries: 0,
      other_subnets: [{ netuid: 1, mecid: 0 }],
    });
    const one = await cli([...args, '--block', '20'], { env });
    expect(one.stderr).toBe(`ledger_entry_not_found: there is no entry of block 20: ${text}`);
  });

  it('refuses to guess which sets are meant, and a database that is not there', async () => {
    const both = await replayed(['--all', '--block', '20']);
    const neither = await replayed([]);
    expect([both.exitCode, neither.exitCode]).toEqual([2, 2]);
    expect(neither.stderr).toBe('say which sets to replay: --block N or --all, not both\n');
    expect((await replayed(['--block', '-1'])).exitCode).toBe(2);
    const file = join(temporaryFolder(), 'missing.db');
    const nowhere = await weightsCli(await ledgerOf(), ['replay', '--all'], file);
    expect(nowhere).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `store_unusable: there is no database ${file}\n`,
    });
  });

  it('shows how far it is on a terminal only, and clears it at the end', async () => {
    const { database, config } = await ledgerOf();
    const args = ['weights', 'replay', '--all', '--config', config, '--database', database];
    const { stderr } = await cli(args, { isStderrTty: true });
    expect(stderr).toContain('\r2 weight sets up to block 20');
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it('stops when it is told to', async () => {
    const { database, config } = await ledgerOf();
    const args = ['weights', 'replay', '--all', '--config', config, '--database', database];
    const run = new CliRun(args);
    run.stop();
    expect(await run.exitCode).toBe(1);
    expect(run.stdout).toBe('');
    expect(run.stderr).toBe('stopped before block 10\n');
  });
});
