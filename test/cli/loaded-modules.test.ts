/** A command loads what it needs and no more, since loading is nearly all of the time that a small one takes. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/lib/project-root.ts';

/** Files and packages that the file needs before it runs: those of every file that it imports, types left out. */
function modulesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, target = ''] of text.matchAll(
    /^(?:import|export) (?!type )(?:[^;']* from )?'([^']+)';$/gm,
  )) {
    if (target.startsWith('node:')) continue;
    if (target.startsWith('.')) modulesOf(resolve(dirname(file), target), seen);
    else seen.add(target);
  }
  return seen;
}

function modulesAtStart(path: string): readonly string[] {
  const root = `${projectRoot()}${sep}`;
  return [...modulesOf(join(root, path))].map((name) => name.replace(root, '')).sort();
}

function packagesAtStart(path: string): readonly string[] {
  return modulesAtStart(path).filter((name) => !name.endsWith('.ts'));
}

const SMALL = ['commander', 'smol-toml', 'zod'];

describe('what is loaded', () => {
  it('is next to nothing for --version and --help', () => {
    expect(packagesAtStart('src/main.ts')).toEqual(['commander']);
  });

  it.each(['gpu', 'config', 'config-versions', 'config-restore'])(
    'is neither a database nor a server before `%s` says so',
    (command) => {
      const heavy = /knex|better-sqlite3|@grpc|@opentelemetry|@polkadot|pino|piscina/;
      const packages = packagesAtStart(`src/cli/${command}.ts`);
      expect(packages.filter((name) => heavy.test(name))).toEqual([]);
    },
  );

  it('is no server for what is read from the database', () => {
    for (const command of ['weights-history', 'weights-explain', 'weights-replay', 'db-check']) {
      const packages = packagesAtStart(`src/cli/${command}.ts`);
      expect(packages.filter((name) => /@grpc|@polkadot|pino|piscina/.test(name))).toEqual([]);
    }
  });

  it('is no message of the service for the history as a table', () => {
    const modules = modulesAtStart('src/cli/weights-history.ts');
    expect(
      modules.filter((name) => /^src\/(?:grpc|chain|compute|events)|^workers/.test(name)),
    ).toEqual([]);
    expect(packagesAtStart('src/cli/weights-history.ts')).toEqual(
      ['@scure/base', 'knex', 'string-width', ...SMALL].sort(),
    );
  });

  it('is one small package to draw a table', () => {
    expect(packagesAtStart('src/cli/text-table.ts')).toEqual(['string-width']);
  });

  it('is found by this test', () => {
    expect(packagesAtStart('src/cli/gpu.ts')).toEqual(expect.arrayContaining(SMALL));
    expect(packagesAtStart('src/app.ts')).toEqual(
      expect.arrayContaining(['@grpc/grpc-js', 'knex']),
    );
  });
});
