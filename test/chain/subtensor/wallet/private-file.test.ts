import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPrivateFile } from '../../../../src/chain/subtensor/wallet/private-file.ts';
import { temporaryFolder } from '../../../support/temporary-database.ts';

describe('a private file', () => {
  it('is read whole, up to its limit', async () => {
    const path = file('x'.repeat(100));
    expect(await read(path)).toBe('x'.repeat(100));
    writeFileSync(path, 'x'.repeat(101));
    await expect(read(path)).rejects.toThrow(
      `password file ${path} has more than 100 bytes: name another file, this one holds something else`,
    );
  });

  it('is read when only its owner may', async () => {
    for (const mode of [0o400, 0o600, 0o700]) expect(await read(file('word', mode))).toBe('word');
  });

  it.each([0o640, 0o604, 0o620, 0o601, 0o777])('is refused with mode %o', async (mode) => {
    const path = file('word', mode);
    await expect(read(path)).rejects.toMatchObject({
      code: 'wallet_unusable',
      message: `password file ${path} is open to others (mode 0${mode.toString(8)}): run chmod 600 ${path}`,
    });
  });

  it('is read with a warning when its mode does not matter', async () => {
    const path = file('word', 0o644);
    const warnings: string[] = [];
    expect(await read(path, (message) => warnings.push(message))).toBe('word');
    expect(warnings).toEqual([`password file ${path} is open to others (mode 0644)`]);
  });

  it('is refused when it is empty or missing', async () => {
    const empty = file('');
    await expect(read(empty)).rejects.toThrow(`password file ${empty} is empty: write it`);
    await expect(read('/nowhere/word')).rejects.toThrow(
      'password file /nowhere/word is missing: write it',
    );
    const below = join(empty, 'word');
    await expect(read(below)).rejects.toThrow(`password file ${below} is missing: write it`);
  });

  it('is refused when it cannot be opened', async () => {
    const path = join(temporaryFolder(), 'loop');
    symlinkSync(path, path);
    await expect(read(path)).rejects.toThrow(
      `password file ${path} cannot be read (ELOOP): make it readable for the user that Assay runs as`,
    );
  });

  it('is refused when it is a folder, or a pipe, for whose other end nobody waits', async () => {
    const folder = join(temporaryFolder(), 'folder');
    mkdirSync(folder, { mode: 0o700 });
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [folder, pipe]) {
      await expect(read(path)).rejects.toThrow(
        `password file ${path} is not a regular file: name the file itself`,
      );
    }
  });
});

function file(content: string, mode = 0o600): string {
  const path = join(temporaryFolder(), 'word');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

async function read(path: string, onLooseMode?: (message: string) => void): Promise<string> {
  const limits = { what: 'password file', bytesMax: 100, missingRemedy: 'write it' };
  const { bytes } = await readPrivateFile({ path, ...limits, onLooseMode });
  return new TextDecoder().decode(bytes);
}
