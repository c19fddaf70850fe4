/**
 * A copy of the database that is taken while a service writes it, and of the simulated chain's state. The state is copied
 * after the database: a chain that is ahead of what was recorded is what a service meets after every crash, a chain that
 * is behind would deny weights that were set. Both appear when both are complete, the database last.
 */
import { existsSync, rmSync } from 'node:fs';
import { breath } from './breath.ts';
import { LOG_SUFFIXES, PendingFile, placeOf, removeSideFiles } from './pending-file.ts';
import { type CheckedCopy, copyDatabase } from './sqlite-copy.ts';
import { ExclusiveHold } from './sqlite-exclusive.ts';
import { openForReading, requireOurs } from './sqlite-inspection.ts';
import { CHAIN_STATE_SUFFIX, refuseTargets } from './target-files.ts';

interface BackupOptions {
  readonly database: string;
  /** The copy. */
  readonly file: string;
  /** Whether an earlier copy may be overwritten. */
  readonly canReplace: boolean;
  /** State of the simulated chain, if there is one. */
  readonly chainStateFile?: string;
  readonly signal: AbortSignal;
}

export interface Backup extends CheckedCopy {
  readonly file: string;
  /** The copy of the chain's state; undefined when there is none. */
  readonly chainStateFile: string | undefined;
}

/**
 * Copies the database and the chain's state; when it fails, nothing is left behind and an earlier copy stays as it was.
 *
 * @throws AssayError `invalid_argument` when the copy cannot have this name, `store_unusable` when the database is
 * missing, damaged or not Assay's, `store_unavailable`; the signal's reason.
 */
export async function backUpDatabase(options: BackupOptions): Promise<Backup> {
  const source = openForReading(options.database);
  const pending: PendingFile[] = [];
  try {
    requireOurs(source);
    const copy = new PendingFile(placeOf(options.file));
    const state = new PendingFile(`${copy.file}${CHAIN_STATE_SUFFIX}`);
    pending.push(copy, state);
    const logs = LOG_SUFFIXES.map((suffix) => `${copy.file}${suffix}`);
    refuseTargets([copy.file, ...logs, state.file], options);
    const checked = copyDatabase(source, copy);
    await breath(options.signal);
    const { chainStateFile } = options;
    const hasState = chainStateFile !== undefined && existsSync(chainStateFile);
    if (hasState) {
      state.copyFrom(chainStateFile);
      state.flush();
    }
    moveIn(copy, hasState ? state : undefined);
    return { ...checked, file: copy.file, chainStateFile: hasState ? state.file : undefined };
  } finally {
    source.close();
    for (const file of pending) file.discard();
  }
}

/** A log that was left beside an earlier copy would be taken for the new one's: it goes first. */
function moveIn(copy: PendingFile, state: PendingFile | undefined): void {
  const hold = ExclusiveHold.take(copy.file);
  try {
    removeSideFiles(copy.file);
    if (state === undefined) rmSync(`${copy.file}${CHAIN_STATE_SUFFIX}`, { force: true });
    else state.moveIn();
    copy.moveIn();
  } finally {
    hold?.release();
  }
}
