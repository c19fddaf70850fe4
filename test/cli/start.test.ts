import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CliRun, cli } from '../support/cli-run.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

function argumentsIn(folder: string, listen = '127.0.0.1:0'): string[] {
  const config = join(folder, 'assay.toml');
  writeFileSync(config, `[server]\nlisten = "${listen}"\n[chain.dev]\nblock_time = "1h"\n`);
  return ['start', '--config', config, '--database', join(folder, 'assay.db')];
}

/** An address that is taken until the test ends. */
async function takenAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const bound = server.address();
  return `127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
}

describe('assay start', () => {
  it('prints its address once it serves, with --json, and stops when it is told to', async () => {
    const run = new CliRun([...argumentsIn(temporaryFolder()), '--json']);
    await run.printed('{"address"');
    const { address, ...more } = JSON.parse(run.stdout);
    expect({ more, lines: run.stdout.split('\n').length }).toEqual({ more: {}, lines: 2 });
    expect((await cli(['health', '--address', address])).exitCode).toBe(0);
    run.stop();
    expect(await run.exitCode).toBe(0);
    expect((await cli(['health', '--address', address])).exitCode).toBe(69);
  });

  it('has nothing on stdout without --json, and its log on stderr', async () => {
    const folder = temporaryFolder();
    const run = new CliRun(argumentsIn(folder));
    await run.printed('serving');
    run.stop();
    expect(await run.exitCode).toBe(0);
    expect(run.stdout).toBe('');
    const lines = run.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ msg }) => msg)).toEqual([
      'emission configuration accepted',
      'serving',
      'draining: no new streams, committing what was taken',
      'stopped',
    ]);
    expect(lines[1]).toMatchObject({ database: join(folder, 'assay.db'), chain: 'dev', netuid: 1 });
  });

  it('serves the subnet that --netuid names', async () => {
    const run = new CliRun([...argumentsIn(temporaryFolder()), '--netuid', '39']);
    await run.printed('"netuid":39');
    run.stop();
    expect(await run.exitCode).toBe(0);
  });

  it('says which address is taken, and leaves the database closed', async () => {
    const folder = temporaryFolder();
    const taken = await takenAddress();
    const refused = await cli(argumentsIn(folder, taken));
    expect({ ...refused, stderr: '' }).toEqual({ exitCode: 1, stdout: '', stderr: '' });
    expect(refused.stderr).toContain(`server.listen: ${taken} cannot be listened on: EADDRINUSE`);
    const run = new CliRun(argumentsIn(folder));
    await run.printed('serving');
    run.stop();
    expect(await run.exitCode).toBe(0);
  });

  it('ends with code 69 when the database cannot be opened', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'assay.db'));
    const { exitCode, stderr } = await cli(argumentsIn(folder));
    expect(exitCode).toBe(69);
    expect(stderr).toContain('store_unavailable: ');
  });

  it('ends with code 1 when the file is no database', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'assay.db'),
      'not a database at all, but long enough to look like one',
    );
    const { exitCode, stderr } = await cli(argumentsIn(folder));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('store_unusable: ');
  });
});
