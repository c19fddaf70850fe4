/** Reports and their results as rows. Parameters stand in the order of the column lists, which Knex sorts. */
import type { StoredReport } from '../actors/ports.ts';
import type { ExecutorGpus, ExecutorProfile } from '../domain/profile.ts';
import { timeText } from './time-text.ts';

export const REPORT_COLUMNS = [
  'digest',
  'hotkey',
  'miner_uid',
  'observed_time',
  'outcome',
  'prover_id',
  'received_time',
  'registered_at_block',
  'report_id',
] as const;

export type ReportParameters = [
  digest: string,
  hotkey: string,
  minerUid: number,
  observedTime: string,
  outcome: string,
  proverId: string,
  receivedTime: string,
  registeredAtBlock: number,
  reportId: string,
];

export const RESULT_COLUMNS = [
  'attestation_valid',
  'created_at',
  'executor_id',
  'gpu_category',
  'gpu_count',
  'gpu_memory_mib',
  'gpu_model',
  'hardware_score',
  'is_valid',
  'miner_uid',
  'network_bandwidth_mbps',
  'verification_report_id',
  'verification_timestamp',
] as const;

export type ResultParameters = [
  attestationValid: number,
  createdAt: string,
  executorId: string,
  gpuCategory: string,
  gpuCount: number,
  gpuMemoryMib: number,
  gpuModel: string,
  hardwareScore: number,
  isValid: number,
  minerUid: number,
  networkBandwidthMbps: number | null,
  verificationReportId: number | bigint,
  verificationTimestamp: string,
];

/** Keeps a machine without GPUs visible: one row with nothing in it. */
const NO_GPUS: readonly Pick<ExecutorGpus, 'model' | 'category' | 'count' | 'memoryMib'>[] = [
  { model: '', category: '' as ExecutorGpus['category'], count: 0, memoryMib: 0 },
];

export function reportParameters(
  stored: StoredReport,
  registeredAtBlock: number,
): ReportParameters {
  const { report, digest, outcome, receivedAtMs } = stored;
  return [
    digest,
    report.hotkey,
    report.minerUid,
    timeText(report.observedAtMs),
    outcome,
    report.proverId,
    timeText(receivedAtMs),
    registeredAtBlock,
    report.reportId,
  ];
}

/** How many rows the results of a report make. */
export function resultCount(executors: readonly ExecutorProfile[]): number {
  let count = 0;
  for (const { gpus } of executors) count += Math.max(1, gpus.length);
  return count;
}

/** Hands each result row to `insert`, without making a list of them. */
export function eachResult(
  stored: StoredReport,
  verificationReportId: number | bigint,
  insert: (...parameters: ResultParameters) => unknown,
): void {
  const createdAt = timeText(stored.receivedAtMs);
  for (const executor of stored.executors) {
    const verifiedAt = timeText(executor.verifiedAtMs);
    for (const gpus of executor.gpus.length === 0 ? NO_GPUS : executor.gpus) {
      insert(
        Number(executor.isAttestationValid),
        createdAt,
        executor.executorId,
        gpus.category,
        gpus.count,
        gpus.memoryMib,
        gpus.model,
        executor.hardwareScore,
        Number(executor.isValid),
        stored.report.minerUid,
        executor.networkBandwidthMbps ?? null,
        verificationReportId,
        verifiedAt,
      );
    }
  }
}
