import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PendingFile, placeOf, writeWhole } from '../../src/store/pending-file.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

function pipeIn(folder: string): string {
  const pipe = join(folder, 'pipe');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  return pipe;
}

describe('a pending file', () => {
  it('takes the place of a file, and of nothing else', () => {
    const folder = temporaryFolder();
    const [file, taken, link] = ['file', 'taken', 'link'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(file, 'before');
    mkdirSync(taken);
    symlinkSync(file, link);
    const pipe = pipeIn(folder);
    for (const [place, why] of [
      [taken, 'it is a folder'],
      [link, 'it is something else than a file'],
      [pipe, 'it is something else than a file'],
    ] as const) {
      const pending = new PendingFile(place);
      writeFileSync(pending.path, 'new');
      expect(() => pending.moveIn()).toThrow(`${place} could not be written: ${why}`);
      pending.discard();
    }
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    const pending = new PendingFile(file);
    writeFileSync(pending.path, 'new');
    pending.moveIn();
    expect(readFileSync(link, 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['file', 'link', 'pipe', 'taken']);
  });
});

describe('a text that is written in parts', () => {
  it('is there whole, and counted in bytes', async () => {
    const file = join(temporaryFolder(), 'text');
    expect(await writeWhole(file, ['a', 'ü', '', 'b'])).toBe(4);
    expect(readFileSync(file, 'utf8')).toBe('aüb');
  });

  it('lets others have their turn between two parts', async () => {
    const file = join(temporaryFolder(), 'text');
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const seen: number[] = [];
    const parts = (function* () {
      for (let part = 0; part < 8; part += 1) {
        seen.push(turns);
        yield 'part\n';
      }
    })();
    await writeWhole(file, parts);
    isDone = true;
    expect(new Set(seen).size).toBe(8);
  });

  it('leaves what was there when a part cannot be made', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'text');
    writeFileSync(file, 'before');
    const parts = (function* () {
      yield 'a';
      throw new Error('no more');
    })();
    await expect(writeWhole(file, parts)).rejects.toThrow('no more');
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['text']);
  });
});

describe('the place of a file', () => {
  it('is where a link leads, and in a folder', () => {
    const folder = temporaryFolder();
    const [file, link] = [join(folder, 'file'), join(folder, 'link')];
    writeFileSync(file, '');
    symlinkSync(file, link);
    expect([placeOf(link), placeOf(join(folder, 'new'))]).toEqual([file, join(folder, 'new')]);
    expect(() => placeOf(join(folder, 'missing', 'new'))).toThrow('its folder does not exist');
    expect(() => placeOf(join(file, 'new'))).toThrow('a part of its path is not a folder');
  });
});
