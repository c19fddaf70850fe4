import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../src/config/defaults.ts';
import { KEY_TYPES } from '../src/config/keys.ts';
import { projectRoot } from '../src/lib/project-root.ts';

const page = readFileSync(join(projectRoot(), 'docs/limits.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)\.(\w+)` \| (\d+) \|/gm)].map(
  ([, section = '', name = '', value]) => ({ section, name, value: Number(value) }),
);

describe('docs/limits.md', () => {
  it('gives every limit its default', () => {
    const defaults = new Map<string, unknown>(
      Object.entries(DEFAULTS).flatMap(([section, keys]) =>
        Object.entries(keys).map(([name, value]) => [`${section}.${name}`, value] as const),
      ),
    );
    for (const { section, name, value } of rows) {
      expect(value, name).toBe(defaults.get(`${section}.${name}`));
    }
  });

  it('leaves no limit of the service out', () => {
    const limits = [...KEY_TYPES.keys()].filter((key) =>
      /^(?:server|store)\.max_|^actors\.\w+_(?:max|capacity)$/.test(key),
    );
    const listed = rows.map(({ section, name }) => `${section}.${name}`);
    expect(listed.toSorted()).toEqual(limits.toSorted());
  });
});
