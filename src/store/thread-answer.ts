/** What a thread answers. Errors are told in plain values: cloning one keeps neither its class nor what it carries. */
import { AssayError, type ErrorCode, type ErrorDetails } from '../domain/errors.ts';
import { AssertionError } from '../lib/assert.ts';
import { errorText } from '../lib/error-text.ts';

/** An error: one that a caller can act on, a bug, or any other. */
export type ThreadFailure =
  | { readonly refused: ErrorCode; readonly message: string; readonly details: ErrorDetails }
  | { readonly bug: string; readonly stack: string }
  | { readonly failed: string; readonly stack: string };

/** What a function came to, or the error that it threw. */
export type ThreadAnswer<T> = { readonly value: T } | ThreadFailure;

/** Never throws. */
export async function threadAnswer<T>(run: () => Promise<T>): Promise<ThreadAnswer<T>> {
  try {
    return { value: await run() };
  } catch (error) {
    return failureOf(error);
  }
}

export function failureOf(error: unknown): ThreadFailure {
  const stack = String(error instanceof Error ? error.stack : error);
  if (error instanceof AssertionError) return { bug: error.message, stack };
  if (!(error instanceof AssayError)) return { failed: errorText(error), stack };
  const { cause, ...details } = error.details;
  const { code, message } = error;
  return cause === undefined
    ? { refused: code, message, details }
    : { refused: code, message, details: { ...details, cause: String(cause) } };
}

/** The error again. Where it comes from is told by the cause. */
export function errorOf(failure: ThreadFailure): Error {
  if ('refused' in failure) {
    return new AssayError(failure.refused, failure.message, failure.details);
  }
  const { stack: cause } = failure;
  return 'bug' in failure
    ? new AssertionError(failure.bug, { cause })
    : new Error(failure.failed, { cause });
}

/** @throws AssayError and AssertionError as the function in the thread, an Error with the text of any other. */
export function answered<T>(answer: ThreadAnswer<T>): T {
  if ('value' in answer) return answer.value;
  throw errorOf(answer);
}
