import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DevChain } from '../../src/chain/dev/dev-chain.ts';
import { CHAIN_CHECK_NAMES } from '../../src/domain/chain-checks.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { CliRun, cli } from '../support/cli-run.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const MINERS = 8;
const BLOCK_TIME_MS = 3_600_000;
const VALIDATOR_UID = 1;

interface Ground {
  readonly args: readonly string[];
  readonly folder: string;
  readonly stateFile: string;
}

/** A folder with a configuration, and a state file as the given change leaves it. */
function ground(change?: (chain: DevChain) => void): Ground {
  const folder = temporaryFolder();
  const stateFile = join(folder, 'assay.db.dev-chain.json');
  const config = join(folder, 'assay.toml');
  writeFileSync(config, `[chain.dev]\nblock_time = "1h"\nminers = ${MINERS}\n`);
  if (change !== undefined) {
    const options = { miners: MINERS, blockTimeMs: BLOCK_TIME_MS };
    const chain = DevChain.create({ clock: systemClock, options, stateFile });
    change(chain);
    chain.close();
  }
  const args = ['doctor', '--config', config, '--database', join(folder, 'assay.db')];
  return { args, folder, stateFile };
}

function verdicts(stdout: string): Record<string, string> {
  const lines = stdout.split('\n').map((line) => /^(\w+) +(\w+) {2}/.exec(line));
  return Object.fromEntries(lines.flatMap((line) => (line ? [[line[1], line[2]]] : [])));
}

describe('assay doctor', () => {
  it('says that all is well, check by check, and ends with code 0', async () => {
    const { exitCode, stdout, stderr } = await cli(ground().args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const found = verdicts(stdout);
    expect(Object.keys(found)).toEqual(CHAIN_CHECK_NAMES);
    expect(new Set(Object.values(found))).toEqual(new Set(['ok', 'skipped']));
    expect(stdout).toMatch(/^registration {3}ok {7}UID 1 on subnet 1/m);
    expect(stdout).toMatch(/\nready to set weights\n$/);
  });

  it('prints one JSON object', async () => {
    const { exitCode, stdout } = await cli([...ground().args, '--json', '--netuid', '39']);
    expect(exitCode).toBe(0);
    const { checks, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ chain: 'dev', netuid: 39, mecid: 0, holds: true });
    expect(checks.map(({ name }: { name: string }) => name)).toEqual(CHAIN_CHECK_NAMES);
    expect(checks[0]).toEqual({
      name: 'endpoint',
      verdict: 'ok',
      detail: expect.stringContaining('dev'),
    });
  });

  it('ends with code 1 for a validator without permit, with what to do below it', async () => {
    const { args } = ground((chain) => chain.setPermit(VALIDATOR_UID, false));
    const { exitCode, stdout, stderr } = await cli(args);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'weights cannot be set: permit\n',
    });
    expect(verdicts(stdout)).toMatchObject({ permit: 'failed', registration: 'ok' });
    expect(stdout).not.toContain('ready');
    expect(stdout).toMatch(/^permit +failed +UID 1 has no validator permit.*\n {24}add stake/m);
  });

  it('ends with code 1 for a version key that is too low, in JSON too', async () => {
    const { args } = ground((chain) => chain.setHyperparameters({ weightsVersionKey: 7 }));
    const { exitCode, stdout, stderr } = await cli([...args, '--json']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'weights cannot be set: version_key\n',
    });
    const { holds, checks } = JSON.parse(stdout);
    expect(holds).toBe(false);
    expect(checks.find(({ name }: { name: string }) => name === 'version_key')).toEqual({
      name: 'version_key',
      verdict: 'failed',
      detail: expect.stringContaining('below'),
      remedy: expect.stringContaining('chain.version_key to 7'),
    });
  });

  it('makes no file', async () => {
    const { args, folder } = ground();
    expect((await cli(args)).exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual(['assay.toml']);
  });

  it('leaves the chain’s state file as it is', async () => {
    const { args, folder, stateFile } = ground((chain) => chain.produceBlock());
    const before = { text: readFileSync(stateFile, 'utf8'), ms: statSync(stateFile).mtimeMs };
    expect((await cli(args)).exitCode).toBe(0);
    expect({ text: readFileSync(stateFile, 'utf8'), ms: statSync(stateFile).mtimeMs }).toEqual(
      before,
    );
    expect(readdirSync(folder).sort()).toEqual(['assay.db.dev-chain.json', 'assay.toml']);
  });

  it('says where it could not go on, and asks nothing more', async () => {
    const { args, stateFile } = ground();
    writeFileSync(stateFile, 'no state at all');
    const { exitCode, stdout, stderr } = await cli(args);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'weights cannot be set: endpoint\n',
    });
    const { endpoint, ...others } = verdicts(stdout);
    expect(endpoint).toBe('failed');
    expect(new Set(Object.values(others))).toEqual(new Set(['skipped']));
    expect(stdout).toContain(`${stateFile} is damaged`);
  });

  it('stops when it is told to', async () => {
    const run = new CliRun(ground().args);
    run.stop();
    expect(await run.exitCode).toBe(1);
    expect({ stdout: run.stdout, stderr: run.stderr }).toEqual({
      stdout: '',
      stderr: 'stopped by the test\n',
    });
  });
});
