import Table from 'cli-table3';

interface TextTable {
  readonly head: readonly string[];
  /** Names from the head whose columns are aligned right, for numbers. */
  readonly right?: readonly string[];
  /** As many cells in each as the head has; a cell may have several lines. */
  readonly rows: readonly (readonly string[])[];
}

/** A table with borders and without colours, the same for every command; it ends without a line break. */
export function textTable({ head, right = [], rows }: TextTable): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
