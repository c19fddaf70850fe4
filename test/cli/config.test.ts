import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandIo } from '../../src/cli/command-io.ts';
import { configCheckCommand, configInitCommand, configShowCommand } from '../../src/cli/config.ts';
import { CliExit } from '../../src/cli/exit-codes.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { sharedTemporaryFolder } from '../support/temporary-database.ts';

const folder = sharedTemporaryFolder();
const good = join(folder, 'good.toml');
const bad = join(folder, 'bad.toml');
writeFileSync(good, '[emission]\nburn_uid = 204\n[chain]\nnetuid = 39\n');
writeFileSync(bad, '[chain]\nnetuid = 0\nnetuuid = 1\n');

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly error: unknown;
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  let [stdout, stderr] = ['', ''];
  const io: CommandIo = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    env,
    isStderrTty: false,
    stdin: () => Readable.from([]),
    stdinEnd: () => new Promise(() => undefined),
    signal: new AbortController().signal,
  };
  const command = new Command('config')
    .addCommand(configCheckCommand(io))
    .addCommand(configShowCommand(io))
    .addCommand(configInitCommand(io));
  const error = await command.parseAsync([...args], { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { stdout, stderr, error };
}

describe('config check', () => {
  it('accepts a valid configuration and names its sources', async () => {
    const { stdout, error } = await run(['check', '--config', good]);
    expect(error).toBeUndefined();
    expect(stdout).toBe(`valid: default, ${good}\n`);
  });

  it('prints one JSON object for a valid configuration', async () => {
    const env = { ASSAY_CHAIN__DEV__SEED: '3' };
    const { stdout } = await run(['check', '--json', '--config', good], env);
    expect(JSON.parse(stdout)).toEqual({
      valid: true,
      sources: ['default', good, 'environment'],
      problems: [],
    });
  });

  it('ends with exit code 78 and every problem', async () => {
    const { stdout, error } = await run(['check', '--config', bad]);
    expect(error).toBeInstanceOf(CliExit);
    expect(error).toMatchObject({ reason: 'config', exitCode: 78 });
    expect(String(error)).toContain('chain.netuid = 0: is an integer from 1 to 65535');
    expect(String(error)).toContain('did you mean chain.netuid?');
    expect(stdout).toBe('');
  });

  it('prints every problem as JSON', async () => {
    const { stdout, error } = await run(['check', '--json', '--config', bad]);
    expect(error).toMatchObject({ exitCode: 78 });
    expect(JSON.parse(stdout)).toEqual({
      valid: false,
      kind: 'invalid',
      problems: [
        {
          source: bad,
          key: 'chain.netuuid',
          value: '1',
          rule: 'is not a key',
          nearest: 'chain.netuid',
        },
        { source: bad, key: 'chain.netuid', value: '0', rule: 'is an integer from 1 to 65535' },
      ],
    });
  });

  it('tells a missing file from a malformed one', async () => {
    const malformed = join(folder, 'malformed.toml');
    writeFileSync(malformed, '[chain\n');
    const kinds = await Promise.all(
      [join(folder, 'absent.toml'), malformed].map(async (file) => {
        const { stdout, error } = await run(['check', '--json', '--config', file]);
        return [(error as CliExit).exitCode, JSON.parse(stdout).kind];
      }),
    );
    expect(kinds).toEqual([
      [78, 'missing'],
      [78, 'malformed'],
    ]);
  });

  it('answers an unknown option without ending the process', async () => {
    const { stderr, error } = await run(['check', '--jsno']);
    expect(error).toBeInstanceOf(CommanderError);
    expect(stderr).toContain('--json');
  });
});

describe('config show', () => {
  it('prints TOML that loads to the same configuration', async () => {
    const { stdout } = await run(['show', '--config', good, '--database', 'other.db']);
    const shown = join(folder, 'shown.toml');
    writeFileSync(shown, stdout);
    const config = loadConfig({ file: shown, env: {} });
    expect(config).toEqual(
      loadConfig({ file: good, env: {}, flags: { 'store.database': 'other.db' } }),
    );
    expect(config.chain.netuid).toBe(39);
  });

  it('shows of an endpoint what cannot be a key, and no password', async () => {
    const env = {
      BT_SUBTENSOR_CHAIN_ENDPOINT: 'wss://user:hidden@node.example:443/hidden?hidden',
      HOME: '/home/validator',
    };
    const file = join(folder, 'wallet.toml');
    writeFileSync(file, '[wallet]\npassword_file = "/run/password"\n');
    for (const form of [[], ['--json'], ['--origin'], ['--origin', '--json']]) {
      const { stdout, error } = await run(['show', '--config', file, ...form], env);
      expect(error).toBeUndefined();
      expect(stdout).toContain('wss://node.example:443');
      expect(stdout).toContain('/run/password');
      expect(stdout).not.toContain('hidden');
    }
  });

  it('prints the same as JSON', async () => {
    const { stdout } = await run(['show', '--json', '--config', good]);
    expect(JSON.parse(stdout)).toMatchObject({
      chain: { netuid: 39, dev: { block_time: '12s' } },
      emission: { burn_target: 204 },
    });
  });

  it('says where each value came from', async () => {
    const env = { ASSAY_SERVER__LISTEN: '127.0.0.1:7' };
    const { stdout } = await run(['show', '--origin', '--config', good], env);
    const lines = stdout.split('\n').map((line) => line.replace(/ +#/, ' #'));
    expect(lines).toContain('store.database = "assay.db" # default');
    expect(lines).toContain(`chain.netuid = 39 # ${good}`);
    expect(lines).toContain(`emission.burn_target = 204 # ${good} emission.burn_uid`);
    expect(lines).toContain('server.listen = "127.0.0.1:7" # environment ASSAY_SERVER__LISTEN');
  });

  it('says where each value came from as JSON', async () => {
    const { stdout } = await run(['show', '--origin', '--json', '--database', 'x.db']);
    expect(JSON.parse(stdout)).toContainEqual({
      key: 'store.database',
      value: 'x.db',
      source: 'flag',
      written_as: 'store.database',
    });
  });
});

describe('config init', () => {
  it('writes a file that is valid and changes nothing', async () => {
    const file = join(folder, 'new.toml');
    const { stdout, stderr, error } = await run(['init', file]);
    expect({ stdout, error }).toEqual({ stdout: '', error: undefined });
    expect(stderr).toContain(`--config ${file}`);
    expect((await run(['check', '--config', file])).error).toBeUndefined();
  });

  it('prints the name as JSON', async () => {
    const file = join(folder, 'json.toml');
    const { stdout, stderr } = await run(['init', file, '--json']);
    expect(JSON.parse(stdout)).toEqual({ file });
    expect(stderr).toBe('');
    expect(existsSync(file)).toBe(true);
  });

  it('never overwrites a file', async () => {
    const before = readFileSync(good, 'utf8');
    const { error } = await run(['init', good]);
    expect(error).toMatchObject({ reason: 'failed', exitCode: 1 });
    expect(String(error)).toContain('is there already');
    expect(readFileSync(good, 'utf8')).toBe(before);
  });

  it('says why a file could not be written', async () => {
    const { error } = await run(['init', join(folder, 'no', 'such', 'folder.toml')]);
    expect(String(error)).toContain('ENOENT');
  });
});
