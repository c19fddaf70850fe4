import { Readable } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  type CommandIo,
  loadCommandConfig,
  passwordQuestion,
  type SharedOptions,
  withSharedOptions,
} from '../../src/cli/command-io.ts';
import { CliExit, EXIT_CODES } from '../../src/cli/exit-codes.ts';

function ioWith(env: Readonly<Record<string, string>>): CommandIo {
  return {
    stdout: () => undefined,
    stderr: () => undefined,
    env,
    isStderrTty: false,
    stdin: () => Readable.from([]),
    stdinEnd: () => new Promise(() => undefined),
    signal: new AbortController().signal,
  };
}

describe('the shared options', () => {
  it('are the same on every command', () => {
    const command = withSharedOptions(new Command('any')).exitOverride();
    command.parse(['--json', '--config', 'a.toml', '--database', 'a.db'], { from: 'user' });
    expect(command.opts<SharedOptions>()).toEqual({
      json: true,
      config: 'a.toml',
      database: 'a.db',
    });
  });
});

describe('the configuration of a command', () => {
  it('takes the environment, then --database, then the command’s own flags', () => {
    const io = ioWith({ ASSAY_STORE__DATABASE: 'env.db', ASSAY_CHAIN__DEV__SEED: '2' });
    const config = loadCommandConfig(
      io,
      { database: 'flag.db' },
      { flags: { 'chain.dev.seed': 7 } },
    );
    expect(config.store.database).toBe('flag.db');
    expect(config.chain.dev.seed).toBe(7);
    expect(loadCommandConfig(io, {}).store.database).toBe('env.db');
    const flags = { 'store.database': 'own.db' };
    expect(loadCommandConfig(io, {}, { flags }).store.database).toBe('own.db');
  });

  it('takes the command’s presets where the user says nothing', () => {
    const own = { presets: { 'chain.dev.seed': 7, 'log.level': 'error' } };
    const config = loadCommandConfig(ioWith({ ASSAY_CHAIN__DEV__SEED: '2' }), {}, own);
    expect(config.chain.dev.seed).toBe(2);
    expect(config.log.level).toBe('error');
  });

  it('ends the command with code 78 when it cannot be used', () => {
    const io = ioWith({ ASSAY_CHAIN__NETUID: '0' });
    expect(() => loadCommandConfig(io, {})).toThrow(CliExit);
    expect(() => loadCommandConfig(io, {})).toThrow(
      /^environment: ASSAY_CHAIN__NETUID = 0: is an integer from 1 to 65535$/,
    );
  });

  it('hands on what is no problem of the configuration', () => {
    const env = new Proxy<Record<string, string>>(
      {},
      {
        ownKeys: () => {
          throw new RangeError('no environment');
        },
      },
    );
    expect(() => loadCommandConfig(ioWith(env), {})).toThrow(RangeError);
  });
});

describe('the question for a password', () => {
  it('is not there where nobody sits at a terminal', () => {
    expect(passwordQuestion(ioWith({}), new AbortController().signal)).toEqual({});
  });

  it.each(['command', 'caller'])('ends with the %s', async (ender) => {
    const ends = { command: new AbortController(), caller: new AbortController() };
    const io: CommandIo = {
      ...ioWith({}),
      askPassword: (_question, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    };
    const { askPassword } = passwordQuestion(io, ends.command.signal);
    const asked = askPassword?.('Password: ', ender === 'caller' ? ends.caller.signal : undefined);
    ends[ender === 'caller' ? 'caller' : 'command'].abort(new Error(`the ${ender} ended`));
    await expect(asked).rejects.toThrow(`the ${ender} ended`);
  });
});

describe('the exit codes', () => {
  it('are those of sysexits.h above 63', () => {
    expect(EXIT_CODES).toEqual({ ok: 0, failed: 1, usage: 2, unavailable: 69, config: 78 });
    expect(new CliExit('unavailable', 'no service').exitCode).toBe(69);
  });
});
