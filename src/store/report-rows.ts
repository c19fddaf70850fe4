/**
 * Reports and their results as rows; `CommitColumns` has them as numbers and texts. Parameters stand in the order of the
 * column lists, which Knex sorts.
 */
import type { ExecutorProfile } from '../domain/profile.ts';

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

/** How many rows the results of a report make. */
export function resultCount(executors: readonly ExecutorProfile[]): number {
  let count = 0;
  for (const { gpus } of executors) count += Math.max(1, gpus.length);
  return count;
}
