import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectVersion } from '../../src/lib/project-root.ts';
import { cli } from '../support/cli-run.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const COMMANDS = ['start', 'demo', 'health', 'gpu', 'weights', 'config', 'doctor', 'db', 'prover'];
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  weights: ['explain', 'history', 'preview', 'replay', 'export', 'verify'],
  config: ['check', 'show', 'init', 'versions', 'restore'],
  db: ['backup', 'restore', 'check', 'migrate', 'rollback'],
};
const LEAVES = COMMANDS.flatMap((name) => GROUPS[name]?.map((leaf) => [name, leaf]) ?? [[name]]);

function configFile(text: string): string {
  const file = join(temporaryFolder(), 'assay.toml');
  writeFileSync(file, text);
  return file;
}

function commandsOf(help: string): string {
  return help.slice(help.indexOf('Commands:'));
}

describe('assay', () => {
  it('lists every command with --help, on stdout', async () => {
    const { exitCode, stdout, stderr } = await cli(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const listed = [...commandsOf(stdout).matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name);
    expect(listed).toEqual([...COMMANDS, 'help']);
  });

  it('prints its version', async () => {
    expect(await cli(['--version'])).toEqual({
      exitCode: 0,
      stdout: `${projectVersion()}\n`,
      stderr: '',
    });
  });

  it('ends with code 2 and the nearest name for an unknown command', async () => {
    const { exitCode, stdout, stderr } = await cli(['strat']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain("unknown command 'strat'");
    expect(stderr).toContain('Did you mean start?');
    expect(stderr).toContain('assay --help');
  });

  it('ends with code 2 without a command, and shows the commands on stderr', async () => {
    const { exitCode, stdout, stderr } = await cli([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Usage: assay');
  });
});

describe.each(LEAVES)('assay %s %s', (...path) => {
  const name = path.filter((part): part is string => typeof part === 'string');

  it('takes --json, --config and --database', async () => {
    const { exitCode, stdout } = await cli([...name, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ {2}--json /m);
    if (name.includes('verify')) return;
    expect(stdout).toMatch(/^ {2}--config <file> /m);
    expect(stdout).toMatch(/^ {2}--database <file> /m);
  });

  it('ends with code 2 for an unknown option', async () => {
    const required = name.includes('export') ? ['--block', '1', '--out', 'file.json'] : [];
    const { exitCode, stdout, stderr } = await cli([...name, ...required, '--jsn']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain("unknown option '--jsn'");
  });
});

describe.each(['start', 'doctor'])('assay %s', (name) => {
  it('takes the options of btcli that point at a chain, a subnet and a wallet', async () => {
    const { stdout } = await cli([name, '--help']);
    const options = [
      ...['--chain <kind>', '--netuid <n>', '--wallet.path <folder>', '--wallet.name <name>'],
      ...['--wallet.hotkey <name>', '--subtensor.network <name>'],
      '--subtensor.chain_endpoint <url>',
    ];
    for (const option of options) expect(stdout).toContain(`  ${option} `);
  });

  it.each([
    ['--chain', 'polkadot', "error: option '--chain <kind>' argument 'polkadot' is invalid."],
    ['--netuid', '0', 'it is a whole number from 1 to 65535.'],
  ])('ends with code 2 for %s %s', async (option, value, message) => {
    const { exitCode, stderr } = await cli([name, option, value]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it.each([
    ['--wallet.hotkey', '../coldkey', 'flag: wallet.hotkey = "../coldkey": is the name of a file'],
    ['--wallet.name', '', 'flag: wallet.name = "": is the name of a folder'],
    [
      '--subtensor.chain_endpoint',
      'http://node/key',
      'chain.subtensor.endpoints = "http://node": ',
    ],
    ['--subtensor.network', 'finny', 'did you mean finney?'],
  ])('ends with code 78 for %s %j', async (option, value, message) => {
    const { exitCode, stderr } = await cli([name, '--chain', 'subtensor', option, value]);
    expect(exitCode).toBe(78);
    expect(stderr).toContain(message);
  });
});

describe('a configuration that cannot be used', () => {
  it.each([
    ['start'],
    ['doctor'],
    ['demo'],
    ['health'],
    ['prover'],
    ['gpu', 'NVIDIA H100'],
    ['config', 'check'],
  ])('ends `%s` with code 78 and names file, key, value and rule', async (...name) => {
    const file = configFile('[emission]\nburn_percentage = 120\n');
    const { exitCode, stdout, stderr } = await cli([...name, '--config', file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' });
    expect(stderr).toContain(
      `${file}: emission.burn_percentage = 120: is a percentage from 0 to 100`,
    );
  });

  it('is told from one that is missing', async () => {
    const file = join(temporaryFolder(), 'absent.toml');
    const { exitCode, stderr } = await cli(['start', '--config', file]);
    expect(exitCode).toBe(78);
    expect(stderr).toContain('the file does not exist');
  });
});
