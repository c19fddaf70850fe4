/**
 * Having a database to oneself. A process that has a database in WAL mode open holds a shared lock on it, idle or not,
 * and leaving WAL mode needs the exclusive lock; so the change of mode succeeds exactly when nobody else is there, and
 * it moves the log into the file first. Outside of WAL mode an exclusive transaction keeps everybody away. Whoever had
 * just opened a file that is then replaced can still read it, but SQLite refuses to let it write a file that has moved.
 */
import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { AssayError } from '../domain/errors.ts';
import { fileError } from './file-errors.ts';
import { INDEX_SUFFIX } from './pending-file.ts';
import { STORE_RETRY_AFTER_MS, sqliteCode } from './sqlite-errors.ts';

const BUSY_TIMEOUT_MS = 1_000;

/** Keeps every other process from a database while its file is replaced. */
export class ExclusiveHold {
  readonly #handle: Database.Database;

  /**
   * Takes hold of a file; one that does not exist needs none. A damaged database can be held, too.
   *
   * @throws AssayError `store_unavailable` when a process has it open, `store_unusable` when it is not a database.
   */
  static take(file: string): ExclusiveHold | undefined {
    if (!existsSync(file)) return undefined;
    let handle: Database.Database | undefined;
    try {
      handle = new Database(file, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
      hold(handle);
      rmSync(`${file}${INDEX_SUFFIX}`, { force: true });
      return new ExclusiveHold(handle);
    } catch (error) {
      handle?.close();
      throw holdError(error, file);
    }
  }

  private constructor(handle: Database.Database) {
    this.#handle = handle;
  }

  release(): void {
    this.#handle.close();
  }
}

/**
 * Takes a database that is open for the handle alone, over any number of transactions, until `share`.
 *
 * @throws AssayError `store_unavailable` when another process has it open.
 */
export function keepToOneself(handle: Database.Database): void {
  try {
    handle.pragma('locking_mode = EXCLUSIVE');
    leaveWalMode(handle);
    handle.exec('begin exclusive; commit');
  } catch (error) {
    throw holdError(error, handle.name);
  }
}

/** Lets others in again. */
export function share(handle: Database.Database): void {
  handle.pragma('locking_mode = NORMAL');
  handle.pragma('journal_mode = WAL');
}

function hold(handle: Database.Database): void {
  // Without this a file that was cut short could not be opened, and so never be replaced.
  handle.unsafeMode();
  handle.pragma('writable_schema = ON');
  leaveWalMode(handle);
  handle.exec('begin exclusive');
  // Somebody may have come in between.
  if (journalMode(handle) !== 'delete') throw inUse(handle.name);
}

function leaveWalMode(handle: Database.Database): void {
  handle.pragma('journal_mode = DELETE');
}

function journalMode(handle: Database.Database): unknown {
  return handle.pragma('journal_mode', { simple: true });
}

function holdError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code?.startsWith('SQLITE_BUSY')) return inUse(file, error);
  if (code === 'SQLITE_NOTADB') {
    return new AssayError(
      'store_unusable',
      `${file} is not a database, so it is not replaced; move it away first`,
      { cause: error },
    );
  }
  return fileError(error, file);
}

function inUse(file: string, cause?: unknown): AssayError {
  return new AssayError(
    'store_unavailable',
    `${file} is in use: stop the service, and whatever else has it open, first`,
    { retryAfterMs: STORE_RETRY_AFTER_MS, cause },
  );
}
