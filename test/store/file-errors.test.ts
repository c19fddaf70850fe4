import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import { damageOf, fileError, withFileErrors } from '../../src/store/file-errors.ts';
import { storeError } from '../../src/store/sqlite-errors.ts';

function withCode(code: string): Error {
  return Object.assign(new Error('no'), { code });
}

/** What both translations make of a code of SQLite. */
function meanings(code: string): readonly unknown[] {
  const error = withCode(code);
  return [fileError(error, 'it'), storeError(error)].map((known) =>
    known instanceof AssayError ? known.code : known === error,
  );
}

describe('an error of a file', () => {
  it.each(['BUSY', 'BUSY_SNAPSHOT', 'FULL', 'IOERR_WRITE', 'CANTOPEN', 'READONLY', 'PERM'])(
    'with SQLITE_%s means to both translations that it can be tried again',
    (name) => {
      expect(meanings(`SQLITE_${name}`)).toEqual(['store_unavailable', 'store_unavailable']);
    },
  );

  it.each(['CORRUPT', 'CORRUPT_INDEX', 'NOTADB', 'SCHEMA'])(
    'with SQLITE_%s means to both that the database is unusable',
    (name) => {
      expect(meanings(`SQLITE_${name}`)).toEqual(['store_unusable', 'store_unusable']);
    },
  );

  it.each(['CONSTRAINT', 'CONSTRAINT_UNIQUE', 'ERROR', 'MISUSE', 'FULLER'])(
    'with SQLITE_%s stays the bug that it is',
    (name) => {
      expect(meanings(`SQLITE_${name}`)).toEqual([true, true]);
    },
  );

  it('of the system can be tried again, and says why in words where there are some', () => {
    expect(fileError(withCode('ENOSPC'), 'x')).toMatchObject({
      code: 'store_unavailable',
      message: 'x: the disk is full (ENOSPC)',
      details: { retryAfterMs: 1_000 },
    });
    expect(fileError(withCode('EMFILE'), 'x')).toMatchObject({ message: 'x: EMFILE' });
    const ours = new AssayError('invalid_argument', 'y');
    expect(fileError(ours, 'x')).toBe(ours);
  });

  it('says nothing about a bug in a statement', () => {
    const handle = new BetterSqlite3(':memory:');
    const run = () => withFileErrors('x', () => handle.exec('select nothing from nowhere'));
    expect(run).toThrow(BetterSqlite3.SqliteError);
    handle.close();
  });

  it('tells damage from everything else', () => {
    expect(damageOf(withCode('SQLITE_CORRUPT'))).toContain('it is damaged');
    expect(() => damageOf(withCode('SQLITE_BUSY'))).toThrow('another process has locked it');
    const bug = new Error('a bug');
    expect(() => damageOf(bug)).toThrow(bug);
  });
});
