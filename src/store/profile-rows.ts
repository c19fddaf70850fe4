/** Profiles and executors as rows and back. Parameters stand in the order of the column lists, which Knex sorts. */
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { hotkey, minerUid } from '../domain/ids.ts';
import type { ExecutorProfile, Profile } from '../domain/profile.ts';
import { gpuCountsOf, gpusOf } from './gpus-json.ts';
import { storedRow } from './stored-row.ts';
import { storedTimeMs } from './time-text.ts';

export const PROFILE_COLUMNS = [
  'counted_gpus_json',
  'counted_revision',
  'created_at',
  'gpu_counts_json',
  'hotkey',
  'last_observed_time',
  'last_updated',
  'miner_uid',
  'oldest_verified_time',
  'primary_gpu_model',
  'registered_at_block',
  'revision',
  'total_score',
  'verification_count',
] as const;

/** What an update writes, in this order. */
export const PROFILE_CHANGES = [
  'counted_gpus_json',
  'counted_revision',
  'gpu_counts_json',
  'hotkey',
  'last_observed_time',
  'last_updated',
  'oldest_verified_time',
  'primary_gpu_model',
  'registered_at_block',
  'revision',
  'total_score',
  'verification_count',
] as const;

export const EXECUTOR_COLUMNS = [
  'attestation_valid',
  'executor_id',
  'gpus_json',
  'hardware_score',
  'is_valid',
  'miner_uid',
  'network_bandwidth_mbps',
  'verified_time',
] as const;

export interface ProfileRow {
  readonly miner_uid: number;
  readonly hotkey: string;
  readonly registered_at_block: number;
  readonly revision: number;
  readonly primary_gpu_model: string;
  readonly gpu_counts_json: string;
  readonly total_score: number;
  readonly verification_count: number;
  readonly last_observed_time: string;
  readonly last_updated: string;
}

/** What a read of profiles selects. */
export const PROFILE_FIELDS = [
  'miner_uid',
  'hotkey',
  'registered_at_block',
  'revision',
  'primary_gpu_model',
  'gpu_counts_json',
  'total_score',
  'verification_count',
  'last_observed_time',
  'last_updated',
] as const satisfies readonly (keyof ProfileRow)[];

/** What a read of executors selects, in this order. */
export const EXECUTOR_FIELDS = [
  'miner_uid',
  'executor_id',
  'is_valid',
  'attestation_valid',
  'hardware_score',
  'network_bandwidth_mbps',
  'verified_time',
  'gpus_json',
] as const;

/** A row by position: an object for each costs more than reading it. */
export type ExecutorRow = readonly [
  minerUid: number,
  executorId: string,
  isValid: number,
  attestationValid: number,
  hardwareScore: number,
  networkBandwidthMbps: number | null,
  verifiedTime: string,
  gpusJson: string,
];

export type ProfileParameters = [
  countedGpusJson: string | null,
  countedRevision: number,
  createdAt: string,
  gpuCountsJson: string,
  hotkey: string,
  lastObservedTime: string,
  lastUpdated: string,
  minerUid: number,
  oldestVerifiedTime: string | null,
  primaryGpuModel: string,
  registeredAtBlock: number,
  revision: number,
  totalScore: number,
  verificationCount: number,
];

export type ProfileChangeParameters = [
  countedGpusJson: string | null,
  countedRevision: number,
  gpuCountsJson: string,
  hotkey: string,
  lastObservedTime: string,
  lastUpdated: string,
  oldestVerifiedTime: string | null,
  primaryGpuModel: string,
  registeredAtBlock: number,
  revision: number,
  totalScore: number,
  verificationCount: number,
  minerUid: number,
  expectedRevision: number,
];

/** @throws AssayError `store_unusable` when the row is damaged. */
export function profileOf(row: ProfileRow, executorRows: readonly ExecutorRow[]): Profile {
  const executors = new Map(executorRows.map((other) => [other[1], executorOf(other)]));
  return storedRow({ table: 'miner_gpu_profiles', key: row.miner_uid }, () => ({
    miner: {
      uid: minerUid(row.miner_uid),
      hotkey: hotkey(row.hotkey, 'hotkey'),
      registeredAtBlock: row.registered_at_block,
    },
    revision: row.revision,
    executors,
    primaryCategory: row.primary_gpu_model as CategoryKey,
    gpuCounts: gpuCountsOf(row.gpu_counts_json),
    score: row.total_score,
    verificationCount: row.verification_count,
    lastObservedAtMs: storedTimeMs('last_observed_time', row.last_observed_time),
    updatedAtMs: storedTimeMs('last_updated', row.last_updated),
  }));
}

function executorOf(row: ExecutorRow): ExecutorProfile {
  const [uid, executorId, isValid, isAttestationValid, score, bandwidth, verifiedTime, gpus] = row;
  return storedRow({ table: 'miner_executors', key: `${uid} ${executorId}` }, () => {
    const executor = {
      executorId,
      isValid: isValid === 1,
      isAttestationValid: isAttestationValid === 1,
      hardwareScore: score,
      verifiedAtMs: storedTimeMs('verified_time', verifiedTime),
      gpus: gpusOf(gpus),
    };
    return bandwidth === null ? executor : { ...executor, networkBandwidthMbps: bandwidth };
  });
}
