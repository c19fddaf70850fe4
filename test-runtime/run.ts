/**
 * Runs the submitter against a real Subtensor runtime: `npm run test:runtime -- RUNTIME.wasm`. What executes the runtime is
 * large and declares a newer Node than the project does, so it is no dependency of the project: it is installed beside this
 * file when it is first needed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const LOCKFILE = join(FOLDER, 'package-lock.json');
/** Which lockfile the installed packages are of. */
const STAMP = join(FOLDER, 'node_modules', '.installed-lockfile.json');
/** A runtime is compiled again for each call of it: a tenth of a second, and a test makes hundreds of calls. */
const TEST_TIMEOUT_MS = 180_000;

const [runtime, ...patterns] = process.argv.slice(2);
if (runtime === undefined) {
  console.log('skipped: no runtime given; npm run test:runtime -- RUNTIME.wasm');
} else if (existsSync(runtime)) {
  install();
  await test(resolve(runtime), patterns);
} else {
  console.error(`there is no runtime at ${runtime}`);
  process.exitCode = 1;
}

function install(): void {
  const lockfile = readFileSync(LOCKFILE, 'utf8');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockfile) return;
  console.log('installing what executes a runtime, about 170 MB');
  // npm hands the project's strictness about engines on to this install, but the packages run on the project's Node too.
  execFileSync('npm', ['ci', '--ignore-scripts', '--engine-strict=false', '--loglevel=error'], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  writeFileSync(STAMP, lockfile);
}

async function test(file: string, patterns: readonly string[]): Promise<void> {
  const vitest = await startVitest('test', [...patterns], {
    config: false,
    root: FOLDER,
    watch: false,
    include: ['*.test.ts'],
    reporters: ['verbose'],
    // The library logs every refusal; the tests ask for them.
    onConsoleLog: (log) => !log.includes('RPC-CORE'),
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    env: {
      SUBTENSOR_RUNTIME: file,
      LOG_LEVEL: 'fatal',
      // The packages that execute the runtime bring @polkadot packages of their own; the two only exchange text.
      POLKADOTJS_DISABLE_ESM_CJS_WARNING: '1',
    },
  });
  await vitest.close();
}
