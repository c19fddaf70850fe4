/** What a thread answers. Errors are told in plain values: cloning one keeps neither its class nor what it carries. */
import { AssayError, type ErrorCode, type ErrorDetails } from '../domain/errors.ts';
import { AssertionError } from '../lib/assert.ts';
import { errorText } from '../lib/error-text.ts';

/** What a function came to, or the error that it threw. */
export type ThreadAnswer<T> =
  | { readonly value: T }
  | { readonly refused: ErrorCode; readonly message: string; readonly details: ErrorDetails }
  | { readonly bug: string }
  | { readonly failed: string };

/** Never throws. */
export async function threadAnswer<T>(run: () => Promise<T>): Promise<ThreadAnswer<T>> {
  try {
    return { value: await run() };
  } catch (error) {
    if (error instanceof AssertionError) return { bug: error.message };
    if (!(error instanceof AssayError)) return { failed: errorText(error) };
    const { cause, ...details } = error.details;
    const { code, message } = error;
    return cause === undefined
      ? { refused: code, message, details }
      : { refused: code, message, details: { ...details, cause: String(cause) } };
  }
}

/** @throws AssayError and AssertionError as the function in the thread, an Error with the text of any other. */
export function answered<T>(answer: ThreadAnswer<T>): T {
  if ('value' in answer) return answer.value;
  if ('bug' in answer) throw new AssertionError(answer.bug);
  if ('failed' in answer) throw new Error(answer.failed);
  throw new AssayError(answer.refused, answer.message, answer.details);
}
