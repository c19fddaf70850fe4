/** The rows of commits as `PlainInsert` takes them, and the ceiling of whoever writes these commits. */
import type { MinerCommit, StoredReport } from '../src/actors/ports.ts';
import type { ExecutorProfile, Profile } from '../src/domain/profile.ts';
import { PlainInsert, type PlainReport, type Row } from './plain-insert.ts';

export interface IngestCeilingOptions {
  /** Where to write; must not exist yet. */
  readonly file: string;
  /** What would be stored; a commit's profile row is written once per report, as when no two reports share a commit. */
  readonly commits: readonly MinerCommit[];
  readonly reportsPerTransaction: number;
}

export interface IngestCeiling {
  readonly reportsPerSecond: number;
}

const NO_GPUS = { model: '', category: '', count: 0, memoryMib: 0 };

/** Measures one run, `synchronous=FULL`; compare its rate with that of a run over the same commits in the same process. */
export async function measureIngestCeiling(options: IngestCeilingOptions): Promise<IngestCeiling> {
  const reports = options.commits.flatMap(plainReports);
  const insert = await PlainInsert.open({ file: options.file, synchronous: 'full' });
  try {
    const { durationMs } = insert.insert(reports, options.reportsPerTransaction);
    return { reportsPerSecond: (reports.length / durationMs) * 1_000 };
  } finally {
    insert.close();
  }
}

/** The rows of a commit, report by report. */
export function plainReports({
  next,
  upsertedExecutors,
  reports,
  minerUid,
}: MinerCommit): PlainReport[] {
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

function text(ms: number): string {
  return new Date(ms).toISOString();
}
