import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { sampleCommit, sampleProfile } from './profile-samples.ts';
import { sqliteStores, temporaryDatabase, temporaryFolder } from './temporary-database.ts';
import { sampleDecision, sampleExtrinsic, sampleWeightSet } from './weight-set-samples.ts';

/** UIDs of the profiles in a filled database. */
export const FILLED_UIDS = [1, 2, 3];

/** A database with something in every main table, open in this process. */
export async function filledDatabase(
  file = join(temporaryFolder(), 'assay.db'),
): Promise<SqliteDatabase> {
  const database = await temporaryDatabase({ file });
  const { journal, weightSets } = sqliteStores(database);
  for (const uid of FILLED_UIDS) await journal.commit(sampleCommit(sampleProfile({ uid })));
  await weightSets.record(sampleDecision());
  await weightSets.update(sampleWeightSet({ extrinsic: sampleExtrinsic() }));
  return database;
}

/** As `filledDatabase`, and closed. */
export async function filledFile(file = join(temporaryFolder(), 'assay.db')): Promise<string> {
  const database = await filledDatabase(file);
  await database.close();
  return file;
}

/** A migrated database with nothing in it, closed. */
export async function emptyFile(file = join(temporaryFolder(), 'assay.db')): Promise<string> {
  const database = await SqliteDatabase.open({ file });
  await database.close();
  return file;
}

/** Changes a file that nobody has open, keys and checks or not. */
export function change(file: string, edit: string | ((handle: Database.Database) => void)): void {
  const handle = new Database(file);
  try {
    handle.unsafeMode();
    handle.pragma('foreign_keys = off');
    handle.pragma('ignore_check_constraints = on');
    if (typeof edit === 'string') handle.exec(edit);
    else edit(handle);
  } finally {
    handle.close();
  }
}

/** Every row of every table as text, and what SQLite says of the file. */
export function dumpOf(file: string): readonly string[] {
  const handle = new Database(file, { readonly: true });
  const tables = handle
    .prepare<[], string>("select name from sqlite_master where type = 'table' order by name")
    .pluck()
    .all();
  const rows = tables.map(
    (table) => `${table} ${JSON.stringify(handle.prepare(`select * from ${table}`).all())}`,
  );
  const soundness = JSON.stringify([
    handle.pragma('integrity_check'),
    handle.pragma('foreign_key_check'),
  ]);
  handle.close();
  return [...rows, soundness];
}

/** UIDs that have a profile in a file. */
export function uidsIn(file: string): readonly unknown[] {
  const sql = 'select miner_uid from miner_gpu_profiles order by miner_uid';
  return readRows(file, sql).map(({ miner_uid }) => miner_uid);
}

/** Rows as another process sees them. */
export function readRows(file: string, sql: string): readonly Record<string, unknown>[] {
  const handle = new Database(file, { readonly: true });
  try {
    return handle.prepare<[], Record<string, unknown>>(sql).all();
  } finally {
    handle.close();
  }
}
