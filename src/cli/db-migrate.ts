import type { Command } from 'commander';
import { migrateDatabase } from '../store/sqlite-schema-change.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { databaseFiles } from './db-files.ts';

/** `assay db migrate`: brings the schema up to date, as every start does. */
export function dbMigrateCommand(io: CommandIo): Command {
  return subcommand(io, 'migrate').action((options: SharedOptions) => migrate(io, options));
}

async function migrate(io: CommandIo, options: SharedOptions) {
  const { database } = databaseFiles(io, options);
  const { isNew, applied } = await migrateDatabase(database);
  if (options.json) {
    io.stdout(jsonText({ database, created: isNew, applied }));
    return;
  }
  const what = applied.length === 0 ? 'is up to date' : 'is brought up to date';
  io.stderr(`${database} ${isNew ? 'is made' : what}\n`);
  io.stdout(applied.map((name) => `applied ${name}\n`).join(''));
}
