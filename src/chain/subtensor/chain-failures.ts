import { AssayError } from '../../domain/errors.ts';
import { AssertionError } from '../../lib/assert.ts';
import { errorText } from '../../lib/error-text.ts';

/** Seconds are what a node takes to come back, or the next endpoint to answer. */
const RETRY_AFTER_MS = 5_000;

export function unreachable(message: string, cause?: unknown): AssayError {
  return new AssayError('chain_unreachable', message, { cause, retryAfterMs: RETRY_AFTER_MS });
}

export function unusable(message: string, cause?: unknown): AssayError {
  return new AssayError('chain_unusable', message, { cause });
}

/** Any failure as the ports promise it: what is neither a bug nor named already is a chain that does not answer. */
export function asChainError(error: unknown, what: string): unknown {
  if (error instanceof AssayError || error instanceof AssertionError) return error;
  return unreachable(`${what}: ${shortText(error)}`, error);
}

/** What went wrong, on one line and short: transports append whole requests. */
export function shortText(error: unknown): string {
  const text = errorText(error);
  const [line = ''] = text.split('\n');
  return line.length <= TEXT_CHARACTERS_MAX ? line : `${line.slice(0, TEXT_CHARACTERS_MAX - 1)}…`;
}

const TEXT_CHARACTERS_MAX = 200;
