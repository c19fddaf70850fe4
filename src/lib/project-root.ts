import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds `package.json`, `proto/` and `migrations/`: found by walking up, so that it is the same from
 * `src/` and from `dist/src/`.
 *
 * @throws Error when there is none, which means that the installation is incomplete.
 */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('package.json is missing: the installation is incomplete');
    folder = parent;
  }
  return folder;
}

/** The version in `package.json`. */
export function projectVersion(): string {
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
