import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AllocateTask } from '../../../src/compute/columns.ts';
import { allocate as allocateWhole } from '../../../workers/allocation.worker.ts';

/** Dies at the first call in a process and works at the second, in whatever thread that is. */
export function allocate(task: AllocateTask) {
  const mark = join(tmpdir(), `assay-dying-once-${process.pid}`);
  try {
    writeFileSync(mark, '', { flag: 'wx' });
  } catch {
    rmSync(mark);
    return allocateWhole(task);
  }
  return process.exit(3);
}
