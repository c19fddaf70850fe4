/** A command loads what it needs and no more, since loading is nearly all of the time that a small one takes. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/lib/project-root.ts';

/** Packages that the file needs before it runs: those of every file that it imports, types left out. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, target = ''] of text.matchAll(
    /^(?:import|export) (?!type )(?:[^;']* from )?'([^']+)';$/gm,
  )) {
    if (target.startsWith('node:')) continue;
    if (!target.startsWith('.')) packages.add(target);
    else for (const one of packagesOf(resolve(dirname(file), target), seen)) packages.add(one);
  }
  return packages;
}

function packagesAtStart(path: string): readonly string[] {
  return [...packagesOf(join(projectRoot(), path))].sort();
}

const SMALL = ['cli-table3', 'commander', 'smol-toml', 'zod'];

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

  it('is found by this test', () => {
    expect(packagesAtStart('src/cli/gpu.ts')).toEqual(expect.arrayContaining(SMALL));
    expect(packagesAtStart('src/app.ts')).toEqual(
      expect.arrayContaining(['@grpc/grpc-js', 'knex']),
    );
  });
});
