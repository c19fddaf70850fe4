/** A process that carries out the fault runs of its seeds, each on a database of its own, and tells of every one. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { SqliteWeightSetStore } from '../src/store/sqlite-weight-set-store.ts';
import { type FaultRunResult, faultRun } from '../test/support/subtensor-fault-run.ts';

/** What the process tells of a run. */
export interface FaultRunMessage extends Pick<FaultRunResult, 'seed' | 'broken' | 'trace'> {
  readonly durationMs: number;
  readonly submissionCount: number;
  readonly crashCount: number;
  readonly faultCount: number;
  /** The end of each set. */
  readonly ends: readonly string[];
}

/** Seeds from the first one on, in steps. */
export interface FaultRunSeeds {
  readonly first: number;
  readonly step: number;
  readonly end: number;
}

const { first, step, end }: FaultRunSeeds = JSON.parse(process.argv[2] ?? '{}');
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const template = join(folder, 'template.db');
await (await SqliteDatabase.open({ file: template })).close();
try {
  for (let seed = first; seed < end; seed += step) await tell(seed);
} finally {
  rmSync(folder, { recursive: true, force: true });
  process.disconnect?.();
}

async function tell(seed: number): Promise<void> {
  const file = join(folder, `${seed}.db`);
  copyFileSync(template, file);
  const startedMs = performance.now();
  const database = await SqliteDatabase.open({ file });
  const { sets, ...result } = await faultRun(
    seed,
    new SqliteWeightSetStore({ database, netuid: 1, mecid: 0 }),
  );
  await database.close();
  rmSync(file);
  const message: FaultRunMessage = {
    ...result,
    ends: sets.map(({ state, failure }) => failure?.reason ?? state),
    durationMs: performance.now() - startedMs,
  };
  process.send?.(message);
}
