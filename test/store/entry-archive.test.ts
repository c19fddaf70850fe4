import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArchivedEntry } from '../../src/actors/record-ports.ts';
import { EntryArchive } from '../../src/store/entry-archive.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const NAME = '39-1-360.json';
const DOCUMENT: ArchivedEntry = {
  netuid: 39,
  mecid: 1,
  block: 360,
  digest: 'ab'.repeat(32),
  parts: ['{"ü"', ':1}\n'],
};

describe('the archive', () => {
  it('writes a document under its subnet, mechanism and block, and makes its folder', async () => {
    const folder = join(temporaryFolder(), 'old', 'ledger');
    await new EntryArchive(folder).write(DOCUMENT);
    expect(readdirSync(folder)).toEqual([NAME]);
    expect(readFileSync(join(folder, NAME), 'utf8')).toBe('{"ü":1}\n');
  });

  it('takes the same document again', async () => {
    const folder = temporaryFolder();
    const archive = new EntryArchive(folder);
    await archive.write(DOCUMENT);
    await archive.write(DOCUMENT);
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  it.each([
    ['is something else', '{"ü":2}\n'],
    ['is cut off', '{"ü"'],
    ['is empty', ''],
    ['has more behind it', '{"ü":1}\n\n'],
  ])('never writes over a file that %s', async (_, text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, NAME), text);
    await expect(new EntryArchive(folder).write(DOCUMENT)).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining(`${NAME} exists and holds another document`),
    });
    expect(readFileSync(join(folder, NAME), 'utf8')).toBe(text);
  });

  it('says when its folder is a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(new EntryArchive(file).write(DOCUMENT)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining(NAME),
    });
  });

  it('says when a folder is where its document should be, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, NAME));
    await expect(new EntryArchive(folder).write(DOCUMENT)).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(readdirSync(folder)).toEqual([NAME]);
  });
});
