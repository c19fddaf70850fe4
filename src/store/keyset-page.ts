/**
 * Pages by a falling key, and by a falling id where keys are equal. SQLite finds `(key, id) < (?, ?)` by the key alone and
 * walks over every row that has it, so the rest of the key that the page before ended in is read by itself.
 */
interface KeysetRead<Row, Key> {
  /** Rows that have this key and a lower id. */
  rest(key: Key, id: number, limit: number): readonly Row[];
  /** Rows with a lower key; all of them without one. */
  below(key: Key | undefined, limit: number): readonly Row[];
}

export function keysetPage<Row, Key>(
  after: { readonly key: Key; readonly id: number } | undefined,
  limit: number,
  read: KeysetRead<Row, Key>,
): readonly Row[] {
  if (after === undefined) return read.below(undefined, limit);
  const rest = read.rest(after.key, after.id, limit);
  const room = limit - rest.length;
  return room === 0 ? rest : [...rest, ...read.below(after.key, room)];
}
