import { countText } from '../domain/amount-text.ts';
import { schemaText } from '../store/sqlite-check.ts';
import type { CheckedCopy } from '../store/sqlite-copy.ts';
import type { DatabaseContents, SchemaState } from '../store/sqlite-inspection.ts';

/** What is in a database, in the spelling of `--json`. */
export function contentsJson({ schema, newestBlock, rows }: DatabaseContents) {
  return { schema: schema.kind, newest_block: newestBlock ?? null, rows };
}

/** What is in a copy, and how long it took, one line each. */
export function copyLines(copy: CheckedCopy, durationMs: number): string {
  const { bytes, newestBlock, schema, rows } = copy;
  return linesOf([
    ['size', `${countText(bytes)} bytes in ${(durationMs / 1_000).toFixed(2)} s`],
    ['schema', schemaText(schema)],
    ['newest block', newestBlock === undefined ? noBlockText(schema) : countText(newestBlock)],
    ...Object.entries(rows).map(([table, number]) => [table, `${countText(number)} rows`] as const),
  ]);
}

/** Names and values in two columns. */
export function linesOf(lines: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function noBlockText({ kind }: SchemaState): string {
  return kind === 'newer' ? 'unknown' : 'no weight set';
}
