import { describe, expect, it } from 'vitest';
import { textTable } from '../../src/cli/text-table.ts';

describe('a table', () => {
  it('aligns its columns, numbers to the right, and has no colours', () => {
    const text = textTable({
      head: ['name', 'count', 'note'],
      right: ['count'],
      rows: [
        ['a', '7', 'one\ntwo'],
        ['long name', '1,000', ''],
      ],
    });
    expect(text.split('\n')).toEqual([
      '┌───────────┬───────┬──────┐',
      '│ name      │ count │ note │',
      '├───────────┼───────┼──────┤',
      '│ a         │     7 │ one  │',
      '│           │       │ two  │',
      '│ long name │ 1,000 │      │',
      '└───────────┴───────┴──────┘',
    ]);
  });

  it('of nothing is its head', () => {
    expect(textTable({ head: ['name'], rows: [] })).toContain('│ name │');
  });
});
