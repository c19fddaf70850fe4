import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { shortHotkey } from '../../src/domain/amount-text.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteWeightSetStore } from '../../src/store/sqlite-weight-set-store.ts';
import { cli } from '../support/cli-run.ts';
import { type HistorySet, historyDecision, historyHotkey } from '../support/history-samples.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import {
  sharedTemporaryFolder,
  sqliteStores,
  temporaryDatabase,
} from '../support/temporary-database.ts';

const folder = sharedTemporaryFolder();
const config = join(folder, 'assay.toml');
const HOUR_MS = 3_600_000;

let database: SqliteDatabase;

beforeEach(async () => {
  writeFileSync(config, '[chain]\nnetuid = 39\nmecid = 0\n');
  database = await temporaryDatabase();
  const { weightSets } = sqliteStores(database);
  for (const set of SETS) await weightSets.record(historyDecision(set));
});

const SETS: readonly HistorySet[] = [
  { block: 360, decidedAtMs: SAMPLE_TIME_MS, pairs: [{ uid: 7, category: 'H100' }], holder: 1 },
  {
    block: 720,
    state: 'verified',
    decidedAtMs: SAMPLE_TIME_MS + HOUR_MS,
    pairs: [
      { uid: 7, category: 'H100' },
      { uid: 8, category: 'A100', reason: 'STALE' },
      { uid: 9, reason: 'NO_VALID_GPU' },
    ],
  },
];

/** While the database is open for writing, as a running service has it. */
function run(...args: string[]) {
  return cli(['weights', 'history', '--config', config, '--database', database.file, ...args]);
}

async function places(...args: string[]) {
  const { exitCode, stdout, stderr } = await run('--json', ...args);
  const entries: readonly { block: number; miner_uid: number }[] = JSON.parse(stdout);
  const said = entries.length === 0 ? 'nothing found\n' : '';
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: said });
  return entries.map(({ block, miner_uid }) => [block, miner_uid]);
}

describe('assay weights history', () => {
  it('says which sets it does not list yet', async () => {
    const large = new SqliteWeightSetStore({ database, netuid: 39, mecid: 0, historyRowsMax: 0 });
    await large.record(historyDecision({ ...SETS[1], block: 1_080 }));
    const { exitCode, stdout, stderr } = await run('--json', '--uid', '8');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ block: 720 }]);
    expect((await run('--json', '--to-block', '1079')).stderr).toBe('');
    expect((await run('--json', '--from-block', '1081')).stderr).toBe('nothing found\n');
    expect(stderr).toBe(
      'the history of block 1080 is still to be written, by the service while it runs; ' +
        'assay weights explain reads it already\n',
    );
  });

  it('prints an array in the spelling of ListWeightHistory with --json', async () => {
    const { exitCode, stdout, stderr } = await run('--json', '--uid', '8');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([
      {
        block: 720,
        decided_time: '2026-01-01T13:00:00.000Z',
        miner_uid: 8,
        miner_hotkey: historyHotkey(8),
        gpu_model: 'A100',
        gpu_count: 1,
        score: (8 * 7_919 + 720) / 1e6,
        basis: 0,
        category_total_score: 0.72,
        weight_pool: 720,
        weight: 0,
        exclusion_reason: 'STALE',
        state: 'WEIGHT_SET_STATE_VERIFIED',
      },
    ]);
  });

  it('prints a table otherwise, newest first', async () => {
    const { stdout } = await run();
    const cells = stdout
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) =>
        line
          .split('│')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    const score = (uid: number, block: number) => ((uid * 7_919 + block) / 1e6).toFixed(3);
    const [later, sooner] = ['2026-01-01T13:00:00.000Z', '2026-01-01T12:00:00.000Z'];
    const hotkey = (uid: number, holder?: number) => shortHotkey(historyHotkey(uid, holder));
    expect(hotkey(7)).toMatch(/^5\w{5}…\w{6}$/);
    expect(cells.slice(1)).toEqual([
      ['720', later, '7', hotkey(7), 'H100', '8', score(7, 720), '8', '720', '7', '', ''],
      ['720', later, '8', hotkey(8), 'A100', '1', score(8, 720), '0', '720', '0', 'STALE', ''],
      ['720', later, '9', hotkey(9), '-', '2', score(9, 720), '0', '0', '0', 'NO_VALID_GPU', ''],
      [
        '360',
        sooner,
        '7',
        hotkey(7, 1),
        'H100',
        '8',
        score(7, 360),
        '8',
        '360',
        '7',
        '',
        'COMPUTED',
      ],
    ]);
  });

  it('shows a pair of which nobody recorded whose it was', async () => {
    await database.query('weight_allocation_history').update({ miner_hotkey: '' });
    expect((await run('--to-block', '360')).stdout).toMatch(/│\s+7 │ -\s+│ H100/);
  });

  it('filters by miner, holder, category and blocks', async () => {
    expect(await places('--uid', '7')).toEqual([
      [720, 7],
      [360, 7],
    ]);
    expect(await places('--uid', '7', '--hotkey', historyHotkey(7, 1))).toEqual([[360, 7]]);
    expect(await places('--category', 'a-100')).toEqual([[720, 8]]);
    expect(await places('--from-block', '361')).toHaveLength(3);
    expect(await places('--from-block', '361', '--to-block', '719')).toEqual([]);
    expect(await places('--to-block', '360')).toEqual([[360, 7]]);
  });

  it('sets thousands apart', async () => {
    const values = { basis: 57_600_000, allocated_weight: 29_491, gpu_count: 1_000 };
    await database.query('weight_allocation_history').update(values);
    expect((await run('--to-block', '360')).stdout).toMatch(
      /│\s+1,000 │ 0.056 │\s+57,600,000 │\s+360 │\s+29,491 │/,
    );
  });

  it('says that nothing was found', async () => {
    expect(await run('--uid', '9999')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'nothing found\n',
    });
    expect(await run('--uid', '9999', '--json')).toMatchObject({
      stdout: '[]\n',
      stderr: 'nothing found\n',
    });
  });

  it('says when the limit left something out', async () => {
    const { stdout, stderr } = await run('--limit', '3', '--json');
    expect(JSON.parse(stdout)).toHaveLength(3);
    expect(stderr).toContain('--limit');
    expect((await run('--limit', '4')).stderr).toBe('');
  });

  it.each([
    [['--uid', '65536'], '--uid', 'from 0 to 65535'],
    [['--uid', 'seven'], '--uid', 'from 0 to 65535'],
    [['--uid', '7', '--hotkey', 'me'], '--hotkey', 'SS58'],
    [['--hotkey', historyHotkey(7)], '--hotkey', 'together with --uid'],
    [['--category', 'H10'], '--category', 'the nearest is H100'],
    [['--from-block', '-1'], '--from-block', 'whole number'],
    [['--to-block', '1.5'], '--to-block', 'whole number'],
    [['--from-block', '2', '--to-block', '1'], '--to-block', 'below --from-block 2'],
    [['--limit', '0'], '--limit', 'from 1 to 100000'],
    [['--limit', '-1'], '--limit', 'from 1 to 100000'],
    [['--limit', '100001'], '--limit', 'from 1 to 100000'],
  ])('refuses %j and names the option', async (args, option, rule) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(option);
    expect(stderr).toContain(rule);
  });

  it('says that there is no database, and makes none', async () => {
    const missing = join(folder, 'none.db');
    const { exitCode, stderr } = await run('--database', missing);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`there is no database ${missing}`);
  });
});
