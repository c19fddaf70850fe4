/**
 * How many characters to insert, delete or replace to turn `a` into `b` (Levenshtein). Takes time in proportion to the
 * product of the lengths: callers limit both.
 */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const deleted = at(previous, column) + 1;
      const inserted = at(current, column - 1) + 1;
      current.push(Math.min(replaced, deleted, inserted));
    }
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] as number;
}
