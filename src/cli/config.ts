import { constants, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'smol-toml';
import { ConfigError } from '../config/config-error.ts';
import { type ConfigOrigin, nested } from '../config/load-config.ts';
import { DEFAULT_FILE } from '../config/toml-file.ts';
import { projectRoot } from '../lib/project-root.ts';
import {
  type CommandIo,
  jsonText,
  loadCommandConfigWithOrigins,
  type SharedOptions,
  subcommand,
} from './command-io.ts';
import { CliExit } from './exit-codes.ts';

interface ShowOptions extends SharedOptions {
  readonly origin?: boolean;
}

/** `assay config check`: every problem of the configuration; exit code 78 when there is one. */
export function configCheckCommand(io: CommandIo): Command {
  return subcommand(io, 'check').action((options: SharedOptions) => check(io, options));
}

/** `assay config show`: the configuration that is in force, as TOML. */
export function configShowCommand(io: CommandIo): Command {
  return subcommand(io, 'show')
    .option('--origin', 'say where each value came from')
    .action((options: ShowOptions) => show(io, options));
}

/** `assay config init`: a file with every key, its default and what it means. */
export function configInitCommand(io: CommandIo): Command {
  return subcommand(io, 'init')
    .argument('[file]', 'the file to write', DEFAULT_FILE)
    .action((file: string, options: SharedOptions) => init(io, file, options));
}

function check(io: CommandIo, options: SharedOptions) {
  try {
    const { origins } = loadCommandConfigWithOrigins(io, options);
    const sources = [...new Set(origins.map(({ source }) => source))];
    io.stdout(
      options.json
        ? jsonText({ valid: true, sources, problems: [] })
        : `valid: ${sources.join(', ')}\n`,
    );
  } catch (error) {
    const cause = error instanceof CliExit ? error.cause : undefined;
    if (options.json && cause instanceof ConfigError) {
      io.stdout(jsonText({ valid: false, kind: cause.kind, problems: cause.problems }));
    }
    throw error;
  }
}

function show(io: CommandIo, options: ShowOptions) {
  const { origins } = loadCommandConfigWithOrigins(io, options);
  if (options.origin) {
    io.stdout(options.json ? jsonText(origins.map(originJson)) : originLines(origins));
    return;
  }
  const tables = nested(origins.map((origin) => [origin.key, origin]));
  io.stdout(options.json ? jsonText(tables) : stringify(tables));
}

async function init(io: CommandIo, file: string, options: SharedOptions) {
  try {
    await copyFile(join(projectRoot(), 'assay.example.toml'), file, constants.COPYFILE_EXCL);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'EEXIST' ? 'it is there already and stays as it is' : code;
    throw new CliExit('failed', `${file} was not written: ${why}`, { cause });
  }
  if (options.json) io.stdout(jsonText({ file }));
  else io.stderr(`${file} is written; change it, then run: assay config check --config ${file}\n`);
}

function originJson({ key, value, source, writtenAs }: ConfigOrigin) {
  return { key, value, source, written_as: writtenAs };
}

function originLines(origins: readonly ConfigOrigin[]): string {
  const lines = origins.map(({ key, value, source, writtenAs }) => ({
    setting: `${key} = ${JSON.stringify(value)}`,
    origin: writtenAs === key ? source : `${source} ${writtenAs}`,
  }));
  const width = Math.min(60, Math.max(...lines.map(({ setting }) => setting.length)));
  return lines.map(({ setting, origin }) => `${setting.padEnd(width)}  # ${origin}\n`).join('');
}
