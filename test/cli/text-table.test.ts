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

  it('has lines between its rows where that is asked for', () => {
    const text = textTable({ head: ['name'], rows: [['a'], ['b']], isRuled: true });
    expect(text.split('\n')).toEqual([
      '┌──────┐',
      '│ name │',
      '├──────┤',
      '│ a    │',
      '├──────┤',
      '│ b    │',
      '└──────┘',
    ]);
  });

  it('aligns what a terminal shows wider or narrower than it is written', () => {
    const text = textTable({
      head: ['name', 'n'],
      rows: [
        ['漢字', '1'],
        ['e\u0301', '2'],
      ],
    });
    expect(text.split('\n')).toEqual([
      '┌──────┬───┐',
      '│ name │ n │',
      '├──────┼───┤',
      '│ 漢字 │ 1 │',
      '│ e\u0301    │ 2 │',
      '└──────┴───┘',
    ]);
  });

  it('of nothing is its head', () => {
    expect(textTable({ head: ['name'], rows: [] }).split('\n')).toEqual([
      '┌──────┐',
      '│ name │',
      '└──────┘',
    ]);
  });
});
