/**
 * Makes everything that follows from `proto/`: the types in `src/grpc/generated`, the descriptor set that reflection serves
 * and `docs/api.md`. `--check` writes nothing and fails when what is there differs.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiImage, apiPage } from './api-page.ts';

const ROOT = resolve(fileURLToPath(new URL('..', import.meta.url)));
const PROTO = join(ROOT, 'proto');
const TYPES = 'src/grpc/generated';
const DESCRIPTOR = 'proto/descriptor.binpb';
const PAGE = 'docs/api.md';
const TYPE_OPTIONS = [
  '--keepCase',
  '--longs=Number',
  '--enums=String',
  '--defaults',
  '--oneofs',
  '--includeComments',
  '--grpcLib=@grpc/grpc-js',
  '--importFileExtension=.ts',
];
const IMAGE_BYTES_MAX = 64 << 20;

function run(command: string, args: readonly string[]): Buffer {
  return execFileSync(join(ROOT, 'node_modules/.bin', command), args, {
    cwd: ROOT,
    maxBuffer: IMAGE_BYTES_MAX,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function filesBelow(folder: string, suffix = ''): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Everything that is generated, by path from the root. */
function generate(folder: string): Map<string, Buffer> {
  const protos = filesBelow(PROTO, '.proto');
  run('proto-loader-gen-types', [...TYPE_OPTIONS, '-I', PROTO, '-O', folder, ...protos]);
  const image = run('buf', ['build', 'proto', '-o', '-#format=json']).toString('utf8');
  const files = new Map(
    filesBelow(folder).map((path) => [join(TYPES, path), tidied(join(folder, path))]),
  );
  files.set(
    DESCRIPTOR,
    run('buf', ['build', 'proto', '--exclude-source-info', '-o', '-#format=binpb']),
  );
  files.set(PAGE, Buffer.from(apiPage(JSON.parse(image) as ApiImage)));
  return files;
}

/** A file without services declares what only services need; the compiler refuses what is not used. */
function tidied(path: string): Buffer {
  const text = readFileSync(path, 'utf8')
    .replaceAll(`${ROOT}/`, '')
    .replace(/[ \t]+$/gm, '');
  if (text.includes('SubtypeConstructor<typeof')) return Buffer.from(text);
  const shown = text.replace(/^type SubtypeConstructor[\s\S]*?^};\n\n/m, '');
  if (/\bgrpc\.[A-Z]/.test(shown)) return Buffer.from(shown);
  return Buffer.from(shown.replace(/^import type \* as grpc from '@grpc\/grpc-js';?\n/m, ''));
}

function present(): Map<string, Buffer> {
  const paths = [...filesBelow(join(ROOT, TYPES)).map((path) => join(TYPES, path))];
  return new Map(
    [...paths, DESCRIPTOR, PAGE].map((path) => [path, readFileSync(join(ROOT, path))]),
  );
}

function differences(wanted: Map<string, Buffer>): string[] {
  const have = present();
  const stale = [...have.keys()].filter((path) => !wanted.has(path));
  const changed = [...wanted].filter(([path, bytes]) => have.get(path)?.equals(bytes) !== true);
  return [...stale, ...changed.map(([path]) => path)];
}

function write(wanted: Map<string, Buffer>, folder: string) {
  rmSync(join(ROOT, TYPES), { recursive: true, force: true });
  cpSync(folder, join(ROOT, TYPES), { recursive: true });
  for (const [path, bytes] of wanted) writeFileSync(join(ROOT, path), bytes);
}

const folder = mkdtempSync(join(tmpdir(), 'assay-generate-'));
try {
  const wanted = generate(folder);
  if (process.argv.includes('--check')) {
    const different = differences(wanted);
    for (const path of different) process.stderr.write(`${path} is not what proto/ gives\n`);
    if (different.length > 0) process.stderr.write('run: npm run generate\n');
    process.exitCode = different.length > 0 ? 1 : 0;
  } else {
    write(wanted, folder);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
