import { displayWidth } from './display-width.ts';

interface TextTable {
  readonly head: readonly string[];
  /** Names from the head whose columns are aligned right, for numbers. */
  readonly right?: readonly string[];
  /** As many cells in each as the head has; a cell may have several lines. */
  readonly rows: readonly (readonly string[])[];
  /** Whether a line stands between the rows, and not only below the head. */
  readonly isRuled?: boolean;
}

interface Column {
  readonly width: number;
  readonly isRight: boolean;
}

/** A table with borders and without colours, the same for every command; it ends without a line break. */
export function textTable({ head, right = [], rows, isRuled = false }: TextTable): string {
  const columns = head.map((name, index) => ({
    width: rows.reduce((width, row) => Math.max(width, cellWidth(row[index])), cellWidth(name)),
    isRight: right.includes(name),
  }));
  const rule = (left: string, between: string, end: string) =>
    `${left}${columns.map(({ width }) => '─'.repeat(width + 2)).join(between)}${end}`;
  const inner = rule('├', '┼', '┤');
  const body = rows.map((row) => rowText(row, columns));
  return [
    rule('┌', '┬', '┐'),
    rowText(head, columns),
    ...(body.length === 0 ? [] : [inner, body.join(isRuled ? `\n${inner}\n` : '\n')]),
    rule('└', '┴', '┘'),
  ].join('\n');
}

function cellWidth(cell = ''): number {
  return Math.max(...cell.split('\n').map(displayWidth));
}

/** As many lines as the highest cell has. */
function rowText(cells: readonly string[], columns: readonly Column[]): string {
  const lines = cells.map((cell) => cell.split('\n'));
  const height = Math.max(...lines.map(({ length }) => length));
  return Array.from({ length: height }, (_, index) => {
    const padded = columns.map((column, place) => cellText(lines[place]?.[index], column));
    return `│ ${padded.join(' │ ')} │`;
  }).join('\n');
}

function cellText(text = '', { width, isRight }: Column): string {
  const padding = ' '.repeat(width - displayWidth(text));
  return isRight ? `${padding}${text}` : `${text}${padding}`;
}
