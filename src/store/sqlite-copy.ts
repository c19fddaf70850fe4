import { statSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { AssayError } from '../domain/errors.ts';
import { withFileErrors } from './file-errors.ts';
import type { PendingFile } from './pending-file.ts';
import {
  contentsOf,
  type DatabaseContents,
  foreignKeyProblems,
  integrityProblems,
  openForReading,
} from './sqlite-inspection.ts';

/** A copy that was found sound, and what is in it. */
export interface CheckedCopy extends DatabaseContents {
  readonly bytes: number;
}

/**
 * Copies a database as it is at one moment, while others go on writing it, and looks whether the copy is sound. One read
 * transaction lasts for the whole copy; the writers go on in the write-ahead log. The copy is one file without a log. It
 * is on disk afterwards, under its pending name.
 *
 * @throws AssayError `store_unusable` when the source is damaged, `store_unavailable`.
 */
export function copyDatabase(source: BetterSqlite3.Database, copy: PendingFile): CheckedCopy {
  withFileErrors(`${source.name} could not be copied to ${copy.file}`, () =>
    source.prepare('vacuum into ?').run(copy.path),
  );
  const checked = checkedCopy(copy, source.name);
  copy.flush();
  return checked;
}

/** @throws AssayError `store_unusable` when the file has rows without their parents or is not sound as a file. */
export function requireSound(handle: BetterSqlite3.Database, file: string): void {
  const problems = withFileErrors(file, () => [
    ...integrityProblems(handle),
    ...foreignKeyProblems(handle),
  ]);
  if (problems.length > 0) {
    throw new AssayError('store_unusable', `${file} is damaged: ${problems.join('; ')}`);
  }
}

function checkedCopy({ path, file }: PendingFile, source: string): CheckedCopy {
  const handle = openForReading(path);
  try {
    requireSound(handle, `the copy of ${source}`);
    const bytes = statSync(path).size;
    if (bytes !== pageBytes(handle)) {
      throw new AssayError('store_unavailable', `${file} was not written as a whole`);
    }
    return { bytes, ...contentsOf(handle) };
  } finally {
    handle.close();
  }
}

function pageBytes(handle: BetterSqlite3.Database): number {
  const read = (name: string) => Number(handle.pragma(name, { simple: true }));
  return read('page_count') * read('page_size');
}
