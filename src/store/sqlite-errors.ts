import { AssayError } from '../domain/errors.ts';

const UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|PROTOCOL)/;
const UNUSABLE = /^SQLITE_(CORRUPT|NOTADB|SCHEMA)/;
const RETRY_AFTER_MS = 1_000;

/** Turns SQLite's own errors into ours; anything else, a broken constraint among them, is a bug and stays as it is. */
export function storeError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (code !== undefined && UNAVAILABLE.test(code)) {
    return new AssayError('store_unavailable', `the database cannot be used now: ${code}`, {
      retryAfterMs: RETRY_AFTER_MS,
      metadata: { sqlite_code: code },
      cause: error,
    });
  }
  if (code !== undefined && UNUSABLE.test(code)) {
    return new AssayError('store_unusable', `the file is not a sound database: ${code}`, {
      metadata: { sqlite_code: code },
      cause: error,
    });
  }
  return error;
}

export function storeClosed(): AssayError {
  return new AssayError('store_unavailable', 'the database is closed', {
    retryAfterMs: RETRY_AFTER_MS,
  });
}

function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_')
    ? error.code
    : undefined;
}
