import { AssayError } from '../domain/errors.ts';

/** What SQLite's codes mean for whoever called; every other code, a broken constraint among them, is a bug. */
const MEANINGS: readonly (readonly [code: RegExp, meaning: StoreErrorCode])[] = [
  [
    /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|PERM|PROTOCOL)(_|$)/,
    'store_unavailable',
  ],
  [/^SQLITE_(CORRUPT|NOTADB|SCHEMA)(_|$)/, 'store_unusable'],
];

/** After which something that is unavailable is worth trying again. */
export const STORE_RETRY_AFTER_MS = 1_000;

export type StoreErrorCode = 'store_unavailable' | 'store_unusable';

/** Turns SQLite's own errors into ours; a bug stays as it is. */
export function storeError(error: unknown): unknown {
  const code = sqliteCode(error);
  const meaning = code === undefined ? undefined : meaningOf(code);
  if (code === undefined || meaning === undefined) return error;
  const details = { metadata: { sqlite_code: code }, cause: error };
  return meaning === 'store_unusable'
    ? new AssayError(meaning, `the file is not a sound database: ${code}`, details)
    : new AssayError(meaning, `the database cannot be used now: ${code}`, {
        ...details,
        retryAfterMs: STORE_RETRY_AFTER_MS,
      });
}

/** What a code of SQLite means; undefined for a bug. */
export function meaningOf(sqliteCode: string): StoreErrorCode | undefined {
  return MEANINGS.find(([pattern]) => pattern.test(sqliteCode))?.[1];
}

export function storeClosed(): AssayError {
  return new AssayError('store_unavailable', 'the database is closed', {
    retryAfterMs: STORE_RETRY_AFTER_MS,
  });
}

/** The code of an error that SQLite gave. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_')
    ? error.code
    : undefined;
}
