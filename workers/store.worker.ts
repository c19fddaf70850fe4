/** Writes, on the only handle that does. Writes that take turns of the event loop are mixed with others. */
import { workerData } from 'node:worker_threads';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { SqliteWrites } from '../src/store/sqlite-writes.ts';
import type { WriterSettings, WriteTask } from '../src/store/store-writes.ts';
import { type ThreadAnswer, threadAnswer } from '../src/store/thread-answer.ts';

const settings: WriterSettings = workerData;
let opening: Promise<SqliteWrites> | undefined;

export function write({ name, args }: WriteTask): Promise<ThreadAnswer<unknown>> {
  return threadAnswer(async () => {
    const writes = await opened();
    const run = writes[name] as (...given: readonly unknown[]) => Promise<unknown>;
    return run.apply(writes, [...args]);
  });
}

/** A database that could not be opened is opened again for the next write. */
async function opened(): Promise<SqliteWrites> {
  opening ??= open();
  try {
    return await opening;
  } catch (error) {
    opening = undefined;
    throw error;
  }
}

async function open(): Promise<SqliteWrites> {
  const database = await SqliteDatabase.openMigrated(settings);
  return new SqliteWrites({ ...settings, database });
}
