import type { Command } from 'commander';
import { counted, listText } from '../domain/amount-text.ts';
import { systemClock } from '../lib/clock.ts';
import { rollBackDatabase } from '../store/sqlite-schema-change.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { databaseFiles } from './db-files.ts';

interface RollbackOptions extends SharedOptions {
  readonly to?: string;
}

/** `assay db rollback`: undoes the newest migration, for a return to an older version; a copy of the database is kept. */
export function dbRollbackCommand(io: CommandIo): Command {
  return subcommand(io, 'rollback')
    .option('--to <name>', 'undo every migration after this one instead')
    .action((options: RollbackOptions) => rollBack(io, options));
}

async function rollBack(io: CommandIo, options: RollbackOptions) {
  const { database } = databaseFiles(io, options);
  const { undone, replaced, lost } = await rollBackDatabase(database, {
    to: options.to,
    nowMs: systemClock.now(),
  });
  if (options.json) {
    const kept = replaced ?? null;
    io.stdout(jsonText({ database, undone, replaced: kept, lost_rows: lost }));
    return;
  }
  if (replaced === undefined) {
    io.stderr(`${database} stays as it is: there is nothing to undo\n`);
    return;
  }
  io.stderr(`${database} is taken back; the next start of this version applies this again\n`);
  const rows = Object.entries(lost).map(([table, count]) => `${counted(count, 'row')} of ${table}`);
  if (rows.length > 0) io.stderr(`it has lost ${listText(rows)}\n`);
  io.stderr(`what was there before is ${replaced}\n`);
  io.stdout(undone.map((name) => `undone ${name}\n`).join(''));
}
