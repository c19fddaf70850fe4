import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { stateSchema } from '../chain/dev/dev-state-schema.ts';
import { AssayError } from '../domain/errors.ts';
import { systemClock } from '../lib/clock.ts';
import { type Restored, restoreDatabase } from '../store/sqlite-restore.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { contentsJson, copyLines } from './db-contents.ts';
import { databaseFiles, fileName, stoppable } from './db-files.ts';

interface RestoreOptions extends SharedOptions {
  readonly replace?: boolean;
}

/** `assay db restore FILE`: puts a copy in the place of the database, which is kept beside. */
export function dbRestoreCommand(io: CommandIo): Command {
  return subcommand(io, 'restore')
    .argument('<file>', 'the copy')
    .option('--replace', 'put the database that is there aside; it is kept')
    .action((file: string, options: RestoreOptions) => restore(io, file, options));
}

async function restore(io: CommandIo, file: string, options: RestoreOptions) {
  const files = databaseFiles(io, options);
  const startedMs = systemClock.monotonicMs();
  const restored = await stoppable(io, () =>
    restoreDatabase({
      ...files,
      file: fileName(file),
      canReplace: options.replace === true,
      checkChainState,
      nowMs: systemClock.now(),
      signal: io.signal,
    }),
  );
  const durationMs = systemClock.monotonicMs() - startedMs;
  if (options.json) {
    io.stdout(jsonText(restoredJson(file, restored, durationMs)));
    return;
  }
  io.stderr(`${restored.database} is restored from ${file}\n`);
  for (const line of remarks(restored, files.chainStateFile)) io.stderr(`${line}\n`);
  io.stdout(copyLines(restored, durationMs));
}

/** @throws AssayError `invalid_argument` naming the file when the simulated chain could not start with it. */
function checkChainState(file: string): void {
  try {
    stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new AssayError('invalid_argument', `${file} is not the state of a simulated chain`, {
      cause,
    });
  }
}

function remarks(restored: Restored, chainStateFile: string | undefined): readonly string[] {
  const { replaced, replacedChainStateFile } = restored;
  const lines: string[] = [];
  if (replaced !== undefined) lines.push(`what was there before is ${replaced}`);
  if (restored.chainStateFile !== undefined) {
    lines.push(`the simulated chain's state is restored to ${restored.chainStateFile}`);
  } else if (chainStateFile !== undefined) {
    lines.push('no state of the simulated chain is beside the copy: the chain stays as it is');
  }
  if (replacedChainStateFile !== undefined) {
    lines.push(`the chain's state that was there before is ${replacedChainStateFile}`);
  }
  return lines;
}

function restoredJson(file: string, restored: Restored, durationMs: number) {
  return {
    file,
    database: restored.database,
    bytes: restored.bytes,
    duration_ms: Math.round(durationMs),
    ...contentsJson(restored),
    replaced: restored.replaced ?? null,
    chain_state_file: restored.chainStateFile ?? null,
    replaced_chain_state_file: restored.replacedChainStateFile ?? null,
  };
}
