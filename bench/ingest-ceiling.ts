/**
 * The ceiling of ingest: the same rows as the journal writes, made ready beforehand, through plain prepared statements
 * into the same migrated schema with the same settings (WAL, synchronous = FULL), one transaction per
 * `reportsPerTransaction`. Give it the group size that the measured run reaches, so that both pay as many fsyncs.
 * Nothing is checked, decided or awaited: what a loop around `run` could do at best.
 */
import Database from 'better-sqlite3';
import type { MinerCommit, StoredReport } from '../src/actors/ports.ts';
import type { ExecutorProfile, Profile } from '../src/domain/profile.ts';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';

export interface IngestCeilingOptions {
  /** Where to write; must not exist yet. */
  readonly file: string;
  /** What would be stored; a commit's profile row is written once per report, as when no two reports share a commit. */
  readonly commits: readonly MinerCommit[];
  readonly reportsPerTransaction: number;
}

export interface IngestCeiling {
  readonly reportCount: number;
  readonly rowCount: number;
  readonly durationMs: number;
  readonly reportsPerSecond: number;
  readonly rowsPerSecond: number;
}

type Row = readonly (string | number | null)[];

interface PlainReport {
  readonly report: Row;
  readonly results: readonly Row[];
  readonly profile: Row | undefined;
  readonly executors: readonly Row[];
}

const INSERT_REPORT =
  'insert into verification_reports (prover_id, report_id, digest, outcome, miner_uid, hotkey, registered_at_block, ' +
  'observed_time, received_time) values (?, ?, ?, ?, ?, ?, ?, ?, ?)';
const INSERT_RESULT =
  'insert into miner_prover_results (verification_report_id, miner_uid, executor_id, gpu_model, gpu_category, gpu_count, ' +
  'gpu_memory_mib, is_valid, attestation_valid, hardware_score, network_bandwidth_mbps, verification_timestamp, created_at) ' +
  'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const UPSERT_PROFILE =
  'insert into miner_gpu_profiles (miner_uid, hotkey, registered_at_block, revision, primary_gpu_model, gpu_counts_json, ' +
  'total_score, verification_count, last_observed_time, last_updated, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ' +
  'on conflict (miner_uid) do update set hotkey = excluded.hotkey, registered_at_block = excluded.registered_at_block, ' +
  'revision = excluded.revision, primary_gpu_model = excluded.primary_gpu_model, gpu_counts_json = excluded.gpu_counts_json, ' +
  'total_score = excluded.total_score, verification_count = excluded.verification_count, ' +
  'last_observed_time = excluded.last_observed_time, last_updated = excluded.last_updated';
const UPSERT_EXECUTOR =
  'insert into miner_executors (miner_uid, executor_id, is_valid, attestation_valid, hardware_score, ' +
  'network_bandwidth_mbps, verified_time, gpus_json) values (?, ?, ?, ?, ?, ?, ?, ?) ' +
  'on conflict (miner_uid, executor_id) do update set is_valid = excluded.is_valid, ' +
  'attestation_valid = excluded.attestation_valid, hardware_score = excluded.hardware_score, ' +
  'network_bandwidth_mbps = excluded.network_bandwidth_mbps, verified_time = excluded.verified_time, ' +
  'gpus_json = excluded.gpus_json';

/** Measures one run; compare its rate with that of a run over the same commits in the same process. */
export async function measureIngestCeiling(options: IngestCeilingOptions): Promise<IngestCeiling> {
  const migrated = await SqliteDatabase.open({ file: options.file });
  await migrated.close();
  const plain = options.commits.flatMap(plainReports);
  const database = openLikeTheService(options.file);
  try {
    const durationMs = insertAll(database, plain, options.reportsPerTransaction);
    return figures(plain, durationMs);
  } finally {
    database.close();
  }
}

function openLikeTheService(file: string): Database.Database {
  const database = new Database(file);
  for (const setting of [
    'journal_mode = WAL',
    'synchronous = FULL',
    'foreign_keys = ON',
    'cache_size = -65536',
  ]) {
    database.pragma(setting);
  }
  return database;
}

function insertAll(
  database: Database.Database,
  reports: readonly PlainReport[],
  reportsPerTransaction: number,
): number {
  const insertReport = database.prepare(INSERT_REPORT);
  const insertResult = database.prepare(INSERT_RESULT);
  const upsertProfile = database.prepare(UPSERT_PROFILE);
  const upsertExecutor = database.prepare(UPSERT_EXECUTOR);
  const startedMs = performance.now();
  for (let from = 0; from < reports.length; from += reportsPerTransaction) {
    database.exec('begin immediate');
    for (let at = from; at < Math.min(from + reportsPerTransaction, reports.length); at += 1) {
      const { report, results, profile, executors } = reports[at] as PlainReport;
      const id = insertReport.run(...report).lastInsertRowid;
      for (const row of results) insertResult.run(id, ...row);
      if (profile !== undefined) upsertProfile.run(...profile);
      for (const row of executors) upsertExecutor.run(...row);
    }
    database.exec('commit');
  }
  return performance.now() - startedMs;
}

function figures(reports: readonly PlainReport[], durationMs: number): IngestCeiling {
  const rowCount = reports.reduce(
    (sum, { results, profile, executors }) =>
      sum + 1 + results.length + executors.length + (profile === undefined ? 0 : 1),
    0,
  );
  return {
    reportCount: reports.length,
    rowCount,
    durationMs,
    reportsPerSecond: (reports.length / durationMs) * 1_000,
    rowsPerSecond: (rowCount / durationMs) * 1_000,
  };
}

function plainReports({ next, upsertedExecutors, reports, minerUid }: MinerCommit): PlainReport[] {
  return reports.map((stored) => ({
    report: reportRow(stored, next?.miner.registeredAtBlock ?? 0),
    results: stored.executors.flatMap((executor) => resultRows(stored, executor)),
    profile: next === undefined ? undefined : profileRow(next),
    executors: upsertedExecutors
      .filter(({ executorId }) => stored.executors.some((other) => other.executorId === executorId))
      .map((executor) => executorRow(minerUid, executor)),
  }));
}

function reportRow({ report, digest, outcome, receivedAtMs }: StoredReport, block: number): Row {
  const { proverId, reportId, minerUid, hotkey, observedAtMs } = report;
  const times = [text(observedAtMs), text(receivedAtMs)];
  return [proverId, reportId, digest, outcome, minerUid, hotkey, block, ...times];
}

function resultRows({ report, receivedAtMs }: StoredReport, executor: ExecutorProfile): Row[] {
  const groups = executor.gpus.length === 0 ? [NO_GPUS] : executor.gpus;
  return groups.map(({ model, category, count, memoryMib }) => [
    report.minerUid,
    executor.executorId,
    model,
    category,
    count,
    memoryMib,
    Number(executor.isValid),
    Number(executor.isAttestationValid),
    executor.hardwareScore,
    executor.networkBandwidthMbps ?? null,
    text(executor.verifiedAtMs),
    text(receivedAtMs),
  ]);
}

function profileRow(profile: Profile): Row {
  return [
    profile.miner.uid,
    profile.miner.hotkey,
    profile.miner.registeredAtBlock,
    profile.revision,
    profile.primaryCategory,
    JSON.stringify(Object.fromEntries(profile.gpuCounts)),
    profile.score,
    profile.verificationCount,
    text(profile.lastObservedAtMs),
    text(profile.updatedAtMs),
    text(profile.updatedAtMs),
  ];
}

function executorRow(uid: number, executor: ExecutorProfile): Row {
  return [
    uid,
    executor.executorId,
    Number(executor.isValid),
    Number(executor.isAttestationValid),
    executor.hardwareScore,
    executor.networkBandwidthMbps ?? null,
    text(executor.verifiedAtMs),
    JSON.stringify(
      executor.gpus.map(({ model, category, count, memoryMib, uuids }) => ({
        model,
        category,
        count,
        memory_mib: memoryMib,
        ...(uuids.length === 0 ? {} : { uuids }),
      })),
    ),
  ];
}

const NO_GPUS = { model: '', category: '', count: 0, memoryMib: 0 };

function text(ms: number): string {
  return new Date(ms).toISOString();
}
