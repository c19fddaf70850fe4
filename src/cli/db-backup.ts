import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { type Backup, backUpDatabase } from '../store/sqlite-backup.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { contentsJson, copyLines } from './db-contents.ts';
import { databaseFiles, fileName, stoppable } from './db-files.ts';

interface BackupOptions extends SharedOptions {
  readonly replace?: boolean;
}

/** `assay db backup FILE`: copies the database while the service runs. */
export function dbBackupCommand(io: CommandIo): Command {
  return subcommand(io, 'backup')
    .argument('<file>', 'the copy')
    .option('--replace', 'overwrite an earlier copy')
    .action((file: string, options: BackupOptions) => backUp(io, file, options));
}

async function backUp(io: CommandIo, file: string, options: BackupOptions) {
  const files = databaseFiles(io, options);
  const startedMs = systemClock.monotonicMs();
  const backup = await stoppable(io, () =>
    backUpDatabase({
      ...files,
      file: fileName(file),
      canReplace: options.replace === true,
      signal: io.signal,
    }),
  );
  const durationMs = systemClock.monotonicMs() - startedMs;
  if (options.json) {
    io.stdout(jsonText(backupJson(backup, durationMs)));
    return;
  }
  io.stderr(`${files.database} is copied to ${backup.file}\n`);
  if (backup.chainStateFile !== undefined) {
    io.stderr(`the simulated chain's state is copied to ${backup.chainStateFile}\n`);
  }
  if (backup.schema.kind === 'newer') {
    io.stderr('a newer version has written it: only that version can restore the copy\n');
  }
  io.stdout(copyLines(backup, durationMs));
}

function backupJson(backup: Backup, durationMs: number) {
  return {
    file: backup.file,
    bytes: backup.bytes,
    duration_ms: Math.round(durationMs),
    ...contentsJson(backup),
    chain_state_file: backup.chainStateFile ?? null,
  };
}
