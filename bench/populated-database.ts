/**
 * A profile for every miner of a dev chain, as many reports would leave them. The rows go in with plain prepared statements in one
 * transaction: through the journal a million machines would take longer than all measuring.
 */
import Database from 'better-sqlite3';
import { devMiners } from '../src/chain/dev/dev-genesis.ts';
import type { CategoryKey } from '../src/domain/gpu/catalogue.ts';
import { gpusText } from '../src/domain/ledger/miner-line.ts';
import { gpuCountsJson, gpusJson } from '../src/store/gpus-json.ts';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { timeText } from '../src/store/time-text.ts';

/** Whose profiles to make, and of what. */
export interface Populated {
  readonly seed: number;
  readonly miners: number;
  readonly executorsPerMiner: number;
  /** The machines of a miner are of these categories in turn. */
  readonly categories: readonly string[];
}

const GPUS_PER_EXECUTOR = 8;
const MEMORY_MIB = 81_559;
const CACHE_MIB = 256;
/** Profiles are older than what a load observes, so that its reports are applied. */
const OBSERVED_BEFORE_MS = 3_600_000;

/** Makes the database, which does not exist yet. */
export async function populateDatabase(file: string, populated: Populated): Promise<void> {
  const migrated = await SqliteDatabase.open({ file });
  await migrated.close();
  const database = new Database(file);
  database.pragma('synchronous = off');
  database.pragma(`cache_size = ${-CACHE_MIB * 2 ** 10}`);
  database.transaction(() => insertProfiles(database, populated))();
  database.close();
}

function insertProfiles(
  database: Database.Database,
  { executorsPerMiner, categories, ...who }: Populated,
): void {
  const nowMs = Date.now();
  const [time, observed] = [timeText(nowMs), timeText(nowMs - OBSERVED_BEFORE_MS)];
  const texts = Array.from({ length: executorsPerMiner }, (_, executor) =>
    gpusJson([gpusOf(categories[executor % categories.length] ?? '')]),
  );
  const insertProfile = database.prepare(
    'insert into miner_gpu_profiles (miner_uid, hotkey, registered_at_block, revision, primary_gpu_model, ' +
      'gpu_counts_json, total_score, verification_count, last_observed_time, last_updated, created_at, ' +
      'counted_gpus_json, counted_revision, oldest_verified_time) values (?, ?, 0, 1, ?, ?, ?, 1, ?, ?, ?, ?, 1, ?)',
  );
  const insertExecutor = database.prepare(
    'insert into miner_executors (miner_uid, executor_id, is_valid, attestation_valid, hardware_score, verified_time, ' +
      'gpus_json) values (?, ?, 1, 1, 0.9, ?, ?)',
  );
  const counted = gpusText(
    texts.map((_, executor) => ({
      executor,
      category: categories[executor % categories.length] as CategoryKey,
      count: GPUS_PER_EXECUTOR,
      memoryMib: MEMORY_MIB,
    })),
  );
  const counts = gpuCountsJson(countsOf(categories, executorsPerMiner));
  for (const { uid, hotkey } of devMiners(who)) {
    const score = 0.5 + (uid % 1_000) / 2_000;
    const profile = [uid, hotkey, categories[0], counts, score, observed, time, time];
    insertProfile.run(...profile, counted, time);
    for (const [executor, text] of texts.entries()) {
      insertExecutor.run(uid, `executor-${uid}-${executor}`, time, text);
    }
  }
}

function countsOf(categories: readonly string[], executors: number) {
  const each = (executors / categories.length) * GPUS_PER_EXECUTOR;
  return new Map(categories.map((category) => [category as CategoryKey, each]));
}

function gpusOf(category: string) {
  return {
    ...{ model: `NVIDIA ${category} 80GB HBM3`, category: category as CategoryKey },
    ...{ count: GPUS_PER_EXECUTOR, memoryMib: MEMORY_MIB, uuids: [] },
  };
}
