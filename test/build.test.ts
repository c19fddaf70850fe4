import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot, projectVersion } from '../src/lib/project-root.ts';
import { sharedTemporaryFolder } from './support/temporary-database.ts';

const ROOT = projectRoot();
const SOURCES = ['--import', 'tsx', join(ROOT, 'src/main.ts')];
const BUILD_TIMEOUT_MS = 60_000;
/** What an installation has besides `dist/`. */
const BESIDE = ['package.json', 'proto', 'assay.example.toml'];

function run(command: readonly string[], args: readonly string[], cwd = ROOT) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], {
    ...{ cwd, encoding: 'utf8' },
    env: { PATH: process.env.PATH },
  });
  return { status, stdout, stderr };
}

describe('the built command, without the sources', () => {
  const folder = sharedTemporaryFolder();
  const dist = join(folder, 'dist');
  const built = [join(dist, 'src/main.js')];

  beforeAll(() => {
    mkdirSync(dist);
    const build = ['--import', 'tsx', join(ROOT, 'scripts/build.ts')];
    expect(run(build, [dist])).toEqual({ status: 0, stdout: '', stderr: '' });
    for (const name of BESIDE) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  }, BUILD_TIMEOUT_MS);

  it('knows its version', () => {
    const version = { status: 0, stdout: `${projectVersion()}\n`, stderr: '' };
    expect(run(built, ['--version'], folder)).toEqual(version);
  });

  it('has every worker beside it, and each of its parts can be loaded', () => {
    const workers = readdirSync(join(ROOT, 'workers')).map((file) => file.replace(/ts$/, 'js'));
    expect(readdirSync(join(dist, 'workers'))).toEqual(workers);
    const parts = readdirSync(join(dist, 'src/parts')).map((file) => `src/parts/${file}`);
    const files = [...workers.map((file) => `workers/${file}`), ...parts];
    const load = `for (const file of ${JSON.stringify(files)}) await import('./dist/' + file);`;
    const loaded = run(['--input-type=module', '--eval', load], [], folder);
    expect(loaded).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it(
    'serves, stores and sets weights as the sources do',
    () => {
      const args = ['demo', '--once', '--json', '--seed', '5'];
      const { status, stdout } = run(built, args, folder);
      expect(status).toBe(0);
      expect(stdout).toContain('"weights":[{');
      expect(stdout).toBe(run(SOURCES, args).stdout);
    },
    BUILD_TIMEOUT_MS,
  );

  it('names errors as the sources do', () => {
    const parts = readdirSync(join(dist, 'src/parts'));
    const print =
      `for (const file of ${JSON.stringify(parts)}) ` +
      "for (const each of Object.values(await import('./dist/src/parts/' + file))) " +
      "if (each?.name?.endsWith('AssayError')) console.log(each.name);";
    const { stdout } = run(['--input-type=module', '--eval', print], [], folder);
    expect(stdout).toBe('AssayError\n');
  });
});
