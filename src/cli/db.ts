import { Command } from 'commander';
import type { CommandIo } from './command-io.ts';
import { dbBackupCommand } from './db-backup.ts';
import { dbCheckCommand } from './db-check.ts';
import { dbMigrateCommand } from './db-migrate.ts';
import { dbRestoreCommand } from './db-restore.ts';
import { dbRollbackCommand } from './db-rollback.ts';

/** `assay db …`: copies, checks and migrates the database. */
export function dbCommand(io: CommandIo): Command {
  return new Command('db')
    .description('back up, restore, check and migrate the database')
    .addCommand(dbBackupCommand(io))
    .addCommand(dbRestoreCommand(io))
    .addCommand(dbCheckCommand(io))
    .addCommand(dbMigrateCommand(io))
    .addCommand(dbRollbackCommand(io));
}
