import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot, projectVersion } from '../src/lib/project-root.ts';

const ROOT = projectRoot();
const BUILT = [join(ROOT, 'dist/src/main.js')];
const SOURCES = ['--import', 'tsx', join(ROOT, 'src/main.ts')];
const BUILD_TIMEOUT_MS = 60_000;

function run(command: readonly string[], args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  const { status, stderr } = run(['--import', 'tsx', join(ROOT, 'scripts/build.ts')], []);
  expect(stderr).toBe('');
  expect(status).toBe(0);
}, BUILD_TIMEOUT_MS);

describe('the built command', () => {
  it('knows its version', () => {
    expect(run(BUILT, ['--version'])).toEqual({
      status: 0,
      stdout: `${projectVersion()}\n`,
      stderr: '',
    });
  });

  it('has every worker beside it', () => {
    const workers = readdirSync(join(ROOT, 'workers'));
    expect(workers.length).toBeGreaterThan(0);
    for (const file of workers) {
      expect(existsSync(join(ROOT, 'dist/workers', file.replace(/\.ts$/, '.js')))).toBe(true);
    }
  });

  it(
    'serves, stores and sets weights as the sources do',
    () => {
      const args = ['demo', '--once', '--json', '--seed', '5'];
      const built = run(BUILT, args);
      expect(built.status).toBe(0);
      expect(built.stdout).toContain('"weights":[{');
      expect(built.stdout).toBe(run(SOURCES, args).stdout);
    },
    BUILD_TIMEOUT_MS,
  );
});
