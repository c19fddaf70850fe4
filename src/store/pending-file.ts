/** Files that appear whole or not at all, and stay when the power fails. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AssayError } from '../domain/errors.ts';
import { fileError, systemCode, withFileErrors } from './file-errors.ts';

/** What SQLite keeps beside a database and takes for its own at the next start, whoever it belongs to. */
export const LOG_SUFFIXES = ['-wal', '-journal'] as const;
/** An index of the log; made again when it is missing. */
export const INDEX_SUFFIX = '-shm';
/** Everything that SQLite keeps beside a database. */
export const SIDE_SUFFIXES = [...LOG_SUFFIXES, INDEX_SUFFIX] as const;

/** A file that is written under another name, beside its place. */
export class PendingFile {
  /** The place. */
  readonly file: string;
  /** Where to write it. */
  readonly path: string;

  constructor(file: string) {
    this.file = file;
    this.path = `${file}.${randomBytes(4).toString('hex')}.partial`;
  }

  /** Fills it from another file. */
  copyFrom(source: string): void {
    withFileErrors(`${source} could not be copied to ${this.file}`, () =>
      copyFileSync(source, this.path),
    );
  }

  /** Makes sure that what was written survives; to be done before `moveIn`. */
  flush(): void {
    withFileErrors(`${this.file} could not be written`, () => flush(this.path));
  }

  /**
   * Puts it in its place, over the file that is there.
   *
   * @throws AssayError `invalid_argument` when something else is there, `store_unavailable`.
   */
  moveIn(): void {
    requireReplaceable(this.file);
    withFileErrors(`${this.file} could not be written`, () => {
      renameSync(this.path, this.file);
      flush(dirname(this.file));
    });
  }

  /** Leaves nothing behind; what was moved in stays. */
  discard(): void {
    rmSync(this.path, { force: true });
    removeSideFiles(this.path);
  }
}

/**
 * Writes a text that comes in parts; between two of them whatever else waits has its turn.
 *
 * @returns how many bytes it has.
 * @throws AssayError as `moveIn`.
 */
export async function writeWhole(file: string, parts: Iterable<string>): Promise<number> {
  const pending = new PendingFile(file);
  try {
    const bytes = await fill(pending.path, parts);
    pending.moveIn();
    return bytes;
  } catch (error) {
    throw fileError(error, `${file} could not be written`);
  } finally {
    pending.discard();
  }
}

/**
 * The file itself when the path is a link to it.
 *
 * @throws AssayError `invalid_argument` when there is no folder for it, `store_unavailable`.
 */
export function placeOf(path: string): string {
  if (isThere(path)) return withFileErrors(path, () => realpathSync(path));
  const folder = dirname(path);
  const found = withFileErrors(path, () => statOf(folder, statSync));
  if (found === undefined) throw notWritten(path, 'its folder does not exist');
  if (!found.isDirectory()) throw notWritten(path, 'a part of its path is not a folder');
  return join(
    withFileErrors(path, () => realpathSync(folder)),
    basename(path),
  );
}

/**
 * Only a file may be replaced: with another in its place a device would be lost, a pipe its readers.
 *
 * @throws AssayError `invalid_argument`, `store_unavailable`.
 */
export function requireReplaceable(path: string): void {
  const found = linkStat(path);
  if (found === undefined || found.isFile()) return;
  throw notWritten(
    path,
    found.isDirectory() ? 'it is a folder' : 'it is something else than a file',
  );
}

/** Whether there is anything under this name, a link that leads nowhere included. */
export function isThere(path: string): boolean {
  return linkStat(path) !== undefined;
}

/** Whether both are one file, under whatever names. */
export function isSameFile(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((path) => statOf(path, statSync));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

/** Takes away what SQLite keeps beside a database. */
export function removeSideFiles(database: string): void {
  for (const suffix of SIDE_SUFFIXES) rmSync(`${database}${suffix}`, { force: true });
}

/** The name under which a file stays when it is replaced: `assay.db.replaced-20261123T071026.123Z`. */
export function nameAside(file: string, nowMs: number): string {
  return `${file}.replaced-${new Date(nowMs).toISOString().replaceAll(/[-:]/g, '')}`;
}

async function fill(path: string, parts: Iterable<string>): Promise<number> {
  const file = await open(path, 'wx');
  try {
    let bytes = 0;
    for (const part of parts) {
      const content = Buffer.from(part);
      await file.appendFile(content);
      bytes += content.length;
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

function linkStat(path: string): Stats | undefined {
  return withFileErrors(path, () => statOf(path, lstatSync));
}

/** Undefined when there is nothing, also because a part of the path is not a folder. */
function statOf(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function notWritten(path: string, why: string): AssayError {
  return new AssayError('invalid_argument', `${path} could not be written: ${why}`);
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
