import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Each floor and the floors below it that it may import, besides itself. `app`, `cli` and the like stand on top. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  domain: ['lib/assert.ts'],
  events: ['domain', 'lib'],
  actors: ['events', 'domain', 'lib'],
  store: ['actors', 'events', 'domain', 'lib', 'migrations'],
  chain: ['actors', 'events', 'domain', 'lib'],
  compute: ['actors', 'events', 'domain', 'lib'],
  grpc: ['actors', 'events', 'domain', 'lib'],
  prover: ['grpc', 'chain', 'actors', 'events', 'domain', 'lib'],
  config: ['domain', 'lib'],
  telemetry: ['domain', 'lib'],
  'chain-opening': ['chain', 'config', 'actors', 'events', 'domain', 'lib'],
  app: [
    'chain-opening',
    'store',
    'chain',
    'compute',
    'grpc',
    'config',
    'actors',
    'events',
    'domain',
    'lib',
  ],
  cli: [
    'app',
    'chain-opening',
    'prover',
    'store',
    'chain',
    'compute',
    'grpc',
    'config',
    'telemetry',
    'actors',
    'events',
    'domain',
    'lib',
  ],
  main: ['cli', 'telemetry', 'lib'],
  workers: [
    'domain',
    'compute/columns.ts',
    'store/population-task.ts',
    'store/fact-rows.ts',
    'store/holder-lines.ts',
    'store/line-tasks.ts',
    'store/sqlite-database.ts',
    'store/sqlite-writes.ts',
    'store/store-writes.ts',
    'store/thread-answer.ts',
    'chain/subtensor/timelock/timelock-encryption.ts',
    'chain/subtensor/timelock/timelock-payload.ts',
    'chain/subtensor/timelock/drand-beacon.ts',
    'chain/subtensor/wallet/keyfile-decryption.ts',
    'lib',
  ],
  migrations: [],
};

interface SourceFile {
  readonly path: string;
  readonly floor: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = ['src', 'workers', 'migrations'].flatMap((folder) => sourceFiles(join(ROOT, folder)));

describe('the floors', () => {
  it('are the only ones there are', () => {
    expect(new Set(files.map((file) => file.floor))).toEqual(
      new Set(Object.keys(FLOORS).filter((floor) => files.some((file) => file.floor === floor))),
    );
    expect(files.filter((file) => FLOORS[file.floor] === undefined)).toEqual([]);
  });

  it('depend downwards only', () => {
    const broken = files.flatMap((file) =>
      file.imports
        .filter((target) => !mayImport(file, target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('keep the domain free of packages, node, time and chance', () => {
    const banned =
      /\bfrom '(?![./])|\bDate\b|\bsetTimeout\b|\bsetInterval\b|\bMath\.random\b|\bprocess\.|\bperformance\./;
    const broken = files
      .filter((file) => file.floor === 'domain')
      .filter((file) => banned.test(withoutComments(file.text)))
      .map((file) => file.path);
    expect(broken).toEqual([]);
  });

  it('read the environment in one place', () => {
    const readers = files
      .filter((file) => /\bprocess\.env\b/.test(withoutComments(file.text)))
      .map((file) => file.path);
    expect(readers.filter((path) => !/^src\/(config\/|telemetry\.ts|main\.ts)/.test(path))).toEqual(
      [],
    );
  });

  it('let a command hand the environment on, and read nothing of it but NO_COLOR', () => {
    const uses = files
      .filter((file) => file.floor === 'cli')
      .flatMap((file) =>
        [...withoutComments(file.text).matchAll(/\b(?:\w+\.)?env\b(?:[.[?]+\w+)?/g)].map(
          ([use]) => `${file.path} ${use}`,
        ),
      );
    expect([...new Set(uses)].sort()).toEqual([
      'src/cli/command-io.ts env',
      'src/cli/command-io.ts io.env',
      'src/cli/demo.ts io.env',
      'src/cli/service-logger.ts io.env.NO_COLOR',
      'src/cli/start.ts io.env',
    ]);
  });
});

describe('the code', () => {
  it('has no file over 400 lines and a median of at most 80', () => {
    const lengths = files
      .filter((file) => !file.path.includes('/generated/'))
      .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
      .sort((a, b) => a.lines - b.lines);
    expect(lengths.filter(({ lines }) => lines > 400)).toEqual([]);
    expect(lengths[Math.floor(lengths.length / 2)]?.lines).toBeLessThanOrEqual(80);
  });

  it('has no unfinished notes, casts to any or silenced rules without a reason', () => {
    const broken = files
      .filter((file) => !file.path.includes('/generated/'))
      .filter((file) =>
        /\b(TODO|FIXME|XXX)\b|\bas any\b|@ts-ignore|@ts-nocheck|biome-ignore(?![^\n]*: \S)/.test(
          file.text,
        ),
      )
      .map((file) => file.path);
    expect(broken).toEqual([]);
  });

  it('calls no file utils, helpers, common, manager, handler, data or info', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|managers?|handlers?|data|info|impl)\.ts$/;
    expect(files.map((file) => file.path).filter((path) => vague.test(path))).toEqual([]);
  });

  it('documents every export of lib, domain and the ports', () => {
    const undocumented = files
      .filter(
        (file) =>
          ['lib', 'domain'].includes(file.floor) ||
          /^src\/actors\/(record-)?ports\.ts$/.test(file.path),
      )
      .flatMap((file) => exportsWithoutComment(file));
    expect(undocumented).toEqual([]);
  });
});

function mayImport(file: SourceFile, target: string): boolean {
  const floor = floorOf(target);
  if (floor === file.floor) return true;
  return (FLOORS[file.floor] ?? []).some(
    (allowed) => allowed === floor || target === `src/${allowed}`,
  );
}

function exportsWithoutComment(file: SourceFile): string[] {
  const lines = file.text.split('\n');
  return lines.flatMap((line, index) => {
    if (!/^export (?!type \{|\{)/.test(line)) return [];
    const before = lines[index - 1]?.trim() ?? '';
    const isOverload = /^export function .*;$/.test(before);
    return before.endsWith('*/') || isOverload ? [] : [`${file.path}:${index + 1} ${line}`];
  });
}

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    if (!name.endsWith('.ts')) return [];
    const text = readFileSync(path, 'utf8');
    const shown = relative(ROOT, path);
    const imports = [...text.matchAll(/\b(?:from|import)\b\s*\(?\s*'(\.[^']+)'/g)].map(
      ([, target]) => relative(ROOT, resolve(dirname(path), String(target))),
    );
    return [{ path: shown, floor: floorOf(shown), text, imports }];
  });
}

function floorOf(path: string): string {
  const [top, second = ''] = path.split('/');
  if (top !== 'src') return String(top);
  return second.replace(/\.ts$/, '');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
