/** Values of a line of the ledger, each read with its name for the error. */

/** @throws Error when the line is not JSON. */
export function parsedJson(line: string, name = 'the line'): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${name} is not JSON`, { cause });
  }
}

/** @throws Error when the value is not a list. */
export function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${name} is not a list`);
  return value;
}

/** @throws Error when the value is not an integer from 0 to 2⁵³ − 1. */
export function whole(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0) {
    throw new Error(`${name} is not an integer from 0 to 2⁵³ − 1`);
  }
  return Number(value);
}

/** @throws Error when the value is not a text. */
export function word(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Error(`${name} is not a text`);
  return value;
}
