import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrationNames } from '../../migrations/index.ts';
import { schemaText } from '../../scripts/schema-text.ts';
import { HistoryWriter } from '../../src/store/history-writer.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { rollBackDatabase } from '../../src/store/sqlite-schema-change.ts';
import { cli } from '../support/cli-run.ts';
import { dumpOf } from '../support/database-files.ts';
import {
  decisionRows,
  expectSound,
  expectWhole,
  record,
  rowsOf,
  severalChunks,
  writeAll,
} from '../support/pending-history.ts';
import { temporaryDatabase } from '../support/temporary-database.ts';

const NAME = '0007-pending-weight-history';
const BEFORE = String(migrationNames[migrationNames.indexOf(NAME) - 1]);
const BEHIND = migrationNames.slice(migrationNames.indexOf(NAME) + 1);
const STILL_TO_WRITE =
  'the history of a weight set is still to be written: start this version once';

describe('the migration to a pending history and back', () => {
  it('goes up, down and up to the same schema, and keeps every decision', async () => {
    const database = await temporaryDatabase();
    await record(database, await severalChunks());
    writeAll(database);
    const [schema, rows] = [await schemaText(database), await decisionRows(database)];
    await undoBehind(database);
    await database.query.migrate.down();
    expect(await database.query.schema.hasTable('pending_weight_history')).toBe(false);
    const before = await schemaText(database);
    expect(await rowsOf(database, 'weight_allocation_history')).toEqual(
      rows.weight_allocation_history,
    );
    await database.query.migrate.latest();
    expect(await schemaText(database)).toBe(schema);
    expect(await decisionRows(database)).toEqual(rows);
    await expectSound(database);
    await undoBehind(database);
    await database.query.migrate.down();
    expect(await schemaText(database)).toBe(before);
  });

  it('does not go down while rows are pending, and loses nothing by trying', async () => {
    const database = await temporaryDatabase();
    const decision = await severalChunks();
    await record(database, decision);
    new HistoryWriter(database).writeNext();
    const [schema, rows] = [await schemaText(database), await decisionRows(database)];
    await undoBehind(database);
    await expect(database.query.migrate.down()).rejects.toThrow(STILL_TO_WRITE);
    await database.query.migrate.latest();
    expect(await schemaText(database)).toBe(schema);
    expect(await decisionRows(database)).toEqual(rows);
    await expectWhole(database, decision);
    writeAll(database);
    await undoBehind(database);
    await database.query.migrate.down();
    expect(await database.query.schema.hasTable('pending_weight_history')).toBe(false);
  });
});

describe('a rollback to before the pending history', () => {
  it('is refused with what to do while rows are pending, without a copy, and nothing changes', async () => {
    const database = await pendingFile();
    const before = dumpOf(database.file);
    const back = rollBackDatabase(database.file, { to: BEFORE, nowMs: Date.now() });
    await expect(back).rejects.toMatchObject({
      code: 'store_unusable',
      message: `${database.file}: ${STILL_TO_WRITE}`,
    });
    expect(dumpOf(database.file)).toEqual(before);
    expect(readdirSync(dirname(database.file))).toEqual(['assay.db']);
  });

  it('tells an operator so in one line', async () => {
    const { file } = await pendingFile();
    expect(await cli(['db', 'rollback', '--to', BEFORE, '--database', file])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `store_unusable: ${file}: ${STILL_TO_WRITE}\n`,
    });
  });

  it('is done when the rows are written', async () => {
    const { file } = await pendingFile();
    const opened = await temporaryDatabase({ file });
    writeAll(opened);
    await opened.close();
    const { undone, lost } = await rollBackDatabase(file, { to: BEFORE, nowMs: Date.now() });
    expect(undone).toEqual([...BEHIND.toReversed(), NAME]);
    expect(lost).toEqual({});
  });
});

/** Undoes the migrations that came after this one. */
async function undoBehind({ query }: SqliteDatabase): Promise<void> {
  for (const _ of BEHIND) await query.migrate.down();
}

/** A closed database with a decision of which a chunk is written. */
async function pendingFile(): Promise<SqliteDatabase> {
  const database = await temporaryDatabase();
  await record(database, await severalChunks());
  new HistoryWriter(database).writeNext();
  await database.close();
  return database;
}
