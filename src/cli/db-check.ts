import type { Command } from 'commander';
import { type CheckLine, checkDatabase } from '../store/sqlite-check.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { contentsJson, linesOf } from './db-contents.ts';
import { databaseFiles, stoppable } from './db-files.ts';
import { CliExit } from './exit-codes.ts';

interface CheckOptions extends SharedOptions {
  readonly replay?: boolean;
}

/** `assay db check`: says what holds and what does not; exit code 1 when something does not. */
export function dbCheckCommand(io: CommandIo): Command {
  return subcommand(io, 'check')
    .option('--replay', 'repeat the calculation of every ledger entry, too')
    .action((options: CheckOptions) => check(io, options));
}

async function check(io: CommandIo, options: CheckOptions) {
  const { database } = databaseFiles(io, options);
  const { lines, contents } = await stoppable(io, () =>
    checkDatabase({ database, isReplaying: options.replay === true, signal: io.signal }),
  );
  const failed = lines.filter(({ verdict }) => verdict === 'failed').map(({ name }) => name);
  if (options.json) {
    const found = contents === undefined ? {} : contentsJson(contents);
    const holds = failed.length === 0;
    io.stdout(jsonText({ database, holds, ...found, checks: lines }));
  } else {
    io.stdout(linesOf(lines.map(lineOf)));
  }
  if (failed.length > 0) {
    throw new CliExit('failed', `${database} does not hold: ${failed.join(', ')}`);
  }
}

function lineOf({ name, verdict, detail }: CheckLine): readonly [string, string] {
  return [name, `${verdict.padEnd('skipped'.length)}  ${detail}`];
}
