import type { ExecutorProfile } from '../profile.ts';
import { type CategoryKey, categoryIndex, OTHER } from './catalogue.ts';

/**
 * Valid GPUs of one miner by category, in the order of the catalogue, without zeros (the plan's
 * `calculate_gpu_distribution`). Only machines that were valid with a valid attestation count. A GPU, known by its uuid,
 * counts once: the machine that was verified last keeps it, the lower `executorId` when both were verified at one time.
 */
export function gpuCounts(executors: Iterable<ExecutorProfile>): ReadonlyMap<CategoryKey, number> {
  const counts = new Map<CategoryKey, number>();
  const claimed = new Set<string>();
  for (const { gpus } of newestFirst(executors)) {
    for (const { category, count, uuids } of gpus) {
      const counted = count - claim(uuids, claimed);
      if (counted > 0) counts.set(category, (counts.get(category) ?? 0) + counted);
    }
  }
  return new Map([...counts].sort(([a], [b]) => categoryIndex(a) - categoryIndex(b)));
}

/**
 * The category with most GPUs (the plan's `determine_primary_gpu_model`); of equals the one that comes first in the
 * catalogue; `OTHER` without any GPU.
 */
export function primaryCategory(counts: ReadonlyMap<CategoryKey, number>): CategoryKey {
  let primary = OTHER;
  let most = 0;
  for (const [category, count] of counts) {
    const isFirstOfEqual =
      count === most && most > 0 && categoryIndex(category) < categoryIndex(primary);
    if (count <= most && !isFirstOfEqual) continue;
    primary = category;
    most = count;
  }
  return primary;
}

function newestFirst(executors: Iterable<ExecutorProfile>): ExecutorProfile[] {
  return Array.from(executors)
    .filter(({ isValid, isAttestationValid }) => isValid && isAttestationValid)
    .sort((a, b) => b.verifiedAtMs - a.verifiedAtMs || (a.executorId < b.executorId ? -1 : 1));
}

/** Claims the uuids and says how many of them were claimed before. */
function claim(uuids: readonly string[], claimed: Set<string>): number {
  const before = claimed.size;
  for (const uuid of uuids) claimed.add(uuid);
  return uuids.length - (claimed.size - before);
}
