import type { ExecutorProfile, Profile } from '../../domain/profile.ts';
import type { ExecutorProfile as ExecutorProfileMessage } from '../generated/assay/v1/ExecutorProfile.ts';
import type { MinerProfile } from '../generated/assay/v1/MinerProfile.ts';
import { toTimestamp } from '../wire-values.ts';

/** A profile with the executors that it has: none when it was read without them. */
export function toProfileMessage(profile: Profile): MinerProfile {
  return {
    miner_uid: profile.miner.uid,
    miner_hotkey: profile.miner.hotkey,
    registered_at_block: profile.miner.registeredAtBlock,
    primary_gpu_model: profile.primaryCategory,
    gpu_counts: Object.fromEntries(profile.gpuCounts),
    total_score: profile.score,
    verification_count: profile.verificationCount,
    last_observed_time: toTimestamp(profile.lastObservedAtMs),
    update_time: toTimestamp(profile.updatedAtMs),
    revision: profile.revision,
    executors: [...profile.executors.values()].map(toExecutorMessage),
  };
}

function toExecutorMessage(executor: ExecutorProfile): ExecutorProfileMessage {
  const { networkBandwidthMbps } = executor;
  return {
    executor_id: executor.executorId,
    is_valid: executor.isValid,
    attestation_valid: executor.isAttestationValid,
    hardware_score: executor.hardwareScore,
    ...(networkBandwidthMbps === undefined ? {} : { network_bandwidth_mbps: networkBandwidthMbps }),
    verified_time: toTimestamp(executor.verifiedAtMs),
    gpus: executor.gpus.map(({ model, category, count, memoryMib }) => ({
      model,
      gpu_model: category,
      count,
      memory_mib: memoryMib,
    })),
  };
}
