import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteWeightSetStore } from '../../src/store/sqlite-weight-set-store.ts';
import { cli } from '../support/cli-run.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../support/temporary-database.ts';

const folder = sharedTemporaryFolder();
const file = join(folder, 'assay.db');
const env = { ASSAY_CHAIN__NETUID: '39', ASSAY_CHAIN__MECID: '0' };

/** Sets at blocks 1000 and 2000 in a file of their own; the second knows more miners. */
const recorded = (async () => {
  const database = await SqliteDatabase.open({ file });
  const sets = new SqliteWeightSetStore({ database, netuid: 39, mecid: 0 });
  const first = await decidedIn({ block: 1_000, profiles: sampleMiners(4) });
  const second = await decidedIn({ block: 2_000, profiles: sampleMiners(12) });
  for (const decision of [first, second]) await sets.record(decision);
  const failure = { reason: 'TOO_FAST', message: 'too fast', action: { kind: 'stop' } } as const;
  await sets.update({ ...first.set, state: 'failed', failure });
  await sets.update({ ...second.set, state: 'verified' });
  await database.close();
})();

async function explain(...args: readonly string[]) {
  await recorded;
  return cli(['weights', 'explain', ...args, '--database', file], { env });
}

/** The text without its table lines' spaces. */
function squeezed(text: string): string {
  return text.replace(/ +/g, ' ');
}

describe('assay weights explain', () => {
  it('prints the rules, the categories and the paragraph of a paid miner of the newest set', async () => {
    const { exitCode, stdout, stderr } = await explain('2');
    expect([exitCode, stderr]).toEqual([EXIT_CODES.ok, '']);
    const text = squeezed(stdout);
    expect(text).toMatch(/^Block 2000, decided 2026-01-01T12:00:00.000Z, emission configuration/);
    expect(text).toContain(`UID 2: ${sampleHotkey(2)}, registered at block 100`);
    expect(text).toMatch(/ledger entry [0-9a-f]{64}\n/);
    expect(text).toContain(
      '│ │ last report │ 1 h 0 min before the decision │ at most 3 h 0 min │ yes │',
    );
    expect(text).toContain('│ H100 │ score │ 0.500 │ 0.100 │ yes │');
    expect(text).toMatch(/│ H100 │ 1 │ 0.500 │ 500,000 │ [\d,]+ │ [\d.]+ % │/);
    expect(text).toMatch(/At block 2000 UID 2 received [\d,]+ of [\d,]+ weight units, [\d.]+ % of/);
  });

  it('prints the rule that a miner broke, and why its categories gave nothing', async () => {
    const { exitCode, stdout } = await explain('6');
    expect(exitCode).toBe(EXIT_CODES.ok);
    const text = squeezed(stdout);
    expect(text).toContain(
      '│ │ last report │ 4 h 0 min before the decision │ at most 3 h 0 min │ no: STALE │',
    );
    expect(text).toMatch(/│ H100 │ 5 │ 0.504 │ 0 │ [\d,]+ │ - │ [\d,]+ │ - │ 0 │ - │ STALE │/);
    expect(text).toContain('It was left out because its last report was made 4 h 0 min before');
  });

  it('prints a miner without valid GPUs, and a UID without reports', async () => {
    expect(squeezed((await explain('8')).stdout)).toContain('│ - │ 0 │ 0.506 │ 0 │');
    const { exitCode, stdout } = await explain('1');
    expect(exitCode).toBe(EXIT_CODES.ok);
    expect(stdout).toContain('UID 1: no profile');
    expect(stdout).not.toContain('│');
    expect(stdout).toContain('No profile was stored for the UID');
  });

  it('shortens hotkeys in the table, and names other miners of a category that was too small', async () => {
    await recorded;
    const own = join(temporaryFolder(), 'assay.db');
    const database = await SqliteDatabase.open({ file: own });
    const config = { minMinersPerCategory: 6 };
    const decision = await decidedIn({ block: 3_000, profiles: sampleMiners(12), config });
    await new SqliteWeightSetStore({ database, netuid: 39, mecid: 0 }).record(decision);
    await database.close();
    const { stdout } = await cli(['weights', 'explain', '5', '--database', own], { env });
    const text = squeezed(stdout);
    expect(text).toContain('│ holder of the UID │ 5zzzzz…zzzzzF since block 100 │');
    expect(text).toContain(
      '│ miners in the category │ 5 miners │ 6 │ no: CATEGORY_BELOW_MIN_MINERS',
    );
    expect(text).toContain('With 1 more miner like it in H100 it would have been due about');
  });

  it('explains an older set when its block is given', async () => {
    const { exitCode, stdout } = await explain('2', '--block', '1000', '--json');
    expect(exitCode).toBe(EXIT_CODES.ok);
    expect(JSON.parse(stdout)).toMatchObject({ block: 1_000, miner_uid: 2 });
  });

  it('says that the chain never took a set that failed', async () => {
    const { stdout } = await explain('2', '--block', '1000');
    expect(stdout).toContain('\nweights FAILED: TOO_FAST\n');
    expect(stdout).toContain('At block 1000 it was decided that UID 2 receives');
    expect(stdout).toContain('the set failed (TOO_FAST) and the chain kept the earlier weights');
    expect(stdout).not.toContain('received');
    expect(JSON.parse((await explain('2', '--block', '1000', '--json')).stdout)).toMatchObject({
      state: 'WEIGHT_SET_STATE_FAILED',
      failure_reason: 'TOO_FAST',
    });
    expect((await explain('2')).stdout).toContain('\nweights VERIFIED\n');
  });

  it('names what does not fit together and the command that says more', async () => {
    await recorded;
    const own = join(temporaryFolder(), 'assay.db');
    const database = await SqliteDatabase.open({ file: own });
    const decision = await decidedIn({ block: 3_000, profiles: sampleMiners(12) });
    await new SqliteWeightSetStore({ database, netuid: 39, mecid: 0 }).record(decision);
    await database.query('weight_allocation_history').where({ miner_uid: 2 }).update({
      allocated_weight: 1,
    });
    await database.close();
    const result = await cli(['weights', 'explain', '2', '--database', own], { env });
    expect([result.exitCode, result.stdout]).toEqual([EXIT_CODES.failed, '']);
    expect(result.stderr).toMatch(
      /^store_unusable: what is stored of UID 2 at block 3000 is damaged: its pairs and the burn come to 3 units, the set has \d+; assay weights replay --block 3000 says/,
    );
  });

  it('prints the spelling of the API with --json, the time as text', async () => {
    const { exitCode, stdout, stderr } = await explain('2', '--json');
    expect([exitCode, stderr]).toEqual([EXIT_CODES.ok, '']);
    const explanation = JSON.parse(stdout);
    expect(explanation).toMatchObject({
      block: 2_000,
      decided_time: '2026-01-01T12:00:00.000Z',
      miner_uid: 2,
      miner_hotkey: sampleHotkey(2),
      checks: [{ rule: 'NOT_REGISTERED', passed: true }, {}, {}, {}, {}],
      pairs: [{ gpu_model: 'H100' }, { gpu_model: 'A100' }, { gpu_model: 'RTX4090' }],
      summary: expect.stringContaining('At block 2000 UID 2 received'),
    });
    const sum = explanation.pairs.reduce(
      (total: number, { weight }: { weight: number }) => total + weight,
      0,
    );
    expect(explanation.weight).toBe(sum);
    expect(explanation.pairs[0].basis).toBeTypeOf('number');
    expect(explanation.pairs[0].category_total_basis).toBeTypeOf('number');
  });

  it.each([
    ['a UID that is no number', ['seven'], EXIT_CODES.usage, 'from 0 to 65535'],
    ['a UID beyond the largest', ['65536'], EXIT_CODES.usage, 'from 0 to 65535'],
    ['no UID', [], EXIT_CODES.usage, "missing required argument 'uid'"],
    ['a block that is no number', ['2', '--block', '-1'], EXIT_CODES.usage, 'from 0'],
    [
      'a UID that the subnet did not have',
      ['60000'],
      EXIT_CODES.failed,
      'miner_not_found: there was no UID 60000 at block 2000: the subnet had 14 UIDs',
    ],
    [
      'a block without a set',
      ['2', '--block', '1500'],
      EXIT_CODES.failed,
      'weight_set_not_found: no weight set at block 1500',
    ],
  ])('refuses %s', async (...[, args, code, message]) => {
    const { exitCode, stdout, stderr } = await explain(...args);
    expect([exitCode, stdout]).toEqual([code, '']);
    expect(stderr).toContain(message);
  });

  it('refuses a database that is not there and makes none', async () => {
    const missing = join(temporaryFolder(), 'none.db');
    const { exitCode, stderr } = await cli(['weights', 'explain', '2', '--database', missing], {
      env,
    });
    expect(exitCode).toBe(EXIT_CODES.failed);
    expect(stderr).toBe(`store_unusable: there is no database ${missing}\n`);
  });
});
