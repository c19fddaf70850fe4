import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CliRun, cli } from '../support/cli-run.ts';
import { sharedTemporaryFolder } from '../support/temporary-database.ts';

type Finished = Awaited<ReturnType<typeof cli>>;

const MINERS = 40;
const ONCE = ['demo', '--once', '--json', '--seed', '5', '--miners', String(MINERS)];

const folder = sharedTemporaryFolder();
/** Where the demo makes its own folders. */
const temporary = join(folder, 'tmp');
const kept = join(folder, 'kept.db');
const loud = join(folder, 'loud.toml');
writeFileSync(loud, '[log]\nlevel = "warn"\n');

let first: Finished;
let second: Finished;
let failed: Finished;
let stopped: { readonly exitCode: number; readonly run: CliRun };

/** A demo takes seconds, most of them waiting for blocks: all of them run side by side, and the tests look at the results. */
beforeAll(async () => {
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  [first, second, failed, stopped] = await Promise.all([
    cli([...ONCE, '--database', kept]),
    cli([...ONCE, '--config', loud]),
    cli(['demo', '--once', '--miners', '12'], { env: { ASSAY_CHAIN__DEV__MAX_WEIGHT_LIMIT: '9' } }),
    stoppedInBetween(),
  ]);
});

afterAll(() => void vi.unstubAllEnvs());

/** A demo at a terminal that is stopped after the first weight set. */
async function stoppedInBetween() {
  const run = new CliRun(['demo', '--seed', '5', '--miners', '12', '--burn', '20'], {
    isStderrTty: true,
    env: { NO_COLOR: '1', ASSAY_EMISSION__BURN_UID: '204' },
  });
  await run.printed('phases: ');
  await run.printed('next weights at 40');
  run.stop();
  return { exitCode: await run.exitCode, run };
}

describe('demo --once --json', () => {
  it('prints exactly one JSON object with exactly the documented keys, and exits with 0', () => {
    expect(first.exitCode).toBe(0);
    expect(first.stdout.split('\n').length).toBe(2);
    const result = JSON.parse(first.stdout);
    expect(Object.keys(result)).toEqual([
      ...['block', 'netuid', 'total_weight', 'weights', 'burn', 'categories', 'reports', 'seed'],
    ]);
    expect(Object.keys(result.weights[0])).toEqual(['uid', 'weight']);
    expect(Object.keys(result.burn)).toEqual(['uid', 'weight', 'percentage']);
    expect(Object.keys(result.categories[0])).toEqual(['gpu_model', 'miner_count', 'weight_pool']);
    expect(Object.keys(result.reports)).toEqual(['applied', 'duplicate', 'stale', 'refused']);
  });

  it('tells of a weight set that adds up', () => {
    const { block, weights, burn, categories, reports, ...result } = JSON.parse(first.stdout);
    expect(result).toMatchObject({ netuid: 1, seed: 5 });
    expect(block).toBe(20);
    const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);
    const units = weights.map(({ weight }: { weight: number }) => weight);
    expect(sum(units)).toBe(result.total_weight);
    expect(Math.max(...units)).toBe(65_535);
    const pools = categories.map(({ weight_pool }: { weight_pool: number }) => weight_pool);
    expect(sum(pools) + burn.weight).toBe(result.total_weight);
    expect(reports.applied).toBe(3 * MINERS);
    expect(reports.duplicate).toBeGreaterThan(0);
    expect(reports.stale).toBeGreaterThan(0);
    expect(reports.refused).toBeGreaterThan(0);
  });

  it('prints the same for the same seed', () => {
    expect(second.stdout).toBe(first.stdout);
  });

  it('says nothing on stderr, unless the configuration asks for a log', () => {
    expect(first.stderr).toBe('');
    expect(second.stderr).toContain('"msg":"report refused"');
  });

  it('removes its temporary database', () => {
    const left = readdirSync(temporary).filter((name) => name.startsWith('assay'));
    expect(left).toEqual([]);
  });

  it('keeps a database that was named, and goes on with it in the next run', async () => {
    expect(existsSync(kept)).toBe(true);
    const again = await cli([...ONCE, '--database', kept]);
    expect({ exitCode: again.exitCode, stderr: again.stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [before, after] = [JSON.parse(first.stdout), JSON.parse(again.stdout)];
    expect(after.block).toBeGreaterThan(before.block);
    expect(after.reports.applied).toBe(before.reports.applied);
  });
});

describe('demo --once on a chain that refuses the weights', () => {
  it('ends with code 1 and the chain’s reason, and has told on plain lines what it did', () => {
    expect({ exitCode: failed.exitCode, stdout: failed.stdout }).toEqual({
      exitCode: 1,
      stdout: '',
    });
    const lines = failed.stderr.split('\n');
    expect(lines[0]).toMatch(/^12 miners, database .*assay\.db, serving on 127\.0\.0\.1:\d+$/);
    expect(lines[1]).toBe(
      'waiting for the first reports: 0 applied, 0 duplicate, 0 stale, 0 refused',
    );
    expect(failed.stderr).toMatch(/\nweight set at block 20 failed: .+\n$/);
    expect(failed.stderr).not.toContain('\u001b');
  });
});

describe('demo at a terminal', () => {
  it('stops with 0 when it is told to, and says what came of it in the last line', () => {
    expect(stopped.exitCode).toBe(0);
    const lines = stopped.run.stderr.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(
      /stopped after 1 weight set; reports: \d+ applied, \d+ duplicate, \d+ stale, \d+ refused$/,
    );
  });

  it('shows where it is in one line that is rewritten, and never logs into it', () => {
    const { stderr } = stopped.run;
    expect(stderr).toContain('12 miners, database ');
    expect(stderr).toContain('Ctrl-C stops');
    expect(stderr).toContain('\r\u001b[K\u001b[?7lwaiting for the first reports: ');
    const plain = stripVTControlCharacters(stderr);
    expect(plain).toMatch(/\rblock \d+, next weights at 20 · \d+ applied, /);
    expect(stderr).not.toContain('report refused');
  });

  it('prints each weight set as a table, with the burn that was asked for', () => {
    expect(stopped.run.stdout).toContain('Block 20, netuid 1: weights verified');
    expect(stopped.run.stdout).toMatch(/burn to UID 0 +│ +│ +│ +│ +[\d,]+ │ +[\d.]+ %/);
  });
});

describe('the options of demo', () => {
  it.each([
    ['--miners', '0'],
    ['--seed', 'x'],
    ['--burn', '101'],
    ['--burn', ''],
  ])('end with code 2 for %s %j', async (option, value) => {
    expect((await cli(['demo', option, value])).exitCode).toBe(2);
  });

  it('leave the rest to the configuration, whose errors end with code 78', async () => {
    const { exitCode, stderr } = await cli(['demo'], { env: { ASSAY_LOG__LEVEL: 'loud' } });
    expect(exitCode).toBe(78);
    expect(stderr).toContain('ASSAY_LOG__LEVEL');
    expect((await cli(['demo', '--burn', '1.1234567'])).exitCode).toBe(78);
  });
});
