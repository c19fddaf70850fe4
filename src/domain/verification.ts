import type { CategoryKey } from './gpu/catalogue.ts';
import { gpuCounts } from './gpu/distribution.ts';
import type { GpuNormaliser } from './gpu/normalise.ts';
import type { ExecutorGpus, ExecutorProfile } from './profile.ts';
import type { ExecutorVerification, GpuGroup, Report } from './report.ts';

/**
 * The GPUs that an attestation names, one entry per group in the attestation's order, each with its category (the plan's
 * `extract_gpu_info_from_attestation`). A mixed machine keeps its groups apart. GPUs of an invalid attestation are
 * listed too: they are shown to people but never counted.
 */
export function extractGpus(
  verification: ExecutorVerification,
  normaliser: GpuNormaliser,
): readonly ExecutorGpus[] {
  return verification.attestation.gpuGroups.map((group) => categorised(group, normaliser));
}

function categorised(group: GpuGroup, normaliser: GpuNormaliser): ExecutorGpus {
  return {
    model: group.model,
    category: normaliser.normalise(group.model).category,
    count: group.count,
    memoryMib: group.memoryMib,
    uuids: group.uuids,
  };
}

/** What a verification makes known of its machine. */
export function executorProfile(
  verification: ExecutorVerification,
  normaliser: GpuNormaliser,
): ExecutorProfile {
  return withGpus(verification, extractGpus(verification, normaliser));
}

function withGpus(
  verification: ExecutorVerification,
  gpus: readonly ExecutorGpus[],
): ExecutorProfile {
  const { executorId, isValid, hardwareScore, networkBandwidthMbps, verifiedAtMs } = verification;
  const isAttestationValid = verification.attestation.isValid;
  const profile = { executorId, isValid, isAttestationValid, hardwareScore, verifiedAtMs, gpus };
  return networkBandwidthMbps === undefined ? profile : { ...profile, networkBandwidthMbps };
}

/**
 * The report's machines in the report's order (the plan's `convert_verification_results`). Neighbours that share their
 * groups share what is made of them.
 */
export function executorProfiles(
  report: Pick<Report, 'executors'>,
  normaliser: GpuNormaliser,
): ExecutorProfile[] {
  let groups: readonly GpuGroup[] | undefined;
  let gpus: readonly ExecutorGpus[] = [];
  return report.executors.map((verification) => {
    if (verification.attestation.gpuGroups !== groups) {
      groups = verification.attestation.gpuGroups;
      gpus = extractGpus(verification, normaliser);
    }
    return withGpus(verification, gpus);
  });
}

/** Valid GPUs by category over all machines of a report (the plan's `aggregate_gpu_info`). */
export function aggregateGpus(
  report: Pick<Report, 'executors'>,
  normaliser: GpuNormaliser,
): ReadonlyMap<CategoryKey, number> {
  return gpuCounts(executorProfiles(report, normaliser));
}

/**
 * The mean over the report's executors of `is_valid && attestation.valid ? hardware_score : 0`, from 0 to 1; 0 without
 * executors (design §5, the plan's `calculate_verification_score`).
 *
 * The summands are sorted first, so that the result has the same bits in whatever order a prover lists its machines.
 * No clamp is needed: a correctly rounded sum of n values of at most 1 never exceeds n.
 */
export function verificationScore(report: Pick<Report, 'executors'>): number {
  if (report.executors.length === 0) return 0;
  const scores = report.executors.map(executorScore);
  if (!isAscending(scores)) scores.sort((a, b) => a - b);
  let sum = 0;
  for (const score of scores) sum += score;
  return sum / scores.length;
}

function executorScore({ isValid, attestation, hardwareScore }: ExecutorVerification): number {
  return isValid && attestation.isValid ? hardwareScore : 0;
}

/** Machines that score alike are the common case, and cost no sorting. */
function isAscending(scores: readonly number[]): boolean {
  let last = 0;
  for (const score of scores) {
    if (score < last) return false;
    last = score;
  }
  return true;
}
