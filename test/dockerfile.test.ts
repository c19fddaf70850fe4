import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SERVICE_FLAGS } from '../bench/service-flags.ts';

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8');

interface Instruction {
  readonly name: string;
  readonly value: string;
}

const instructions = parse(read('Dockerfile'));
const lastFrom = instructions.findLastIndex(({ name }) => name === 'FROM');
const runStage = instructions.slice(lastFrom);
const valuesOf = (stage: readonly Instruction[], name: string) =>
  stage.filter((instruction) => instruction.name === name).map(({ value }) => value);

describe('the Dockerfile', () => {
  it('uses only instructions that Docker knows', () => {
    const known = new Set(
      'FROM WORKDIR COPY RUN ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK CMD'.split(' '),
    );
    expect(instructions.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it('builds and runs on the same Node and the same libc', () => {
    const [build, run] = valuesOf(instructions, 'FROM');
    const release = (image = '') => /^node:(\d+)-([a-z]+)/.exec(image)?.slice(1);
    expect(release(build)).toEqual(['24', 'bookworm']);
    expect(release(run)).toEqual(release(build));
  });

  it('installs from the lock file and leaves development packages behind', () => {
    const runs = valuesOf(instructions, 'RUN').join('\n');
    expect(runs).toContain('npm ci');
    expect(runs).toContain('npm prune --omit=dev');
  });

  it('copies nothing into the run stage but from the build stage', () => {
    expect(
      valuesOf(runStage, 'COPY').filter((value) => !value.startsWith('--from=build ')),
    ).toEqual([]);
  });

  it('copies everything that the sources read from the project root into the run stage', () => {
    const copied = valuesOf(runStage, 'COPY').flatMap((value) => value.split(' ').slice(1, -1));
    const needed = sourceTexts().flatMap((text) =>
      [...text.matchAll(/join\(projectRoot\(\), '([^']+)'/g)].map(([, name]) => `/app/${name}`),
    );
    expect(new Set(needed)).toEqual(
      new Set(['/app/package.json', '/app/proto', '/app/assay.example.toml']),
    );
    expect(needed.filter((path) => !copied.includes(path))).toEqual([]);
    const uses = sourceTexts()
      .join('')
      .match(/(?<!function )\bprojectRoot\(\)/g);
    expect(uses).toHaveLength(needed.length);
  });

  it('has in the build stage everything that the run stage copies but what it makes', () => {
    const made = ['/app/node_modules', '/app/dist'];
    const buildSources = valuesOf(instructions.slice(0, lastFrom), 'COPY').flatMap((value) =>
      value.split(' ').slice(0, -1),
    );
    const copied = valuesOf(runStage, 'COPY').flatMap((value) => value.split(' ').slice(1, -1));
    const absent = copied.filter(
      (path) => !made.includes(path) && !buildSources.includes(path.replace('/app/', '')),
    );
    expect(absent).toEqual([]);
  });

  it('copies only paths that exist and are not ignored', () => {
    const ignored = new Set(read('.dockerignore').trim().split('\n'));
    const sources = valuesOf(instructions.slice(0, lastFrom), 'COPY').flatMap((value) =>
      value.split(' ').slice(0, -1),
    );
    expect(sources.filter((source) => ignored.has(source))).toEqual([]);
    expect(
      sources.filter((source) => !existsSync(new URL(`../${source}`, import.meta.url))),
    ).toEqual([]);
  });

  it('runs without root, stops by SIGTERM and keeps its data in a volume that its user owns', () => {
    expect(valuesOf(runStage, 'USER')).toEqual(['node']);
    expect(valuesOf(runStage, 'STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(valuesOf(runStage, 'VOLUME')).toEqual(['/data']);
    const beforeUser = runStage.slice(
      0,
      runStage.findIndex(({ name }) => name === 'USER'),
    );
    expect(valuesOf(beforeUser, 'RUN').join()).toContain('chown node:node /data');
  });

  it('starts and checks its health in exec form, so that signals arrive', () => {
    const [command] = valuesOf(runStage, 'CMD');
    const { scripts } = JSON.parse(read('package.json'));
    expect(JSON.parse(command ?? '').join(' ')).toBe(scripts.start.split(' && exec ')[1]);
    expect(JSON.parse(command ?? '').slice(1, -2)).toEqual(SERVICE_FLAGS);
    const [health = ''] = valuesOf(runStage, 'HEALTHCHECK');
    expect(JSON.parse(health.slice(health.indexOf('CMD') + 3))).toEqual([
      'node',
      'dist/src/main.js',
      'health',
    ]);
  });
});

function sourceTexts(): string[] {
  const folder = fileURLToPath(new URL('../src/', import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`${folder}${name}`, 'utf8'));
}

function parse(text: string): Instruction[] {
  return text
    .replace(/^#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '')
    .map((line) => ({ name: line.split(' ')[0] ?? '', value: line.slice(line.indexOf(' ') + 1) }));
}
