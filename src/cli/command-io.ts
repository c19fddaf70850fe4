import { Command, Option } from 'commander';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import {
  type ConfigSources,
  type LoadedConfig,
  loadConfigWithOrigins,
} from '../config/load-config.ts';
import type { AskPassword } from '../lib/secret.ts';
import { CliExit } from './exit-codes.ts';

/** What a command may touch of the process that runs it. */
export interface CommandIo {
  /** Data, and nothing else; the text brings its own line breaks. */
  stdout(text: string): void;
  /** Talk for the person at the terminal. */
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stderr is a terminal; stdout is never coloured or rewritten. */
  readonly isStderrTty: boolean;
  /** What comes on stdin. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Resolves when nothing more comes on stdin, whose content is lost. */
  stdinEnd(): Promise<void>;
  /** Aborts at SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Asks for a line that is not shown, `undefined` when none was given; absent where nobody sits at a terminal. */
  readonly askPassword?: AskPassword;
}

/** How a chain asks for a password, no longer than until the signal aborts; nothing where nobody sits at a terminal. */
export function passwordQuestion(
  { askPassword }: CommandIo,
  ending: AbortSignal,
): Pick<CommandIo, 'askPassword'> {
  if (askPassword === undefined) return {};
  return {
    askPassword: (question, signal) =>
      askPassword(question, signal === undefined ? ending : AbortSignal.any([ending, signal])),
  };
}

/** The options that mean the same on every command. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly config?: string;
  readonly database?: string;
}

/** Adds `--json`, `--config FILE` and `--database FILE`. */
export function withSharedOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print JSON on stdout'))
    .addOption(new Option('--config <file>', 'read this file instead of ./assay.toml'))
    .addOption(new Option('--database <file>', 'use this SQLite file instead of store.database'));
}

/** A command below another, with the shared options. Errors and help go where the program's own go: a nested command does not inherit that. */
export function subcommand(io: CommandIo, name: string): Command {
  const command = new Command(name)
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr });
  return withSharedOptions(command);
}

/** What `--json` prints: one value on one line. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** A command's own values: `flags` win over what the user says, `presets` hold where the user says nothing. */
type OwnValues = Pick<ConfigSources, 'flags' | 'presets'>;

/**
 * The configuration that a command runs with; its own values by dotted key, for example `{ 'chain.dev.seed': 7 }`.
 *
 * @throws CliExit with reason `config` and every problem in its message.
 */
export function loadCommandConfig(
  io: CommandIo,
  options: SharedOptions,
  own: OwnValues = {},
): Config {
  return loadCommandConfigWithOrigins(io, options, own).config;
}

/** As `loadCommandConfig`, and where each value came from. */
export function loadCommandConfigWithOrigins(
  io: CommandIo,
  options: SharedOptions,
  own: OwnValues = {},
): LoadedConfig {
  try {
    return loadConfigWithOrigins({
      ...own,
      env: io.env,
      flags: { 'store.database': options.database, ...own.flags },
      ...(options.config === undefined ? {} : { file: options.config }),
    });
  } catch (cause) {
    if (cause instanceof ConfigError) throw new CliExit('config', cause.message, { cause });
    throw cause;
  }
}
