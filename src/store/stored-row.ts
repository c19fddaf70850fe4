import type * as z from 'zod';
import { AssayError } from '../domain/errors.ts';
import { errorText } from '../lib/error-text.ts';

/**
 * Reads one stored row; a row that cannot be read names its table and key.
 *
 * @throws AssayError `store_unusable`.
 */
export function storedRow<T>(place: { table: string; key: string | number }, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new AssayError(
      'store_unusable',
      `the row ${place.key} of ${place.table} is damaged: ${errorText(error)}`,
      { metadata: { table: place.table, key: String(place.key) }, cause: error },
    );
  }
}

/** Parses stored JSON of a known shape. */
export function storedJson<T>(schema: z.ZodType<T>, column: string, text: string): T {
  const result = schema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${[column, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`);
}
