import { AssayError } from '../domain/errors.ts';
import { meaningOf, STORE_RETRY_AFTER_MS, sqliteCode } from './sqlite-errors.ts';

/** The first that fits the code. */
const REASONS: readonly (readonly [code: RegExp, reason: string])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)$/, 'the disk is full'],
  [/^SQLITE_IOERR_WRITE$/, 'a part of it could not be written'],
  [/^(SQLITE_PERM|EACCES|EPERM)$/, 'there is no permission'],
  [
    /^SQLITE_READONLY_ROLLBACK$/,
    'a broken-off transaction is to be undone: start the service once',
  ],
  [/^(SQLITE_READONLY|EROFS)$/, 'nothing may be written there'],
  [/^SQLITE_CANTOPEN/, 'it cannot be opened'],
  [/^SQLITE_(BUSY|LOCKED)/, 'another process has locked it'],
  [/^SQLITE_NOTADB/, 'it is not a database'],
  [/^SQLITE_CORRUPT/, 'it is damaged'],
  [/^ENOENT$/, 'it does not exist'],
  [/^ENOTDIR$/, 'a part of its path is not a folder'],
  [/^EISDIR$/, 'it is a folder'],
];

/**
 * Turns the errors of the file system, and those of SQLite that `storeError` turns, into ours. `what` is told before the
 * reason; anything else stays.
 */
export function fileError(error: unknown, what: string): unknown {
  if (error instanceof AssayError) return error;
  const system = systemCode(error);
  const code = system ?? sqliteCode(error);
  if (code === undefined) return error;
  const meaning = system === undefined ? meaningOf(code) : 'store_unavailable';
  if (meaning === undefined) return error;
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  const text = reason === undefined ? `${what}: ${code}` : `${what}: ${reason} (${code})`;
  return meaning === 'store_unusable'
    ? new AssayError(meaning, text, { cause: error })
    : new AssayError(meaning, text, { retryAfterMs: STORE_RETRY_AFTER_MS, cause: error });
}

/** Runs it, with its errors as ours. */
export function withFileErrors<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw fileError(error, what);
  }
}

/**
 * What an error says about the file that was read.
 *
 * @throws the error, as ours, when it says nothing about that: a lock, a permission, a bug.
 */
export function damageOf(error: unknown): string {
  const known = fileError(error, 'it cannot be read');
  if (known instanceof AssayError && known.code === 'store_unusable') return known.message;
  throw known;
}

/** The system's code of an error, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
