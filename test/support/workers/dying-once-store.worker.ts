import { existsSync, writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { WriteTask } from '../../../src/store/store-writes.ts';
import { write as writeWhole } from '../../../workers/store.worker.ts';

/** Dies at the first call that a database sees, and works from the second on, in whatever thread that is. */
export function write(task: WriteTask) {
  const mark = `${workerData.file}.died`;
  if (existsSync(mark)) return writeWhole(task);
  writeFileSync(mark, '');
  return process.exit(3);
}
