/**
 * Puts a copy in the place of the database. Nothing is destroyed: what is replaced keeps a second name beside. The place is
 * never empty, so that no service starts on a new database in between, and the database comes before the chain's state,
 * so that the chain is never behind it.
 */
import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { AssayError } from '../domain/errors.ts';
import { breath } from './breath.ts';
import { withFileErrors } from './file-errors.ts';
import {
  INDEX_SUFFIX,
  isSameFile,
  isThere,
  LOG_SUFFIXES,
  nameAside,
  PendingFile,
  placeOf,
  requireReplaceable,
} from './pending-file.ts';
import { type CheckedCopy, copyDatabase, requireSound } from './sqlite-copy.ts';
import { ExclusiveHold } from './sqlite-exclusive.ts';
import { isMigrating, openForReading, requireOurs, schemaOf } from './sqlite-inspection.ts';
import { CHAIN_STATE_SUFFIX } from './target-files.ts';

interface RestoreOptions {
  /** The copy to restore. */
  readonly file: string;
  /** The place of the database. */
  readonly database: string;
  /** Whether a database that is there may be put aside. */
  readonly canReplace: boolean;
  /** Where the simulated chain keeps its state, if it is used. */
  readonly chainStateFile?: string;
  /** @throws Error when this is not a state that the chain can start with. */
  readonly checkChainState: (file: string) => void;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

export interface Restored extends CheckedCopy {
  readonly database: string;
  /** Where the database is that was there before. */
  readonly replaced: string | undefined;
  /** The chain's state, when there was one to restore. */
  readonly chainStateFile: string | undefined;
  readonly replacedChainStateFile: string | undefined;
}

/**
 * Restores the database and the chain's state from a copy; when it fails, everything stays as it was.
 *
 * @throws AssayError `invalid_argument` when the place is taken, `store_unusable` when the copy is missing, damaged, of a
 * newer version or no database of Assay's, `store_unavailable` when a process has the database open; the signal's reason.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<Restored> {
  const source = openForReading(options.file);
  const pending: PendingFile[] = [];
  try {
    requireRestorable(source);
    const copy = new PendingFile(placeFor(options.database));
    pending.push(copy);
    refusePlace(copy.file, options);
    const state = pendingState(options);
    if (state !== undefined) pending.push(state);
    // Before the long copy: an operator who forgot to stop the service should not wait for it.
    ExclusiveHold.take(copy.file)?.release();
    const checked = copyDatabase(source, copy);
    await breath(options.signal);
    return { ...checked, database: copy.file, ...exchange(copy, state, options.nowMs) };
  } finally {
    source.close();
    for (const file of pending) file.discard();
  }
}

function requireRestorable(source: BetterSqlite3.Database): void {
  const { name } = source;
  requireSound(source, name);
  requireOurs(source);
  const schema = schemaOf(source);
  if (schema.kind === 'newer') {
    const { unknown } = schema;
    throw new AssayError(
      'store_unusable',
      `${name} was written by a newer version: this one does not know ${unknown.join(', ')}`,
    );
  }
  if (isMigrating(source)) {
    throw new AssayError('store_unusable', `${name} was copied in the middle of a migration`);
  }
}

function placeFor(database: string): string {
  withFileErrors(`the folder of ${database}`, () =>
    mkdirSync(dirname(database), { recursive: true }),
  );
  return placeOf(database);
}

function refusePlace(place: string, { file, canReplace }: RestoreOptions): void {
  if (isSameFile(file, place)) {
    throw new AssayError('invalid_argument', `${file} is the database itself`);
  }
  requireReplaceable(place);
  const taken = ['', ...LOG_SUFFIXES].map((suffix) => `${place}${suffix}`).find(isThere);
  if (taken !== undefined && !canReplace) {
    throw new AssayError(
      'invalid_argument',
      `${taken} is there already; --replace puts it aside, nothing is deleted`,
    );
  }
}

/** The chain's state beside the copy, on its way to its place. */
function pendingState(options: RestoreOptions): PendingFile | undefined {
  const { file, chainStateFile, checkChainState } = options;
  const source = `${file}${CHAIN_STATE_SUFFIX}`;
  if (chainStateFile === undefined || !existsSync(source)) return undefined;
  const state = new PendingFile(placeFor(chainStateFile));
  if (isSameFile(source, state.file)) {
    throw new AssayError('invalid_argument', `${source} is the state of the chain itself`);
  }
  try {
    checkChainState(source);
    state.copyFrom(source);
    state.flush();
    return state;
  } catch (error) {
    state.discard();
    throw error;
  }
}

/** @throws AssayError; then everything is as it was. */
function exchange(copy: PendingFile, state: PendingFile | undefined, nowMs: number) {
  const hold = ExclusiveHold.take(copy.file);
  const undo: (() => void)[] = [];
  try {
    const replaced = putAsideDatabase(copy.file, nameAside(copy.file, nowMs), undo);
    const replacedState = state && putAside(state.file, nameAside(state.file, nowMs), undo);
    copy.moveIn();
    state?.moveIn();
    return { replaced, chainStateFile: state?.file, replacedChainStateFile: replacedState };
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  } finally {
    hold?.release();
  }
}

/** With the log that it may have left: SQLite would apply that to whatever database has its name. */
function putAsideDatabase(place: string, aside: string, undo: (() => void)[]) {
  for (const suffix of LOG_SUFFIXES) {
    const [log, logAside] = [`${place}${suffix}`, `${aside}${suffix}`];
    if (!isThere(log)) continue;
    withFileErrors(`${log} could not be put aside`, () => renameSync(log, logAside));
    undo.push(() => renameSync(logAside, log));
  }
  rmSync(`${place}${INDEX_SUFFIX}`, { force: true });
  return putAside(place, aside, undo);
}

/** A second name: the first one is never without a file. */
function putAside(file: string, aside: string, undo: (() => void)[]): string | undefined {
  if (!isThere(file)) return undefined;
  withFileErrors(`${file} could not be put aside as ${aside}`, () => linkSync(file, aside));
  undo.push(() => {
    // While both are names of one file this does nothing; otherwise it brings the file back.
    renameSync(aside, file);
    rmSync(aside, { force: true });
  });
  return aside;
}
