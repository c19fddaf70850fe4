/**
 * A broken invariant: a bug in Assay, never bad input. It reaches a caller as INTERNAL without text, is logged whole,
 * and stops the process (see docs/errors.md).
 */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/**
 * States what must be true here. `detail` names the invariant and, where it helps, the offending value.
 *
 * @throws AssertionError when `condition` is false.
 */
export function assert(condition: boolean, detail: string): asserts condition {
  if (!condition) throw new AssertionError(detail);
}

/**
 * Gives a value that is known to be there, for example a map entry that was just set.
 *
 * @throws AssertionError when it is `undefined` or `null`.
 */
export function present<T>(value: T | undefined | null, detail: string): T {
  if (value === undefined || value === null) throw new AssertionError(detail);
  return value;
}

/** Marks a branch that the types rule out; a new union member then fails to compile here. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
