import { AssayError } from '../../../domain/errors.ts';

/** What is wrong with a file of the wallet and what to do. */
interface WalletProblem {
  /** For example `hotkey file`. */
  readonly what: string;
  readonly path: string;
  /** The predicate of a sentence. It never repeats anything that stands in the file. */
  readonly problem: string;
  readonly remedy: string;
}

/**
 * `hotkey file /w/validator/hotkeys/default is empty: restore it with …`. A `cause` is for errors of the operating system
 * only: those of parsers quote what they read.
 */
export function walletError(
  { what, path, problem, remedy }: WalletProblem,
  cause?: NodeJS.ErrnoException,
): AssayError {
  return new AssayError('wallet_unusable', `${what} ${path} ${problem}: ${remedy}`, { cause });
}
