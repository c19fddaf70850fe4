import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { cli } from './cli-run.ts';
import { change } from './database-files.ts';
import { RunningService } from './running-service.ts';
import { sharedTemporaryFolder, temporaryFolder } from './temporary-database.ts';
import { H200 } from './wire-reports.ts';

const A100 = 'NVIDIA A100-SXM4-80GB';
const FIRST = `
[emission]
burn_percentage = 10
burn_uid = 0
min_miners_per_category = 2
gpu_allocations = { H200 = 20, H100 = 50, A100 = 30 }
`;
const SECOND = `
[emission]
burn_percentage = 2.5
burn_uid = 0
unallocated = "redistribute"
resolution = "sum"
gpu_allocations = { H100 = 60, A100 = 40 }
`;

/** A finished database with weight sets in it, and where its configuration is. */
export interface RecordedLedger {
  readonly database: string;
  readonly config: string;
  /** By rising block. */
  readonly sets: readonly WeightSet[];
}

/** One recorded ledger for all tests of a file; the first that asks makes it. */
export function sharedLedger(): () => Promise<RecordedLedger> {
  const folder = sharedTemporaryFolder();
  let recorded: Promise<RecordedLedger> | undefined;
  return () => {
    recorded ??= recordLedger(folder);
    return recorded;
  };
}

/**
 * What a service leaves after five sets: one that pays, one in which a miner gets nothing, one that the chain refused,
 * one under another configuration, and one that burns everything.
 */
async function recordLedger(folder: string): Promise<RecordedLedger> {
  const first = await RunningService.start({ toml: FIRST, folder });
  const prover = first.prover();
  await prover.deliver(
    first.report(2, {
      gpus: [
        ['NVIDIA H100 80GB HBM3', 8],
        [A100, 4],
      ],
    }),
    first.report(3, { score: 0.5 }),
    first.report(4, { gpus: [[A100, 2]], score: 0.123_456 }),
    first.report(5, { gpus: [['NVIDIA GeForce RTX 4090', 8]] }),
    first.report(6, { isValid: false }),
    first.report(7, { gpus: [[H200, 8]] }),
  );
  const sets = [await first.nextSet()];
  await first.clock.advance(60_000);
  await prover.deliver(first.report(8, { score: 0 }));
  sets.push(await first.nextSet());
  first.chain.faults.refusal = {
    reason: 'NotEnoughStakeToSetWeights',
    message: 'the validator has not enough stake',
    action: { kind: 'retry_now' },
  };
  sets.push(await first.nextSet());
  const second = await first.restart({ toml: SECOND });
  sets.push(await second.nextSet());
  await second.clock.advance(4 * 3_600_000);
  sets.push(await second.nextSet());
  await second.stop();
  return { database: second.database, config: join(second.folder, 'assay.toml'), sets };
}

/** A copy of a database after somebody else wrote it. */
export function tampered({ database }: RecordedLedger, edit: Parameters<typeof change>[1]): string {
  const file = join(temporaryFolder(), 'tampered.db');
  copyFileSync(database, file);
  change(file, edit);
  return file;
}

/** `assay weights …` over a database, with the configuration that it was written under. */
export function weightsCli(
  ledger: RecordedLedger,
  args: readonly string[],
  database: string = ledger.database,
) {
  return cli(['weights', ...args, '--config', ledger.config, '--database', database]);
}

/** Takes an entry away with every row that belongs to it. */
export function deleteEntry(handle: BetterSqlite3.Database, block: number): void {
  const metrics = `(select id from emission_metrics where weight_set_block = ${block})`;
  handle.exec(`
    delete from weight_allocation_history where emission_metrics_id = ${metrics};
    delete from ledger_inputs where emission_metrics_id = ${metrics};
    delete from emission_metrics where weight_set_block = ${block};
    delete from ledger_entries where block = ${block};
    delete from weight_submissions where block = ${block};`);
}

/** What `assay weights replay --all --json` prints. */
export interface ReplayResult {
  readonly holds: boolean;
  readonly entries: number;
  readonly held: number;
  readonly first_broken: {
    readonly block: number;
    readonly findings: readonly { readonly where: string; readonly message: string }[];
  } | null;
}

/** Replays every set; the exit code says the same as the result. */
export async function replayAll(ledger: RecordedLedger, database?: string): Promise<ReplayResult> {
  const { exitCode, stdout } = await weightsCli(ledger, ['replay', '--all', '--json'], database);
  const result = JSON.parse(stdout) as ReplayResult;
  if (exitCode !== (result.holds ? 0 : 1)) throw new Error(`exit code ${exitCode}: ${stdout}`);
  return result;
}
