import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

const [items = '', tests = ''] = read('docs/plan.md').split('\n## Tests\n');
const testRows = tests.split('\n').filter((line) => /^\| \d/.test(line));

/** Names of the plan's tests by task: 94 in all. */
const PLANNED: Readonly<Record<string, number>> = {
  '1.1': 8,
  '1.2': 7,
  '1.3': 5,
  '1.4': 7,
  '2.1': 7,
  '2.2': 10,
  '2.3': 5,
  '2.4': 5,
  '3.1': 10,
  '3.2': 8,
  '4.1': 9,
  '4.2': 5,
  '5.1': 8,
};

describe('docs/plan.md', () => {
  it('has a row for each of the named tests', () => {
    const counts = Object.fromEntries(Object.keys(PLANNED).map((task) => [task, 0]));
    const names = new Set<string>();
    for (const row of testRows) {
      const [, task = '', name = ''] = row.split('|').map((cell) => cell.trim());
      counts[task] = (counts[task] ?? 0) + 1;
      names.add(`${task} ${name}`);
    }
    expect(counts).toEqual(PLANNED);
    expect(names.size).toBe(94);
  });

  it('names only tests that exist', () => {
    const named = [...tests.matchAll(/`(test\/[^`]+)` :: (.+?)(?=<br>| \|$)/gm)];
    expect(named.length).toBeGreaterThan(60);
    const missing = named
      .filter(([, file = '', title = '']) => !hasTest(file, title.replaceAll('\\|', '|')))
      .map(([text]) => text);
    expect(missing).toEqual([]);
  });

  it('says of every row where it lives or what it comes with', () => {
    const vague = testRows.filter((row) => !/:: | measured by `|to come with \w/.test(row));
    expect(vague).toEqual([]);
  });

  it('names only files that exist', () => {
    const files = [
      ...`${items}${tests}`.matchAll(/`((?:src|test|bench|migrations|workers)\/[^`]*)`/g),
    ];
    expect(files.length).toBeGreaterThan(40);
    const missing = files
      .map(([, path = '']) => path)
      .filter((path) => !path.includes('*') && !existsSync(new URL(path, ROOT)));
    expect(missing).toEqual([]);
  });
});

/** The title of an `it(` or an `it.each(…)(`, whole and as it is written there, placeholders included. */
function hasTest(file: string, title: string): boolean {
  if (!existsSync(new URL(file, ROOT))) return false;
  const quoted = `(['"\`])${escaped(title)}\\1,`;
  const each = String.raw`(?:\.each\b(?:(?!\b(?:describe|it)[.(])[\s\S])*?\))?`;
  return new RegExp(String.raw`\bit${each}\(\s*${quoted}`).test(read(file));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
