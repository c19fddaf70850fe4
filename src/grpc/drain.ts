import { AssayError } from '../domain/errors.ts';

const RECONNECT_AFTER_MS = 1_000;

/** What a call is told that comes, or is still open, while the service shuts down. */
export function shuttingDown(): AssayError {
  return new AssayError('shutting_down', 'the service is shutting down; connect again', {
    retryAfterMs: RECONNECT_AFTER_MS,
  });
}
