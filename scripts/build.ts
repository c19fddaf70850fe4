/**
 * `npm run build [-- FOLDER]`: puts the command and its worker threads into `dist/`, or another folder, with the packages that every command uses. Node takes
 * longer to find and to compile some five hundred small files than most commands then run. Packages that load files of their
 * own, native ones and those of the running service alone stay in `node_modules`.
 */
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OUT = resolve(ROOT, process.argv[2] ?? 'dist');
const MAIN = 'src/main';
const BUNDLED = [
  ...['@noble/hashes', '@scure/base', 'commander', 'knex', 'smol-toml'],
  ...['string-width', 'zod'],
];
/** Drivers that Knex names and nobody installs. */
const ABSENT_DRIVERS = [
  ...['mariadb', 'mysql', 'mysql2', 'oracledb', 'pg', 'pg-query-stream', 'sqlite3', 'tedious'],
];
/** A package of CommonJS that is bundled asks for others by it. */
const REQUIRE =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const external = Object.keys(dependencies).filter((name) => !BUNDLED.includes(name));
const workers = readdirSync(join(ROOT, 'workers')).map((file) => file.replace(/\.ts$/, ''));

rmSync(OUT, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: [`${MAIN}.ts`, ...workers.map((name) => `workers/${name}.ts`)],
  outdir: OUT,
  outbase: '.',
  // As deep as the sources that find a file beside them: `../main` and `../../workers`.
  chunkNames: 'src/parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: [...external, ...ABSENT_DRIVERS],
  banner: { js: REQUIRE },
  logLevel: 'warning',
});
chmodSync(join(OUT, `${MAIN}.js`), 0o755);
