import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliRun, cli } from '../support/cli-run.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RunningService } from '../support/running-service.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const MINERS = 24;

/** The prover reports at the machine's time, so the service has to be there too. */
function service(): Promise<RunningService> {
  return RunningService.start({
    clock: new ManualClock(Date.now()),
    chain: { miners: MINERS, seed: 4 },
  });
}

describe('assay prover', () => {
  it('streams rounds to a running service and prints each as a line of JSON', async () => {
    const { app } = await service();
    const target = ['--address', app.address, '--seed', '4', '--miners', String(MINERS)];
    const { exitCode, stdout, stderr } = await cli([
      ...['prover', '--json', ...target],
      ...['--rounds', '2', '--warm-up', '2'],
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const rounds = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rounds.map((round) => Object.keys(round))).toEqual([
      ['round', 'tally', 'elapsed_ms'],
      ['round', 'tally', 'elapsed_ms'],
    ]);
    expect(rounds.map(({ round }) => round)).toEqual([1, 2]);
    expect(rounds[0].tally).toMatchObject({ applied: MINERS });
    expect(rounds[0].tally.refused).toBeGreaterThan(0);
    expect(app.tallies()).toMatchObject({
      APPLIED: 2 * MINERS,
      DUPLICATE: 2 * rounds[0].tally.duplicate,
      STALE: 2 * rounds[0].tally.stale,
      REFUSED: 2 * rounds[0].tally.refused,
    });
  });

  it('takes address, seed and miners from the configuration, and stops when it is told to', async () => {
    const { app } = await service();
    const config = join(temporaryFolder(), 'assay.toml');
    writeFileSync(
      config,
      `[server]\nlisten = "${app.address}"\n[chain.dev]\nseed = 4\nminers = ${MINERS}\n`,
    );
    const run = new CliRun(['prover', '--config', config, '--interval', '1h']);
    await run.printed(/^round 1: 24 applied, \d+ duplicate, \d+ stale, \d+ refused in \d+ ms\n/);
    run.stop();
    expect(await run.exitCode).toBe(0);
  });

  it('says once that nobody answers, and tries again until it is told to stop', async () => {
    const run = new CliRun([
      ...['prover', '--address', '127.0.0.1:1', '--provers', '1'],
      ...['--seed', '4', '--miners', '2'],
    ]);
    await run.printed('trying again');
    expect(run.stderr).toMatch(/^prover-1: UNAVAILABLE: .*; trying again\n$/);
    run.stop();
    expect(await run.exitCode).toBe(0);
    expect(run.stdout).toBe('');
  });

  it('goes on without stdin, unless it is told to stop when that ends', async () => {
    const target = ['prover', '--address', '127.0.0.1:1', '--seed', '4', '--miners', '2'];
    const bound = new CliRun([...target, '--while-stdin-open']);
    const free = new CliRun(target);
    for (const run of [free, bound]) {
      await run.printed('trying again');
      run.endStdin();
    }
    expect(await bound.exitCode).toBe(0);
    expect(free.isDone).toBe(false);
    free.stop();
    expect(await free.exitCode).toBe(0);
  });

  it('does not speak of the option that only the demo uses', async () => {
    const { stdout } = await cli(['prover', '--help']);
    expect(stdout).toContain('--interval');
    expect(stdout).not.toContain('stdin');
  });

  it.each([
    ['--interval', 'soon', 'it is a duration such as 500ms or 5s.'],
    ['--provers', '0', 'it is a whole number from 1.'],
    ['--miners', '0', 'it is a whole number from 1.'],
    ['--rounds', '-1', 'it is a whole number from 0.'],
    ['--seed', '1.5', 'it is a whole number from 0.'],
  ])('ends with code 2 for %s %s', async (option, value, rule) => {
    const { exitCode, stderr } = await cli(['prover', option, value]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(rule);
  });
});
